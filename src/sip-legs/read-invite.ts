// What an INVITE says of a call, for whoever decides about it: who calls whom, who sent it on, and what else it tells.

import { fromOf } from '#protocols/sip/message-reads.ts'
import type { InviteServer } from '#protocols/sip/invite-server.ts'
import { parseNameAddr } from '#protocols/sip/name-addr.ts'
import { parseTel, parseUri } from '#protocols/sip/uri.ts'
import { hostPort } from '#values/host-port.ts'
import { toldHeaders } from './told-headers.ts'
import { wantsPrivacy } from './withheld.ts'

export interface InviteRead {
  /** User part of the Request-URI, or the number of a tel URI. */
  readonly toUser: string
  readonly toHost: string
  readonly fromUser: string
  readonly fromName: string
  /** The network's word for who calls (RFC 3325); to be believed only of whom we trust. */
  readonly asserted?: { readonly user: string; readonly name: string }
  /** The caller wants not to be shown (RFC 3323, RFC 3325 9.3). */
  readonly isPrivate: boolean
  readonly forwardedFrom?: string
  readonly headers: Readonly<Record<string, string>>
  readonly source: string
  readonly identity?: { readonly header: string; readonly verdict?: string }
  readonly raw: string
}

/** User and host of a sip, sips or tel URI. */
export function partsOfUri(text: string): { readonly user: string; readonly host: string } {
  const tel = parseTel(text)
  if (tel) return { user: tel.number, host: '' }
  const uri = parseUri(text)
  return { user: uri?.user?.split(';')[0] ?? '', host: uri?.host ?? '' }
}

const userOf = (nameAddr: string | undefined): string | undefined => {
  const uri = nameAddr === undefined ? undefined : parseNameAddr(nameAddr)?.uri
  return uri === undefined ? undefined : partsOfUri(uri).user || undefined
}

export function readInvite({ request, source }: InviteServer): InviteRead {
  const { headers } = request
  const to = partsOfUri(request.uri)
  const from = fromOf(request)
  const asserted = headers.get('P-Asserted-Identity')
  const assertedAddr = asserted === undefined ? undefined : parseNameAddr(asserted)
  const assertedUser = userOf(asserted)
  // RFC 5806: the first Diversion is the last who sent it on; RFC 7044: of History-Info the last but one.
  const forwardedFrom = userOf(headers.get('Diversion')) ?? userOf(headers.all('History-Info').at(-2))
  const isPrivate = wantsPrivacy(headers)
  // What was signed names the caller (RFC 8225 5.2.1).
  const identity = isPrivate ? undefined : headers.get('Identity')
  const verdict = fromVerdict(asserted) ?? fromVerdict(headers.get('From'))
  return {
    toUser: to.user,
    toHost: to.host,
    fromUser: from === undefined ? '' : partsOfUri(from.uri).user,
    fromName: from?.display ?? '',
    ...(assertedUser !== undefined && { asserted: { user: assertedUser, name: assertedAddr?.display ?? '' } }),
    isPrivate,
    ...(forwardedFrom !== undefined && { forwardedFrom }),
    headers: toldHeaders(headers, ['Diversion', 'History-Info']),
    source: hostPort(source.host, source.port),
    ...(identity !== undefined && { identity: { header: identity, ...(verdict !== undefined && { verdict }) } }),
    raw: `sip INVITE ${request.uri}`,
  }
}

/** What the network before us found (ATIS-1000074 5.3.2): `verstat` in the user part or as a parameter. */
function fromVerdict(value: string | undefined): string | undefined {
  return /;verstat=([A-Za-z0-9-]{1,60})/.exec(value ?? '')?.[1]
}
