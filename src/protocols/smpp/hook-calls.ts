// Calls the hooks of a session, and the callbacks of its requests: what they throw is told to `onFault`, and never reaches the socket's events.

import type { Malformed, Pdu, PduDraft, RequestPdu } from './pdu.ts'
import type { Answer, Closed, Respond, SessionHooks, StrayResponse } from './session-parts.ts'

export class HookCalls {
  readonly #hooks: SessionHooks

  constructor(hooks: SessionHooks) {
    this.#hooks = hooks
  }

  get seesPdus(): boolean {
    return this.#hooks.onPdu !== undefined
  }

  get takesRequests(): boolean {
    return this.#hooks.onRequest !== undefined
  }

  pdu(direction: 'in' | 'out', bytes: Buffer, pdu: Pdu | PduDraft | Malformed): void {
    this.#call(() => this.#hooks.onPdu?.(direction, bytes, pdu))
  }

  /** False if it threw. */
  request(pdu: RequestPdu, respond: Respond): boolean {
    return this.#call(() => this.#hooks.onRequest?.(pdu, respond))
  }

  stray(stray: StrayResponse): void {
    this.#call(() => this.#hooks.onStray?.(stray))
  }

  refused(pdu: Pdu | Malformed, answer: number): void {
    this.#call(() => this.#hooks.onRefused?.(pdu, answer))
  }

  room(): void {
    this.#call(() => this.#hooks.onRoom?.())
  }

  closed(closed: Closed): void {
    this.#call(() => this.#hooks.onClose?.(closed))
  }

  done(done: (answer: Answer) => void, answer: Answer): void {
    this.#call(() => done(answer))
  }

  /** Nobody is left to be told what `onFault` itself throws. */
  fault(error: unknown): void {
    try {
      this.#hooks.onFault?.(error)
    } catch {}
  }

  #call(hook: () => void): boolean {
    try {
      hook()
      return true
    } catch (error) {
      this.fault(error)
      return false
    }
  }
}
