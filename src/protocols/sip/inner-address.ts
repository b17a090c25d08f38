// Where a peer's Contact or Record-Route may lead us: not from outside into the operator's own network, nor to this machine. The rule of
// requests over HTTP is the same (outgoing-addresses.ts); here a peer within the network may name its neighbours.

import { kindOfAddress } from '../http/outgoing-addresses.ts'

const isInner = (host: string): boolean =>
  ['private', 'link-local', 'loopback', 'metadata'].includes(kindOfAddress(host)) || /^(?:0\.|\[?::)/.test(host)

/** Both are addresses, IPv6 without brackets. */
export function mayLeadTo(host: string, peer: string): boolean {
  if (host === peer || !isInner(host)) return true
  const kinds = [host, peer].map(kindOfAddress)
  return kinds.every((kind) => kind === 'private') || kinds.every((kind) => kind === 'loopback')
}
