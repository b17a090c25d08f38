// Where a request goes: RFC 3263 4. Names are looked up through the resolver that is handed in; the answer is a list to be tried in order.

import { isIP } from 'node:net'
import { unbracketed } from '#values/host-port.ts'
import type { Destination, SipResolver, TransportName } from './stack-parts.ts'
import { isWebSocket } from './transport-names.ts'

export interface Target {
  readonly transport: TransportName
  readonly host: string
  readonly port: number
  /** What a certificate is checked against. */
  readonly serverName: string
}

type Named = Exclude<Destination, { readonly flow: unknown & object }> & { readonly host: string }

/** NAPTR services (RFC 3263 4.1). Phones on WebSocket are reached by their flow, never by name. */
const services: Readonly<Record<string, TransportName>> = {
  'SIP+D2U': 'udp',
  'SIP+D2T': 'tcp',
  'SIPS+D2T': 'tls',
}

/** 19.1.2 and RFC 7118: 5060, 5061, 80, 443. */
const defaultPort = (transport: TransportName): number =>
  transport === 'tls' ? 5061 : transport === 'ws' ? 80 : transport === 'wss' ? 443 : 5060

/** Throws when DNS failed, and for a sips URI over UDP; an empty list is a name without addresses. `random` is 0 to below 1, for SRV weights. */
export async function locate(to: Named, resolver: SipResolver | undefined, random: () => number): Promise<readonly Target[]> {
  const host = unbracketed(to.host)
  const transport = to.secure ? secured(to.transport) : to.transport
  if (isIP(host)) return [target(transport ?? 'udp', host, to.port, host)]
  if (!resolver) throw new Error(`no resolver for the name ${host}`)
  const found: Target[] = []
  let failed: { readonly error: unknown } | undefined
  // 4.2: with a port only addresses are looked up.
  if (to.port === undefined)
    for (const { name, transport: way } of await serviceNames(host, transport, resolver))
      for (const record of inOrder((await resolver.srv?.(name)) ?? [], random))
        try {
          for (const address of await resolver.addresses(record.name)) found.push(target(way, address, record.port, host))
        } catch (error) {
          // One name that cannot be looked up is no reason not to go to the others.
          failed ??= { error }
        }
  if (found.length > 0) return found
  if (failed) throw failed.error
  const addresses = await resolver.addresses(host)
  return addresses.map((address) => target(transport ?? 'udp', address, to.port, host))
}

/** RFC 3261 26.2.2: what a sips URI names is meant over TLS. Nothing here makes UDP secure. */
function secured(transport: TransportName | undefined): TransportName {
  if (transport === 'udp') throw new Error('a sips URI is not to be reached over UDP (RFC 3261 26.2.2)')
  return isWebSocket(transport) ? 'wss' : 'tls'
}

function target(transport: TransportName, host: string, port: number | undefined, serverName: string): Target {
  return { transport, host, port: port ?? defaultPort(transport), serverName }
}

/** 4.1: the transport by NAPTR where none is named, else by asking for the SRV names of those we could use. A sips URI names one: TLS. */
async function serviceNames(
  host: string,
  transport: TransportName | undefined,
  resolver: SipResolver,
): Promise<{ name: string; transport: TransportName }[]> {
  if (transport) return [{ name: srvName(host, transport), transport }]
  const pointers = ((await resolver.naptr?.(host)) ?? [])
    .map((one) => ({ ...one, transport: services[one.service.toUpperCase()] }))
    .filter((one) => one.transport !== undefined)
    .toSorted((a, b) => a.order - b.order || a.preference - b.preference)
  if (pointers.length > 0) return pointers.map(({ replacement, transport: way }) => ({ name: replacement, transport: way! }))
  return (['udp', 'tcp'] as const).map((way) => ({ name: srvName(host, way), transport: way }))
}

function srvName(host: string, transport: TransportName): string {
  const scheme = transport === 'tls' || transport === 'wss' ? '_sips' : '_sip'
  const protocol = transport === 'udp' ? '_udp' : isWebSocket(transport) ? '_ws' : '_tcp'
  return `${scheme}.${protocol}.${host}`
}

/** RFC 2782: lower priority first; within one, by chance in proportion to weight. */
function inOrder<T extends { priority: number; weight: number }>(records: readonly T[], random: () => number): T[] {
  const left = records.toSorted((a, b) => a.priority - b.priority || a.weight - b.weight)
  const ordered: T[] = []
  while (left.length > 0) {
    const rivals = left.filter(({ priority }) => priority === left[0]!.priority)
    let pick = random() * rivals.reduce((sum, { weight }) => sum + weight, 0)
    const chosen = rivals.find(({ weight }) => (pick -= weight) <= 0) ?? rivals[0]!
    ordered.push(...left.splice(left.indexOf(chosen), 1))
  }
  return ordered
}
