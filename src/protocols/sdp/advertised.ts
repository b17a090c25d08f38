import type { Direction } from '#media/contract.ts'
import type { Sdp } from './sdp.ts'

/** RFC 1918, 6598, 3927, 4193, loopback, link-local, .local names: not reachable from elsewhere. For naming the cause of one-way audio. */
export declare function isPrivateHost(host: string): boolean

/** The other side put us on hold: it will not hear us (sendonly, inactive, or `c=` 0.0.0.0 as RFC 2543 had it). */
export declare function isHold(sdp: Sdp): boolean

/** sendonly is recvonly from the other side. */
export declare function mirrored(direction: Direction): Direction

/** What the description says of its audio, for logs and diagnosis; undefined without audio. */
export declare function advertisedAudio(
  sdp: Sdp,
): { readonly host: string; readonly port: number; readonly private: boolean; readonly direction: Direction } | undefined
