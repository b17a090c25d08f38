// A call that came in, before anything is done with it: whose it is, whether it may be, and what serves it. A number leads to its script
// by the rule of numbers/inbound-target.ts; a phone's own call to the script of its client, or straight to whom it dialled.
// It reads, it writes nothing and answers nobody.

import type { Account } from '#accounts/account.ts'
import type { Prices } from '#credit/prices.ts'
import { inboundTarget, type InboundTarget } from '#numbers/inbound-target.ts'
import { requireUsable } from '#numbers/number-state.ts'
import { userOf } from '#numbers/user-of.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import { readApplication, type ApplicationRow } from '#store/applications.ts'
import { freshCall, type CallRow } from '#store/calls.ts'
import { readMemberNumber } from '#store/client-groups.ts'
import { readClient, readClientByLogin, type ClientRow } from '#store/clients.ts'
import type { NumberRow } from '#store/numbers.ts'
import type { MaybePromise, Reader } from '#store/store.ts'
import { readUser } from '#store/users.ts'
import type { Clock } from '#values/clock.ts'
import { parseE164 } from '#values/e164.ts'
import { requireCalling, type CallKind } from './admit-call.ts'
import type { CallLimits } from './call-limits.ts'
import { blockOf, type CallRate, costOf, firstSlice, sliceOf } from './call-rate.ts'
import type { CallDetail } from './call-view.ts'
import type { CallCallback, ScriptStart } from './call-wish.ts'
import { callbackOfNumber, callSecondsOf, forwardOf } from './forwarded-call.ts'
import type { IncomingCall } from './line.ts'
import { maskedCall, masksCalls } from './masked-call.ts'
import { requireCallerOpen } from './open-destinations.ts'
import type { CallTarget, Dial, Page } from './verbs/verb.ts'

export interface IncomingParts {
  readonly read: Reader
  readonly clock: Clock
  readonly node: string
  readonly prices: Pick<Prices, 'rateOf' | 'payerOf'>
  readonly limits: CallLimits
  /** How much of a call is held at a time, in seconds. */
  readonly sliceSeconds?: number
  accountOf(id: number): MaybePromise<Account | undefined>
  numberOf(number: string): MaybePromise<NumberRow | undefined>
  /** Whose form asks for scripts: the face's own, or another where it has none, as our own API. */
  scriptFace(face: string | undefined): string
  /** What runs on calls of a named service, by the face that it was configured through. Throws why nothing can. */
  serviceScript?(configuration: unknown, name: string): ScriptStart | undefined
  /** For numbers of the account that lead nowhere of their own. */
  usualScript?(number: { readonly accountId: number; readonly userId: number | null }): Promise<ScriptStart | undefined>
  askPolicy?(account: Account, call: { readonly from: string; readonly to: string }, kind: CallKind): Promise<void> | undefined
}

/** With `refusal`: its account is known, so it has a record, which says why it was refused. */
export interface FoundCall {
  readonly row: CallRow
  readonly account: Account
  readonly rate: CallRate | null
  readonly mostMs: number
  readonly script: ScriptStart
  readonly refusal?: Refusal
}

interface Served {
  readonly accountId: number
  readonly face: string
  readonly number: NumberRow | null
  readonly application: ApplicationRow | null
  readonly client: ClientRow | null
  readonly script: ScriptStart
  readonly callback: CallCallback | null
  /** The client's own name for it. */
  readonly clientRef?: string
  readonly refusal?: Refusal
}

/** How long a phone's own dialling rings, and lasts. */
const ownDialLimits = { timeoutMs: 60_000, mostMs: 14_400_000 }

export class Incoming {
  readonly #parts: IncomingParts

  constructor(parts: IncomingParts) {
    this.#parts = parts
  }

  /** A Refusal: it is nobody's call. */
  async look(call: IncomingCall): Promise<FoundCall | Refusal> {
    const { via } = call
    const served = via.kind === 'phone' ? await this.#ofPhone(call, via) : await this.#ofNumber(call)
    if (served instanceof Refusal) return served
    const account = await this.#parts.accountOf(served.accountId)
    if (!account) return refusal('number.not_found', { number: call.to })
    try {
      if (served.refusal) throw served.refusal
      await this.#require(account, call)
      return await this.#found(account, call, served)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { ...this.#whole(account, call, served, null, null), refusal: error }
    }
  }

