// The registrar (RFC 3261 10.3; RFC 5626 for phones behind NAT, RFC 3327 for proxies on the way): what a REGISTER of a known client comes
// to. Whether the password was right is settled before; calls to what is registered are placed by phones.ts.

import { callIdOf, contactsOf, cseqOf, expiresOf, toOf } from '#protocols/sip/message-reads.ts'
import type { SipRequest } from '#protocols/sip/message.ts'
import { nameAddrText, type NameAddr } from '#protocols/sip/name-addr.ts'
import type { ExtraHeaders, ServerTransaction } from '#protocols/sip/stack-parts.ts'
import { parseUri } from '#protocols/sip/uri.ts'
import { register, type RegisterOutcome, type RegistrationRow } from '#store/registrations.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import { hostPort } from '#values/host-port.ts'
import type { NextId } from '#values/ids.ts'

export interface RegistrarRules {
  /** Shorter wishes are refused with 423 (RFC 3261 10.3), longer ones cut. */
  readonly minSeconds: number
  readonly maxSeconds: number
  readonly mostContacts: number
}

export const usualRules: RegistrarRules = { minSeconds: 30, maxSeconds: 3_600, mostContacts: 10 }

export interface RegistrarParts {
  readonly store: Store
  readonly clock: Clock
  readonly nextId: NextId
  readonly node: string
  readonly rules: RegistrarRules
}

export interface RegisterWish {
  readonly clientId: number
  readonly accountId: number
  /** What the user part of To may be. */
  readonly names: readonly string[]
}

export interface RegisterAnswer {
  readonly status: number
  readonly headers: ExtraHeaders
  /** Bindings that came into being or were renewed, and those that went. */
  readonly kept: readonly RegistrationRow[]
  readonly gone: readonly RegistrationRow[]
}

const answer = (status: number, headers: ExtraHeaders = []): RegisterAnswer => ({ status, headers, kept: [], gone: [] })

/** What is asked, before anything is written; a number is the status of the refusal. */
type Wanted = { readonly contacts: readonly (NameAddr & { seconds: number })[]; readonly removed: readonly string[] }

export async function takeRegister(
  parts: RegistrarParts,
  wish: RegisterWish,
  transaction: ServerTransaction,
): Promise<RegisterAnswer> {
  const { store, clock, rules } = parts
  const { request } = transaction
  const user = parseUri(toOf(request)?.uri ?? '')?.user
  // 10.3 step 3 to 5: nobody registers for somebody else.
  if (user === undefined || !wish.names.includes(user)) return answer(403)
  const wanted = readWanted(request, rules)
  if (!('contacts' in wanted)) return wanted
  const now = clock.nowMs()
  const rows = wanted.contacts.map((contact) => rowOf(parts, wish, transaction, contact, now))
  const outcome = await store.write(register, {
    clientId: wish.clientId,
    accountId: wish.accountId,
    callId: callIdOf(request) ?? '',
    cseq: cseqOf(request)?.number ?? 0,
    rows,
    removed: wanted.removed,
    most: rules.mostContacts,
    now,
  })
  // 10.3 step 7: out of order is a fault of the server's in its words, and nothing is changed.
  if (outcome.refused === 'late') return answer(500, [['Retry-After', '1']])
  if (outcome.refused === 'full') return answer(403)
  return taken(request, outcome, rows, now)
}

function readWanted(request: SipRequest, rules: RegistrarRules): Wanted | RegisterAnswer {
  const contacts = contactsOf(request)
  const expires = request.headers.has('Expires') ? expiresOf(request) : undefined
  if (contacts === undefined) return answer(400)
  if (contacts === '*') return expires === 0 ? { contacts: [], removed: ['*'] } : answer(400)
  const wanted: (NameAddr & { seconds: number })[] = []
  const removed: string[] = []
  for (const contact of contacts) {
    const own = contact.params.get('expires')
    // 10.2.1.1: what cannot be read counts as 3600.
    const seconds = own !== undefined ? (/^\d{1,10}$/.test(own) ? Number(own) : 3_600) : (expires ?? 3_600)
    if (seconds === 0) removed.push(contact.uri)
    else if (seconds < rules.minSeconds) return answer(423, [['Min-Expires', String(rules.minSeconds)]])
    else wanted.push({ ...contact, seconds: Math.min(seconds, rules.maxSeconds) })
  }
  return { contacts: wanted, removed }
}

const shortened = (text: string, most: number): string => text.slice(0, most)

function rowOf(
  { nextId, node }: RegistrarParts,
  { clientId, accountId }: RegisterWish,
  { request, flow, source }: ServerTransaction,
  { uri, params, seconds }: NameAddr & { seconds: number },
  now: number,
): RegistrationRow {
  const regId = Number(/^\d{1,9}$/.exec(params.get('reg-id') ?? '')?.[0] ?? 0)
  const q = Number(/^[01](?:\.\d{1,3})?$/.exec(params.get('q') ?? '1')?.[0] ?? 1)
  return {
    id: nextId(),
    client_id: clientId,
    account_id: accountId,
    contact: uri,
    instance: shortened((params.get('+sip.instance') ?? '').replace(/^<(.*)>$/, '$1'), 200),
    reg_id: regId,
    call_id: callIdOf(request) ?? '',
    cseq: cseqOf(request)?.number ?? 0,
    transport: flow.transport,
    source: hostPort(source.host, source.port),
    path: JSON.stringify(request.headers.all('Path')),
    q: Math.round(Math.min(1, q) * 1000),
    user_agent: shortened(request.headers.get('User-Agent') ?? '', 200),
    node,
    flow: flow.id,
    expires_ms: now + seconds * 1000,
    created_ms: now,
    updated_ms: now,
  }
}

function taken(request: SipRequest, outcome: RegisterOutcome, rows: readonly RegistrationRow[], now: number): RegisterAnswer {
  const headers: [string, string][] = outcome.contacts.map((row) => ['Contact', contactText(row, now)])
  for (const path of request.headers.all('Path')) headers.push(['Path', path])
  const supported = request.headers.all('Supported').map((tag) => tag.toLowerCase())
  if (rows.some(({ reg_id, instance }) => reg_id > 0 && instance !== '') && supported.includes('outbound')) {
    // RFC 5626 6: flows are kept, and calls go down them.
    headers.push(['Require', 'outbound'], ['Flow-Timer', '120'])
  }
  headers.push(['Date', new Date(now).toUTCString()])
  const kept = outcome.contacts.filter((row) => rows.some(({ contact }) => contact === row.contact))
  return { status: 200, headers, kept, gone: outcome.gone }
}

function contactText({ contact, q, expires_ms, instance, reg_id }: RegistrationRow, now: number): string {
  const params = new Map([
    ...(q < 1000 ? [['q', String(q / 1000)] as const] : []),
    ...(reg_id > 0 ? [['reg-id', String(reg_id)] as const] : []),
    ['expires', String(Math.max(1, Math.ceil((expires_ms - now) / 1000)))] as const,
    ...(instance === '' ? [] : [['+sip.instance', `<${instance}>`] as const]),
  ])
  return nameAddrText({ uri: contact, params })
}
