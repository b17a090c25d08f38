// A contact of a phone as it is kept, and how it is reached: down its connection, over the proxies of its Path, or where its packets came from.

import { parseNameAddr } from '#protocols/sip/name-addr.ts'
import type { Destination, Flow, TransportName } from '#protocols/sip/stack-parts.ts'
import { parseUri } from '#protocols/sip/uri.ts'
import type { RegistrationRow } from '#store/registrations.ts'
import type { LegWish } from '#voice/leg.ts'
import type { PhoneContact } from '#voice/line.ts'

/** What `contactsOf` knows beyond what voice needs. */
export interface KnownContact extends PhoneContact {
  readonly to: { readonly host: string; readonly port: number; readonly transport: TransportName }
  readonly route: readonly string[]
}

export function contactOf(row: RegistrationRow): KnownContact {
  const found = /^\[?([^\]]*)\]?:(\d+)$/.exec(row.source)
  return {
    registrationId: row.id,
    clientId: row.client_id,
    uri: row.contact,
    userAgent: row.user_agent,
    expiresMs: row.expires_ms,
    to: { host: found?.[1] ?? '', port: Number(found?.[2] ?? 5060), transport: row.transport as TransportName },
    route: JSON.parse(row.path) as string[],
  }
}

/** Down the flow where it is open; to the first proxy of the Path; else, over UDP, where it came from. */
export function destinationOf(route: readonly string[], flow: Flow | undefined, to: KnownContact['to']): Destination | undefined {
  if (flow?.open) return { flow }
  const proxy = route[0] === undefined ? undefined : parseUri(parseNameAddr(route[0])?.uri ?? '')
  if (proxy) {
    const transport = proxy.params.get('transport')?.toLowerCase() as TransportName | undefined
    return { host: proxy.host.replace(/^\[(.*)\]$/, '$1'), port: proxy.port, transport }
  }
  return to.transport === 'udp' ? to : undefined
}

export function identityOf({ anonymous, assertedFrom, identity }: LegWish): [string, string][] {
  const headers: [string, string][] = []
  if (anonymous) headers.push(['Privacy', 'id'])
  else if (assertedFrom !== undefined) headers.push(['P-Asserted-Identity', `<tel:${assertedFrom}>`])
  if (identity !== undefined) headers.push(['Identity', identity])
  return headers
}
