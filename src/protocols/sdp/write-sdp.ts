import type { Sdp } from './sdp.ts'

/** application/sdp with CRLF (RFC 8866 5, 9). */
export declare function writeSdp(sdp: Sdp): string
