// MMS over HTTP and JSON: one POST a message, answered with the gateway's id for it; receipts and messages from the network
// come to mms-mount.ts. The protocol is ours and stands in docs/mms-carrier.md; a gateway to MM7 or to a vendor's API is a
// small program beside it. Media are not sent along: the gateway fetches them under the links of the message.
//
// A message has the same id in each attempt, and the gateway must know it again: so an answer that was lost costs no
// second message.

import { faultsOf, valuesOf, type ValuesOf, type CarrierConfig } from '#values/carrier-settings.ts'
import { RateMeter } from '#messaging/rate-meter.ts'
import type {
  CarrierAbilities,
  CarrierKind,
  CarrierNews,
  CarrierState,
  Cause,
  SmsCarrier,
  SubmitJob,
  SubmitOutcome,
} from '#messaging/sms-carrier.ts'
import type { FetchGuarded, OutgoingAnswer, OutgoingFailure } from '#protocols/http/outgoing.ts'
import type { Clock, Timer } from '#values/clock.ts'
import { causeOf, causeOfStatus, causes } from './causes.ts'
import { mmsHttpSettings } from './settings.ts'
import { signed } from './signature.ts'

/** After the gateway could not be reached: doubled each time, up to the longest. */
const firstPauseMs = 1_000
const longestPauseMs = 30_000
const answerBytes = 64 * 1024

export class MmsHttp implements SmsCarrier {
  readonly id: number
  readonly name: string
  readonly #secret: string
  readonly abilities: CarrierAbilities
  readonly #news: CarrierNews
  readonly #settings: ValuesOf<typeof mmsHttpSettings>
  readonly #fetch: FetchGuarded
  readonly #clock: Clock
  readonly #rate: RateMeter
  #sinceMs: number
  #outstanding = 0
  #submitted = 0
  #refused = 0
  #receipts = 0
  #inbound = 0
  #lastError: CarrierState['lastError']
  /** Monotonic; 0 while it is up. */
  #downUntilMs = 0
  #pauseMs = firstPauseMs
  #tokens: number
  #tokensAtMs: number
  #wake: Timer | undefined
  #closed: (() => void) | undefined
  #isClosed = false

