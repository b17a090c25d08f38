// One bind to the SMSC that is meant to be up: dialled, bound, and made anew when it is lost, with pauses that double up to a bound
// and are scattered, so that many nodes do not knock at once. What goes over it is said by its hooks.
//
//   connecting --bound--> bound --lost--> waiting --pause is over--> connecting
//        \______failed___________________/^

import { dial, type BindName, type Dialled, type DialOptions } from '#protocols/smpp/dial.ts'
import type { Closed, SessionHooks } from '#protocols/smpp/session-parts.ts'
import type { Session } from '#protocols/smpp/session.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Clock, Timer } from '#values/clock.ts'
import { bindReason } from './causes.ts'

/** A bind that held for so long was a good one: the pauses begin anew. */
const goodAfterMs = 10_000

export interface LinkFault {
  readonly text: string
  readonly reason: Slug
}

export interface LinkParts {
  readonly name: string
  readonly bind: BindName
  readonly clock: Clock
  /** 0 to 1. */
  readonly random: () => number
  readonly reconnectMinMs: number
  readonly reconnectMaxMs: number
  /** Asked at each attempt. */
  dialOptions(): Omit<DialOptions, 'hooks'>
  readonly hooks: Omit<SessionHooks, 'onClose'>
  /** It is bound, or no longer. */
  onChange(): void
  onFault(fault: LinkFault): void
}

export class Link {
  readonly name: string
  /** Whether messages may be submitted over it. */
  readonly transmits: boolean
  readonly #parts: LinkParts
  #state: 'connecting' | 'bound' | 'waiting' | 'closed' = 'waiting'
  #sinceMs: number
  #session: Session | undefined
  #failures = 0
  #boundMs = 0
  #timer: Timer | undefined

  constructor(parts: LinkParts) {
    this.name = parts.name
    this.transmits = parts.bind !== 'bind_receiver'
    this.#parts = parts
    this.#sinceMs = parts.clock.nowMs()
  }

  get state(): string {
    return this.#state
  }

  get sinceMs(): number {
    return this.#sinceMs
  }

  /** While it is bound. */
  get session(): Session | undefined {
    return this.#session
  }

  start(): void {
    void this.#connect()
  }

  /** Waits for what is under way, up to the time, unbinds and closes. */
  async stop(withinMs: number): Promise<void> {
    const session = this.#session
    this.#become('closed')
    this.#timer?.cancel()
    if (!session) return
    const timer = this.#parts.clock.after(withinMs, () => session.close('the time to stop is over'))
    await session.unbind()
    timer.cancel()
  }

  async #connect(): Promise<void> {
    const { clock, hooks, dialOptions } = this.#parts
    this.#become('connecting')
    // Until it is bound, `dial` says what went wrong.
    const onClose = (closed: Closed): void => void (this.#state === 'bound' && this.#lost(closed))
    let dialled: Dialled
    try {
      dialled = await dial({ ...dialOptions(), hooks: { ...hooks, onClose } })
    } catch (error) {
      // The file of authorities cannot be read, or is none.
      dialled = { cause: 'not_connected', detail: error instanceof Error ? error.message : String(error) }
    }
    if (!dialled.session) return this.#failed(faultOf(dialled))
    const bound = dialled.session
    if (this.#isClosed) return void bound.unbind()
    // It may have gone again before we were told that it is there.
    if (bound.state === 'closed') return this.#lost(await bound.closed)
    this.#boundMs = clock.elapsedMs()
    this.#session = bound
    this.#become('bound')
    this.#parts.onChange()
  }

  get #isClosed(): boolean {
    return this.#state === 'closed'
  }

  #lost({ cause, detail }: Closed): void {
    const wasBound = this.#session !== undefined
    this.#session = undefined
    if (this.#isClosed) return
    if (wasBound && this.#parts.clock.elapsedMs() - this.#boundMs >= goodAfterMs) this.#failures = 0
    this.#failed({ text: `bind lost: ${cause}, ${detail}`, reason: 'message.gateway_unreachable' })
    this.#parts.onChange()
  }

  #failed(fault: LinkFault): void {
    if (this.#isClosed) return
    const { clock, random, reconnectMinMs, reconnectMaxMs } = this.#parts
    const pauseMs = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** Math.min(this.#failures, 30)) * (0.5 + random() / 2)
    this.#failures += 1
    this.#become('waiting')
    this.#timer = clock.after(Math.ceil(pauseMs), () => void this.#connect())
    this.#parts.onFault(fault)
  }

  #become(state: 'connecting' | 'bound' | 'waiting' | 'closed'): void {
    if (this.#isClosed) return
    this.#state = state
    this.#sinceMs = this.#parts.clock.nowMs()
  }
}

const failures = { refused: 'bind refused', no_answer: 'bind not answered', not_connected: 'not connected' } as const

function faultOf({ cause, status, detail }: Exclude<Dialled, { session: Session }>): LinkFault {
  return {
    text: `${failures[cause]}: ${detail}`,
    reason: cause === 'refused' ? bindReason(status ?? 0) : 'message.gateway_unreachable',
  }
}