  async #require(account: Account, { from, to }: IncomingCall): Promise<void> {
    const { clock, limits, askPolicy } = this.#parts
    requireCalling(account, clock.nowMs())
    requireCallerOpen(account, from)
    await limits.requireRoom(account)
    const asked = askPolicy?.(account, { from, to }, 'call.incoming')
    if (asked) await asked
  }

  async #found(account: Account, call: IncomingCall, served: Served): Promise<FoundCall> {
    const { prices } = this.#parts
    const direction = call.via.kind === 'phone' ? 'out' : 'in'
    // What a phone dials is charged where it goes out.
    if (direction === 'out') return this.#whole(account, call, served, null, null)
    const spending = this.#parts.limits.requireSpending(account)
    if (spending) await spending
    const found = await prices.rateOf({ account, service: 'call', direction, from: call.from, to: call.to })
    if (found === 'no_rate' || !found.rate || found.rate.price_micro === 0) return this.#whole(account, call, served, null, null)
    const { price_micro: priceMicro, per, first_block: first, next_block: next } = found.rate
    return this.#whole(
      account,
      call,
      served,
      { priceMicro, per, first, next, ...sliceOf(this.#parts) },
      await prices.payerOf(account),
      found.currency,
    )
  }

  #whole(
    account: Account,
    call: IncomingCall,
    served: Served,
    rate: CallRate | null,
    payerId: number | null,
    currency = account.settings.currency,
  ): FoundCall {
    const { clock, node } = this.#parts
    const { id, via, headers, source, raw, identity, leg } = call
    const { number, application, client, callback, face, script, clientRef = '' } = served
    const now = clock.nowMs()
    const detail: CallDetail = {
      ref: leg.ref,
      source,
      raw,
      headers,
      ...(via.kind === 'phone' && { clientLogin: via.login }),
      ...(identity && { identity }),
      ...(script.memory && { faceData: script.memory }),
      ...(rate && { ratePer: rate.per }),
    }
    const row: CallRow = {
      ...freshCall,
      id,
      session_id: id,
      account_id: account.id,
      direction: 'in',
      origin: 'inbound',
      face,
      caller: call.from,
      caller_name: call.fromName,
      called: number?.number ?? call.to,
      forwarded_from: call.forwardedFrom ?? '',
      number: number?.number ?? '',
      number_id: number?.id ?? null,
      application_id: application?.id ?? null,
      client_id: client?.id ?? null,
      // A number's call is its user's, whoever calls it; a phone's own call that of whoever has the phone.
      user_id: number ? userOf(number) : userOf(client),
      carrier_id: via.kind === 'trunk' ? via.carrierId : null,
      // It rings from the first: whoever called hears so, whatever is decided then.
      state: 'ringing',
      ringing_ms: now,
      node,
      payer_id: rate ? payerId : null,
      rate_micro: rate?.priceMicro ?? 0,
      charging_block: rate ? blockOf(rate) : freshCall.charging_block,
      held_micro: rate && payerId !== null ? costOf(rate, firstSlice(rate)) : 0,
      currency,
      callback: callback && JSON.stringify(callback),
      client_ref: clientRef,
      detail: JSON.stringify(detail),
      created_ms: now,
      updated_ms: now,
    }
    const seconds = Math.min(account.settings.limits.callSeconds, (number && callSecondsOf(number)) ?? Infinity)
    return { row, account, rate, mostMs: seconds * 1000, script }
  }

  async #ofNumber(call: IncomingCall): Promise<Served | Refusal> {
    const { read, clock, numberOf } = this.#parts
    const { via } = call
    const number = await numberOf(call.to)
    if (!number || number.account_id === null) return refusal('number.not_found', { number: call.to })
    const callback = callbackOfNumber(number)
    const nobody = { accountId: number.account_id, face: number.face, number, application: null, client: null, callback }
    const nothing: ScriptStart = { face: number.face, page: null }
    try {
      const user = userOf(number)
      if (user !== null && (await isNotToBeDisturbed(read, user))) throw refusal('call.declined')
      if (masksCalls(number)) {
        requireUsable(number, clock.nowMs())
        const parties = via.kind === 'phone' ? [`client:${via.login}`, call.from] : [call.from]
        const { face, dial, callback: told, clientRef } = await maskedCall(read, number, parties, clock.nowMs())
        const script = { face: this.#parts.scriptFace(face), page: null, verbs: [dial] }
        return { ...nobody, face, script, callback: told ?? callback, clientRef }
      }
      const forward = forwardOf(number)
      if (forward) {
        requireUsable(number, clock.nowMs())
        return { ...nobody, script: { face: this.#parts.scriptFace(number.face), page: null, verbs: [forward] } }
      }
      const target = await inboundTarget(read, call.to, 'voice', clock.nowMs())
      const served = this.#serve(target)
      if (!served) throw refusal('number.not_bound', { number: call.to, context: 'Voice' })
      return served
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const usual =
        error.reason === 'number.not_bound' &&
        (await this.#parts.usualScript?.({ accountId: number.account_id, userId: userOf(number) }))
      if (usual) return { ...nobody, face: usual.face, script: usual }
      return { ...nobody, script: nothing, refusal: error }
    }
  }

  #serve({ number, accountId, face: own, script, fallback, status, application }: InboundTarget): Served | undefined {
    const face = this.#parts.scriptFace(own)
    const callback = status && { url: status.url, method: status.method }
    const common = { accountId, number, application, client: null, callback }
    if (script) return { ...common, face, script: { face, page: script, fallback } }
    const service = application && this.#parts.serviceScript?.(configurationOf(application), application.name)
    if (!service) return undefined
    return { ...common, face: service.face, script: service, callback: finalOf(service) ?? callback }
  }

  async #ofPhone(call: IncomingCall, via: Extract<IncomingCall['via'], { kind: 'phone' }>): Promise<Served | Refusal> {
    const { read, scriptFace } = this.#parts
    const client = await readClient(read, via.accountId, via.clientId)
    if (!client) return refusal('client.not_found', { client: via.login })
    const detail = JSON.parse(client.detail) as ClientDetail
    const face = scriptFace(detail.face)
    const common = { accountId: client.account_id, face, number: null, client, callback: callbackOf(detail) }
    if (detail.voiceUrl) {
      const page: Page = { url: detail.voiceUrl, method: detail.voiceMethod === 'GET' ? 'GET' : 'POST' }
      const fallback: Page | null = detail.voiceFallbackUrl
        ? { url: detail.voiceFallbackUrl, method: detail.voiceFallbackMethod === 'GET' ? 'GET' : 'POST' }
        : null
      return { ...common, application: null, script: { face, page, fallback } }
    }
    const application =
      detail.applicationId === undefined ? undefined : await readApplication(read, client.account_id, detail.applicationId)
    const served = application && this.#serveBy(application, face)
    if (application && served) return { ...common, ...served, application }
    const other = await readClientByLogin(read, client.realm_id, call.to)
    const hosted = other ? undefined : await this.#hosted(call, client)
    if (hosted) return hosted
    const from = other ? undefined : await readMemberNumber(read, client.id)
    return { ...common, application: null, script: { face, page: null, verbs: [ownDial(call, other, from)] } }
  }

  /** A number of the client's own organisation is served here, as if the call had come in on it; nothing goes out for it. */
  async #hosted(call: IncomingCall, client: ClientRow): Promise<Served | Refusal | undefined> {
    const { accountOf, numberOf } = this.#parts
    const country = (await accountOf(client.account_id))?.settings.country ?? ''
    const to = parseE164(call.to, { country })
    const number = to?.isPossible ? await numberOf(to.number) : undefined
    if (!number || number.account_id === null) return undefined
    if ((await accountOf(number.account_id))?.rootId !== client.realm_id) return undefined
    const served = await this.#ofNumber({ ...call, to: number.number })
    return served instanceof Refusal ? served : { ...served, client }
  }

  /** What runs on calls that are led to a service. Throws why nothing can. */
  scriptOf(application: ApplicationRow): ScriptStart | undefined {
    return this.#serveBy(application, this.#parts.scriptFace(undefined))?.script
  }

  #serveBy(
    application: ApplicationRow,
    face: string,
  ): (Pick<Served, 'face' | 'script'> & Partial<Pick<Served, 'callback'>>) | undefined {
    const own = JSON.parse(application.detail) as ClientDetail & {
      scriptUrl?: string
      scriptMethod?: string
      fallbackUrl?: string
    }
    if (own.scriptUrl) {
      const page: Page = { url: own.scriptUrl, method: own.scriptMethod === 'GET' ? 'GET' : 'POST' }
      const fallback: Page | null = own.fallbackUrl ? { url: own.fallbackUrl, method: page.method } : null
      return { face, script: { face, page, fallback } }
    }
    const service = this.#parts.serviceScript?.(configurationOf(application), application.name)
    const final = service && finalOf(service)
    return service && { face: service.face, script: service, ...(final && { callback: final }) }
  }
}