  constructor({ id, name, secret, detail }: CarrierConfig, news: CarrierNews, fetch: FetchGuarded, clock: Clock) {
    this.id = id
    this.name = name
    this.#secret = secret
    this.#news = news
    this.#settings = valuesOf(mmsHttpSettings, detail)
    this.abilities = { kinds: ['mms'], multipart: false, codings: ['gsm7', 'ucs2'], receipts: this.#settings.receipts }
    this.#fetch = fetch
    this.#clock = clock
    this.#rate = new RateMeter(clock)
    this.#sinceMs = clock.nowMs()
    this.#tokens = this.#settings.perSecond
    this.#tokensAtMs = clock.elapsedMs()
  }

  room(): number {
    if (this.#isClosed) return 0
    const now = this.#clock.elapsedMs()
    if (this.#downUntilMs > now) {
      this.#wakeAfter(this.#downUntilMs - now)
      return 0
    }
    // While it is down, one message finds out whether it is up again.
    const window = this.#downUntilMs > 0 ? 1 : this.#settings.window
    return Math.max(0, Math.min(window - this.#outstanding, this.#allowance(now)))
  }

  #allowance(now: number): number {
    const { perSecond } = this.#settings
    if (perSecond === 0) return Number.MAX_SAFE_INTEGER
    this.#tokens = Math.min(perSecond, this.#tokens + ((now - this.#tokensAtMs) * perSecond) / 1000)
    this.#tokensAtMs = now
    if (this.#tokens < 1) this.#wakeAfter(Math.ceil(((1 - this.#tokens) * 1000) / perSecond))
    return Math.floor(this.#tokens)
  }

  #wakeAfter(delayMs: number): void {
    this.#wake ??= this.#clock.after(delayMs, () => {
      this.#wake = undefined
      if (!this.#isClosed) this.#news.room(this.id)
    })
  }

  async submit(job: SubmitJob): Promise<SubmitOutcome> {
    if (this.#isClosed) return failedWith({ reason: 'message.gateway_unreachable', raw: 'mms closed', next: 'again' })
    this.#outstanding += 1
    this.#tokens -= 1
    this.#rate.add()
    try {
      return this.#read(await this.#post(job), job)
    } finally {
      this.#outstanding -= 1
      if (this.#isClosed && this.#outstanding === 0) this.#closed?.()
      else if (!this.#isClosed) this.#news.room(this.id)
    }
  }

  #post(job: SubmitJob): Promise<OutgoingAnswer | OutgoingFailure> {
    const { url, timeoutMs } = this.#settings
    const id = `${job.messageId}`
    const body = JSON.stringify({
      id,
      attempt: job.attempt,
      from: job.sender,
      to: job.recipient,
      ...(job.subject !== undefined && { subject: job.subject }),
      text: job.text,
      media: (job.media ?? []).map(({ url, type, sizeBytes, name }) => ({ url, type, size: sizeBytes, name })),
      receipt: job.wantsReceipt && this.#settings.receipts,
      expires: Number.isFinite(job.deadlineMs) ? new Date(job.deadlineMs).toISOString() : null,
      priority: job.priority,
    })
    const { messageId } = job
    const atMs = this.#clock.nowMs()
    this.#news.wire({ messageId, direction: 'out', protocol: 'mms-http', bytes: Buffer.from(body), atMs })
    return this.#fetch({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'idempotency-key': id,
        ...signed(this.#secret, 'submit', body, atMs),
      },
      body,
      limits: { totalMs: timeoutMs, headersMs: timeoutMs, maxBytes: answerBytes },
    })
  }

  #read(answer: OutgoingAnswer | OutgoingFailure, { messageId, wantsReceipt }: SubmitJob): SubmitOutcome {
    if ('failed' in answer) return this.#unreached(answer)
    this.#reached()
    const { status, body, headers } = answer
    const bytes = Buffer.concat([Buffer.from(`${status} `), body])
    this.#news.wire({ messageId, direction: 'in', protocol: 'mms-http', bytes, atMs: this.#clock.nowMs() })
    const said = objectOf(body)
    const { ref, error, message, receipt } = said
    const words = [error, message].filter((word) => typeof word === 'string').join(': ')
    const raw = `mms ${status} ${words}`.trim().slice(0, 300)
    // 409 is an id that the gateway has: an earlier answer was lost on its way.
    if ((status < 300 || status === 409) && typeof ref === 'string' && ref !== '' && ref.length <= 200) {
      this.#submitted += 1
      const receiptExpected = this.#settings.receipts && wantsReceipt && receipt !== false
      return { segments: 1, outcomes: [{ index: 0, ref }], receiptExpected }
    }
    this.#refused += 1
    // Taken, and we are not told under which id.
    if (status < 300)
      return failedWith({ reason: 'message.unknown_error', raw: `${raw} without a ref`, next: 'never', mayHaveTaken: true })
    const known = typeof error === 'string' && Object.hasOwn(causes, error)
    const cause = known ? causeOf(error, raw) : causeOfStatus(status, raw)
    const afterMs = retryAfter(headers['retry-after'])
    return failedWith(afterMs !== undefined && cause.next === 'again' ? { ...cause, afterMs } : cause)
  }

  #reached(): void {
    if (this.#downUntilMs > 0) this.#sinceMs = this.#clock.nowMs()
    this.#downUntilMs = 0
    this.#pauseMs = firstPauseMs
  }

  #unreached({ failed: { kind, detail } }: OutgoingFailure): SubmitOutcome {
    const raw = `mms ${kind}: ${detail}`.slice(0, 300)
    // Not connected is not sent. After that the gateway may have it, whatever came back.
    const isSent =
      kind === 'too_large' || kind === 'protocol' || (kind === 'timeout' && detail !== 'connect' && detail !== 'name')
    const mayHaveTaken = isSent || (kind === 'connect' && /closed|RESET|EPIPE/.test(detail))
    const reason = kind === 'timeout' && isSent ? 'message.gateway_no_response' : 'message.gateway_unreachable'
    const params = { gateway: this.name }
    this.#refused += 1
    if (this.#downUntilMs === 0) this.#sinceMs = this.#clock.nowMs()
    this.#lastError = { atMs: this.#clock.nowMs(), text: raw, reason }
    this.#downUntilMs = this.#clock.elapsedMs() + this.#pauseMs
    this.#wakeAfter(this.#pauseMs)
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2)
    // The gateway knows the id again, so that the same carrier is asked; another one might send it twice.
    return failedWith({ reason, params, raw, next: mayHaveTaken ? 'again' : 'elsewhere', mayHaveTaken })
  }

  heard(receipts: number, inbound: number): void {
    this.#receipts += receipts
    this.#inbound += inbound
  }

  isUp(): boolean {
    return !this.#isClosed && this.#downUntilMs <= 0
  }

  state(): CarrierState {
    const state = this.#isClosed ? 'closed' : this.isUp() ? 'up' : 'down'
    return {
      state,
      binds: [{ name: this.name, state, sinceMs: this.#sinceMs, outstanding: this.#outstanding }],
      outstanding: this.#outstanding,
      window: this.#settings.window,
      submitted: this.#submitted,
      refused: this.#refused,
      receipts: this.#receipts,
      inbound: this.#inbound,
      ratePerSecond: this.#rate.perSecond(),
      ...(this.#lastError && { lastError: this.#lastError }),
    }
  }

  /** What is under way has its own time limit; past `withinMs` it is not waited for. */
  async stop(withinMs: number): Promise<void> {
    this.#isClosed = true
    this.#wake?.cancel()
    if (this.#outstanding === 0) return
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(withinMs, resolve)
      this.#closed = () => {
        timer.cancel()
        resolve()
      }
    })
  }
}

function failedWith(cause: Cause): SubmitOutcome {
  return { segments: 1, outcomes: [{ index: 0, cause }], receiptExpected: false }
}

function objectOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** RFC 9110 10.2.3, in seconds; a date is not read. */
function retryAfter(header: string | readonly string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,5}$/.test(header.trim()) ? Number(header) * 1000 : undefined
}

/** The kind, and the open carriers of it by name: what their gateways tell is for them. */
export interface MmsHttpKind extends CarrierKind {
  named(name: string): MmsHttp | undefined
}

/**
 * `fetch` reaches the gateways, whose addresses the operator chose: it need not be guarded against addresses that are not
 * public, as what clients choose must be.
 */
export function mmsHttpKind(clock: Clock, fetch: FetchGuarded): MmsHttpKind {
  const open = new Map<string, MmsHttp>()
  return {
    kind: 'mms-http',
    settings: mmsHttpSettings,
    faults: (detail) => faultsOf(mmsHttpSettings, detail),
    open(config, news) {
      const carrier = new MmsHttp(config, news, fetch, clock)
      open.set(config.name, carrier)
      return carrier
    },
    named(name) {
      const found = open.get(name)
      return found?.state().state === 'closed' ? undefined : found
    },
  }
}
