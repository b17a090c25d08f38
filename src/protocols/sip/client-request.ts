// A request of ours on its way: the destination is looked up, and its addresses are tried in order, each as a transaction of its own with a branch of
// its own (RFC 3263 4.3: after a 503, a timeout or a transport fault, as long as the peer gave no sign of having it).

import type { Target } from './locate.ts'
import type { SipRequest, SipResponse } from './message.ts'
import type { ClientTransaction, ClientTransactionEvents, ExtraHeaders, Flow, SipCause } from './stack-parts.ts'
import type { ClientEars, LiveClient } from './transaction-parts.ts'

export interface Attempts {
  /** The ways there, in order. Throws when the name cannot be looked up. */
  locate(): Promise<readonly (Target | Flow)[]>
  flowTo(target: Target | Flow): Flow | undefined
  /** Puts Via on top and makes the transaction. */
  begin(request: SipRequest, flow: Flow, ears: ClientEars): LiveClient
  sendCancel(cancel: SipRequest, flow: Flow): void
  guarded(act: () => void): boolean
}

export class ClientRequest implements ClientTransaction {
  readonly request: SipRequest
  readonly #attempts: Attempts
  readonly #events: ClientTransactionEvents
  #targets: (Target | Flow)[] = []
  #live: LiveClient | undefined
  #flow: Flow | undefined
  #isOver = false
  #heard = false
  #isCancelled = false

  constructor(request: SipRequest, attempts: Attempts, events: ClientTransactionEvents) {
    this.request = request
    this.#attempts = attempts
    this.#events = events
  }

  get flow(): Flow | undefined {
    return this.#flow
  }

  async start(): Promise<void> {
    try {
      this.#targets = [...(await this.#attempts.locate())]
    } catch (error) {
      return this.#failed({ kind: 'unresolved', method: this.request.method, detail: (error as Error).message })
    }
    if (this.#targets.length === 0)
      return this.#failed({ kind: 'unresolved', method: this.request.method, detail: 'the name has no address' })
    this.#next(undefined)
  }

  cancel(headers?: ExtraHeaders): boolean {
    if (this.#isOver) return false
    // What is not sent yet never will be, nor to any further address.
    this.#isCancelled = true
    return this.#live?.cancel(headers) ?? true
  }

  abandon(): void {
    this.#isOver = true
    this.#live?.over()
  }

  #next(before: SipCause | undefined): void {
    if (this.#isOver) return
    if (this.#isCancelled) return this.#failed(before ?? { kind: 'local', deed: 'cancel' })
    const target = this.#targets.shift()
    const flow = target && this.#attempts.flowTo(target)
    if (!target) return this.#failed(before ?? { kind: 'transport', method: this.request.method, detail: 'no socket reaches it' })
    if (!flow) return this.#next(before)
    this.#flow = flow
    const live = this.#attempts.begin(this.request, flow, {
      provisional: (response) => {
        this.#heard = true
        this.#tell(() => this.#events.provisional?.(response, flow))
      },
      final: (response) => this.#final(response, flow),
      failed: (cause) => (this.#heard ? this.#failed(cause) : this.#next(cause)),
      cancelling: (cancel) => this.#attempts.sendCancel(cancel, flow),
    })
    this.#live = live
    if (!this.#attempts.guarded(() => this.#events.leaving?.(this.request, flow))) return this.abandon()
    live.start()
  }

  #final(response: SipResponse, flow: Flow): void {
    if (response.status === 503 && !this.#heard && !this.#isCancelled && this.#targets.length > 0)
      return this.#next({ kind: 'transport', method: this.request.method, detail: 'the address answered 503' })
    this.#heard = true
    this.#tell(() => this.#events.final(response, flow))
  }

  #failed(cause: SipCause): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#attempts.guarded(() => this.#events.failed(cause))
  }

  #tell(act: () => void): void {
    if (!this.#isOver) this.#attempts.guarded(act)
  }
}