/** Straight to whom it dialled: another client of the same realm, an address elsewhere, or a number, which sees `from`. */
function ownDial({ to, toHost, isPrivate }: IncomingCall, other: ClientRow | undefined, from: string | undefined): Dial {
  const target: CallTarget = other
    ? { kind: 'client', login: to }
    : /^\+?[\d().\s-]{2,}$/.test(to)
      ? { kind: 'number', number: to }
      : { kind: 'sip', uri: `sip:${to}@${toHost}` }
  return {
    verb: 'dial',
    targets: [{ to: target }],
    ...(from !== undefined && { callerId: from }),
    ...(isPrivate && { anonymous: true }),
    ...ownDialLimits,
    answerWithThem: true,
    passEarlyMedia: true,
    endsCall: true,
  }
}

interface ClientDetail {
  readonly face?: string
  readonly voiceUrl?: string
  readonly voiceMethod?: string
  readonly voiceFallbackUrl?: string
  readonly voiceFallbackMethod?: string
  readonly statusUrl?: string
  readonly statusMethod?: string
  readonly applicationId?: number
}

const callbackOf = ({ statusUrl, statusMethod }: ClientDetail): CallCallback | null =>
  statusUrl ? { url: statusUrl, method: statusMethod === 'GET' ? 'GET' : 'POST' } : null

/** It is told with the end of the call, through the relay: whatever dies, it comes. */
const finalOf = ({ finalPage }: ScriptStart): CallCallback | undefined =>
  finalPage ? { ...finalPage, events: ['completed'] } : undefined

const configurationOf = ({ detail }: ApplicationRow): unknown => (JSON.parse(detail) as { configuration?: unknown }).configuration

async function isNotToBeDisturbed(read: Reader, userId: number): Promise<boolean> {
  const user = await readUser(read, userId)
  return user !== undefined && (JSON.parse(user.detail) as { doNotDisturb?: boolean }).doNotDisturb === true
}
