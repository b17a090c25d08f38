// Our registration at a carrier (RFC 3261 10.2): made, kept up before it runs out, tried again with growing pauses when it fails, taken back
// at the end. One contact, one Call-ID, a CSeq that grows.

import { answerChallenge } from '#protocols/sip/authorization.ts'
import { contactsOf, expiresOf } from '#protocols/sip/message-reads.ts'
import { SipHeaders, type SipRequest, type SipResponse } from '#protocols/sip/message.ts'
import { sameUri, parseUri } from '#protocols/sip/uri.ts'
import type { Credentials } from '#protocols/sip/session-parts.ts'
import type { Destination, Flow, SipCause } from '#protocols/sip/stack-parts.ts'
import type { SipStack } from '#protocols/sip/sip-stack.ts'
import type { Clock, Timer } from '#values/clock.ts'

export interface RegistrationParts {
  readonly clock: Clock
  readonly stack: Pick<SipStack, 'request' | 'random'>
  /** Host, with port and transport, as in a URI. */
  readonly registrar: string
  readonly to: Destination
  readonly domain: string
  readonly credentials: Credentials
  readonly expiresSeconds: number
  readonly contact: (flow: Flow, user: string) => string
  /** Once for each change of state. */
  readonly changed?: () => void
}

const firstPauseMs = 5_000
const longestPauseMs = 300_000
/** A registrar that wants longer ones than this is not believed. */
const longestExpirySeconds = 86_400

export class Registration {
  state: 'registered' | 'trying' | 'refused' = 'trying'
  expiresMs: number | undefined
  /** What the carrier said last when it did not take it. */
  cause: string | undefined
  readonly #parts: RegistrationParts
  readonly #callId: string
  readonly #tag: string
  #sequence = 0
  #expirySeconds: number
  #pauseMs = firstPauseMs
  #timer: Timer | undefined
  /** Of the connection that it was made over. */
  #unhear: () => void = () => {}
  #stopped = false
  #contact = ''
  /** Resolves when our taking back was answered, or not. */
  #gone: (() => void) | undefined

  constructor(parts: RegistrationParts) {
    this.#parts = parts
    this.#callId = parts.stack.random(16)
    this.#tag = parts.stack.random(6)
    this.#expirySeconds = parts.expiresSeconds
    this.#register(this.#expirySeconds)
  }

  /** Takes it back, where it stands. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.#timer?.cancel()
    this.#unhear()
    if (this.state !== 'registered') return
    await new Promise<void>((resolve) => {
      this.#gone = resolve
      this.#parts.clock.after(2_000, resolve)
      this.#register(0)
    })
  }

  #register(expires: number, authorization: readonly (readonly [string, string])[] = [], rounds = 2): void {
    const { stack, registrar, to, domain, credentials } = this.#parts
    const aor = `sip:${encodeURIComponent(credentials.username)}@${domain}`
    const request: SipRequest = {
      kind: 'request',
      method: 'REGISTER',
      uri: `sip:${registrar}`,
      headers: SipHeaders.from([
        ['From', `<${aor}>;tag=${this.#tag}`],
        ['To', `<${aor}>`],
        ['Call-ID', this.#callId],
        ['CSeq', `${(this.#sequence += 1)} REGISTER`],
        ['Expires', String(expires)],
        ['Supported', 'path'],
        ...authorization,
      ]),
      body: Buffer.alloc(0),
    }
    stack.request(request, to, {
      leaving: (sent, flow) => {
        this.#contact = this.#parts.contact(flow, credentials.username)
        sent.headers.set('Contact', this.#contact)
      },
      final: (response, flow) => this.#answered(request, response, flow, expires, rounds),
      failed: (cause) => this.#failed(textOf(cause), 'trying'),
    })
  }

  #answered(request: SipRequest, response: SipResponse, flow: Flow, expires: number, rounds: number): void {
    const { status, phrase, headers } = response
    if (status < 300) return this.#taken(response, flow, expires)
    if ((status === 401 || status === 407) && rounds > 0) {
      const login = this.#parts.credentials
      const answer = answerChallenge(request, response, login, this.#parts.stack.random(8))
      if (answer) return this.#register(expires, answer, rounds - 1)
    }
    // RFC 3261 10.2.8: it wants a longer one.
    const least = Number(/^\d{1,9}/.exec(headers.get('Min-Expires') ?? '')?.[0] ?? 0)
    if (status === 423 && least > expires && least <= longestExpirySeconds && rounds > 0) {
      this.#expirySeconds = least
      return this.#register(least, [], rounds - 1)
    }
    const retrySeconds = Number(/^\s*(\d{1,6})/.exec(headers.get('Retry-After') ?? '')?.[1] ?? 0)
    const isFinal = status === 401 || status === 403 || status === 404 || status === 407
    this.#failed(`sip ${status} ${phrase}`, isFinal ? 'refused' : 'trying', retrySeconds * 1000)
  }

  #taken(response: SipResponse, flow: Flow, asked: number): void {
    this.#gone?.()
    if (this.#stopped) return
    this.#unhear()
    // RFC 5626 4.5: the carrier may call us down this connection alone.
    this.#unhear = flow.onClosed(() => this.#registerAfter(firstPauseMs))
    const seconds = this.#granted(response) ?? asked
    this.cause = undefined
    this.#pauseMs = firstPauseMs
    this.expiresMs = this.#parts.clock.nowMs() + seconds * 1000
    this.#become('registered')
    // Well before it runs out: a request may take 32 s to fail (RFC 3261 17.1.2.2).
    const againMs = Math.max(seconds * 500, (seconds - 60) * 1000)
    this.#registerAfter(againMs)
  }

  #registerAfter(waitMs: number): void {
    this.#timer?.cancel()
    this.#timer = this.#parts.clock.after(waitMs, () => this.#register(this.#expirySeconds))
  }

  /** 10.2.4: the expires of our contact, else the header's. */
  #granted(response: SipResponse): number | undefined {
    const contacts = contactsOf(response)
    const ours = parseUri(/<([^>]+)>/.exec(this.#contact)?.[1] ?? '')
    if (contacts !== undefined && contacts !== '*' && ours) {
      for (const { uri, params } of contacts) {
        const theirs = parseUri(uri)
        const value = params.get('expires')
        if (theirs && sameUri(theirs, ours) && value !== undefined && /^\d{1,9}$/.test(value)) return Number(value)
      }
    }
    return expiresOf(response)
  }

  #failed(cause: string, state: 'trying' | 'refused', afterMs = 0): void {
    this.#gone?.()
    if (this.#stopped) return
    this.cause = cause
    if (this.expiresMs !== undefined && this.expiresMs <= this.#parts.clock.nowMs()) this.expiresMs = undefined
    // What was registered holds until it runs out, whatever becomes of its renewal.
    this.#become(this.expiresMs !== undefined && state === 'trying' ? 'registered' : state)
    const pauseMs = Math.min(longestPauseMs, Math.max(this.#pauseMs, afterMs))
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2)
    this.#registerAfter(pauseMs)
  }

  #become(state: 'registered' | 'trying' | 'refused'): void {
    const changed = state !== this.state
    this.state = state
    if (changed) this.#parts.changed?.()
  }
}

const textOf = (cause: SipCause): string => ('detail' in cause ? `${cause.kind}: ${cause.detail}` : cause.kind)
