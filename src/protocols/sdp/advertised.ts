// What a description says of where its audio is, for naming the cause of silence: a private address that cannot be reached, a hold.

import { BlockList, isIP } from 'node:net'
import type { Direction } from './agreed-media.ts'
import { isNowhere } from './agreement.ts'
import { audioOf, connectionOf, directionOf, type Sdp } from './sdp.ts'

const inner = new BlockList()
// RFC 1918, 6598 (carrier NAT), 3927 (link-local), 1122 (this host), 4193 (unique local), 4291.
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
  ['0.0.0.0', 8],
] as const)
  inner.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['fc00::', 7],
  ['fe80::', 10],
  ['::', 127],
] as const)
  inner.addSubnet(net, bits, 'ipv6')

/** RFC 1918, 6598, 3927, 4193, loopback, link-local, .local names: not reachable from elsewhere. For naming the cause of one-way audio. */
export function isPrivateHost(host: string): boolean {
  const kind = isIP(host)
  if (kind === 0) return /(?:^|\.)(?:local|localhost|internal|lan)$/i.test(host)
  return inner.check(host, kind === 4 ? 'ipv4' : 'ipv6')
}

/** The other side put us on hold: it will not hear us (sendonly, inactive, or `c=` 0.0.0.0 as RFC 2543 had it). */
export function isHold(sdp: Sdp): boolean {
  const audio = audioOf(sdp)
  if (audio === undefined || audio.port === 0) return false
  const direction = directionOf(sdp, audio)
  return direction === 'sendonly' || direction === 'inactive' || isNowhere(connectionOf(sdp, audio)?.host ?? '')
}

/** What the description says of its audio, for logs and diagnosis; undefined without audio. */
export function advertisedAudio(
  sdp: Sdp,
): { readonly host: string; readonly port: number; readonly private: boolean; readonly direction: Direction } | undefined {
  const audio = audioOf(sdp)
  const connection = audio === undefined ? undefined : connectionOf(sdp, audio)
  if (audio === undefined || connection === undefined) return undefined
  return { host: connection.host, port: audio.port, private: isPrivateHost(connection.host), direction: directionOf(sdp, audio) }
}
