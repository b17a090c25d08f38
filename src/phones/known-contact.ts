// A contact of a phone as it is kept, and how it is reached: down its connection, over the proxies of its Path, over the node that it is
// connected to, or where its packets came from.

import { parseNameAddr } from '#protocols/sip/name-addr.ts'
import type { Destination, Flow, TransportName } from '#protocols/sip/stack-parts.ts'
import { parseUri } from '#protocols/sip/uri.ts'
import { identityHeaders } from '#sip-legs/shown-caller.ts'
import type { RegistrationRow } from '#store/registrations.ts'
import { readHostPort, unbracketed } from '#values/host-port.ts'
import type { LegWish } from '#voice/leg.ts'
import type { PhoneContact } from '#voice/line.ts'
import type { FarFlow } from './far-legs.ts'

/** What `contactsOf` knows beyond what voice needs. */
export interface KnownContact extends PhoneContact {
  readonly to: { readonly host: string; readonly port: number; readonly transport: TransportName }
  readonly route: readonly string[]
  /** The flow of this node that it registered over; empty: it did so elsewhere. A phone that moved is not called where it was. */
  readonly flow: string
  /** Over which other node of ours it is called, and down which flow of that one. */
  readonly over?: FarFlow & { readonly at: string }
}

export function contactOf(row: RegistrationRow, node: string, over?: KnownContact['over']): KnownContact {
  const { host, port } = readHostPort(row.source) ?? { host: '', port: 5060 }
  return {
    registrationId: row.id,
    clientId: row.client_id,
    uri: row.contact,
    userAgent: row.user_agent,
    expiresMs: row.expires_ms,
    to: { host, port, transport: row.transport as TransportName },
    route: JSON.parse(row.path) as string[],
    flow: row.node === node ? row.flow : '',
    ...(over && { over }),
  }
}

/**
 * Down the flow where it is open; to the first proxy of the Path; else, over UDP, where it came from. That proxy is whoever sent us the REGISTER, so
 * it is called at the address that it came from, whatever stands in Path: else any phone could have us call any machine that we reach.
 */
export function destinationOf(route: readonly string[], flow: Flow | undefined, to: KnownContact['to']): Destination | undefined {
  if (flow?.open) return { flow }
  const proxy = route[0] === undefined ? undefined : parseUri(parseNameAddr(route[0])?.uri ?? '')
  if (proxy) {
    const isThere = unbracketed(proxy.host) === to.host
    if (isThere)
      return {
        host: to.host,
        port: proxy.port,
        transport: proxy.params.get('transport')?.toLowerCase() as TransportName | undefined,
      }
    // The port of a connection of theirs is not one that they listen at.
    return { host: to.host, port: to.transport === 'udp' ? to.port : proxy.port, transport: to.transport }
  }
  return to.transport === 'udp' ? to : undefined
}

/** A phone of ours is told the number too that stands for its caller. */
export function identityOf(wish: LegWish): [string, string][] {
  const { anonymous, assertedFrom } = wish
  const isAsserted = assertedFrom !== undefined && !anonymous
  return [...(isAsserted ? [['P-Asserted-Identity', `<tel:${assertedFrom}>`] as [string, string]] : []), ...identityHeaders(wish)]
}
