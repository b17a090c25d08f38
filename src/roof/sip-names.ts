// How names of carriers are looked up for SIP (RFC 3263): addresses as for requests over HTTP, SRV and NAPTR by the name servers.

import dns from 'node:dns/promises'
import { lookupName } from '#protocols/http/outgoing-names.ts'
import type { SipResolver } from '#protocols/sip/stack-parts.ts'

const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 })

/** The name is there and has no such record, or is not there. */
const noneOf = new Set(['ENODATA', 'ENOTFOUND', 'NXDOMAIN', 'NODATA'])

async function orNone<T>(asked: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await asked
  } catch (error) {
    if (noneOf.has(String((error as NodeJS.ErrnoException).code))) return []
    throw error
  }
}

export const sipNames: SipResolver = {
  addresses: (name) => orNone(lookupName(name)),
  srv: (name) => orNone(resolver.resolveSrv(name)),
  // Without an answer to NAPTR the services are asked for by name (RFC 3263 4.1): many name servers never heard of it.
  naptr: (name) => resolver.resolveNaptr(name).catch(() => []),
}
