// Rings all that a dial names at once: the first to answer, and to be willing where it is screened, is taken, and all others are let go.
// Every leg that was placed comes to an end here or is the one that is given back. Connects nobody.

import { Refusal, refusal } from '#reasons/refusal.ts'
import type { CallEnd } from './call-news.ts'
import type { CallWish } from './call-wish.ts'
import type { LiveCall } from './live-call.ts'
import { partyText, withoutSecrets } from './verb-told.ts'
import type { Step } from './verbs/step.ts'
import type { CallTarget, Dial, DialTarget } from './verbs/verb.ts'

export type Lost =
  | { readonly call: LiveCall; readonly end: CallEnd }
  /** There is no call: what it names is nobody, or a fault of ours. */
  | { readonly refusal: Refusal }

export interface Rung {
  readonly winner?: LiveCall
  /** How the best of those came out that were not taken, when none was. */
  readonly best?: Lost
  /** Who was still ringing when the caller or a request put an end to it; the first of them. */
  readonly ringing?: LiveCall
  readonly ringMs: number
}

export interface RingNews {
  /** A called phone rings; `early`: there is sound of its network. */
  ringing(call: LiveCall, early: boolean): void
}

/** Legs keep this time themselves; what is still ringing so long after it is let go. */
const graceMs = 5_000
/** Whoever rang says more of the called party than whoever was never reached. */
const ranks: Readonly<Record<CallEnd['state'], number>> = { completed: 5, busy: 4, no_answer: 3, failed: 2, canceled: 1 }

const rank = (lost: Lost): number => ('end' in lost ? ranks[lost.end.state] - (lost.call.leg ? 0 : 0.5) : 0)

/** Why a call ended, by the id that its record has. */
export function refusalOfEnd({ reason, params, errorId }: CallEnd): Refusal {
  const why = new Refusal(reason, params)
  if (errorId !== null) why.errorId = errorId
  return why
}

/** Resolves once somebody is taken, or nobody can be any more, or the step is stopped. */
export function ringTargets(step: Step, verb: Dial, news: RingNews): Promise<Rung> {
  return new Ringing(step, verb, news).rung
}

class Ringing {
  readonly rung: Promise<Rung>
  readonly #step: Step
  readonly #verb: Dial
  readonly #news: RingNews
  readonly #startMs: number
  readonly #calls = new Set<LiveCall>()
  #open = 0
  #best: Lost | undefined
  #resolve: ((rung: Rung) => void) | undefined

  constructor(step: Step, verb: Dial, news: RingNews) {
    this.#step = step
    this.#verb = verb
    this.#news = news
    const { clock } = step.parts
    this.#startMs = clock.elapsedMs()
    const stop = (): void => this.#settle(undefined, refusal('call.canceled_by_request'))
    const late = clock.after(verb.timeoutMs + graceMs, () => {
      const why = refusal('call.no_answer', { timeoutSeconds: Math.ceil(verb.timeoutMs / 1000) })
      // Who is being screened has answered.
      for (const call of this.#calls) if (!call.answered) call.hangUp(why, 'platform')
    })
    const rung = new Promise<Rung>((resolve) => (this.#resolve = resolve))
    this.rung = rung.finally(() => {
      late.cancel()
      step.signal.removeEventListener('abort', stop)
    })
    if (step.signal.aborted) {
      stop()
      return
    }
    step.signal.addEventListener('abort', stop, { once: true })
    this.#open = verb.targets.length
    for (const target of verb.targets) void this.#ringAll(target)
    if (this.#open === 0) this.#settle(undefined, refusal('call.canceled_by_request'))
  }

  async #ringAll(target: DialTarget): Promise<void> {
    try {
      const { to } = target
      const places = to.kind === 'service' ? await this.#step.parts.service(this.#step.call, to.name) : [to]
      this.#open += places.length
      await Promise.all(places.map((place) => this.#ring(target, place)))
    } catch (error) {
      this.#unplaced(error, target.to)
    }
    this.#less()
  }

  /** Never rejects. */
  async #ring(target: DialTarget, to: CallTarget): Promise<void> {
    try {
      if (this.#resolve) await this.#watch(target, await this.#step.parts.place(this.#wishOf(target, to)))
    } catch (error) {
      this.#unplaced(error, to)
    }
    this.#less()
  }

  /** Resolves when this leg is no candidate any more. */
  #watch(target: DialTarget, call: LiveCall): Promise<void> {
    if (!this.#resolve) {
      call.hangUp(refusal('call.canceled_by_request'), 'application')
      return Promise.resolve()
    }
    this.#calls.add(call)
    return new Promise((resolve, reject) => {
      let isAnswered = false
      const answered = (): void => {
        if (isAnswered) return
        isAnswered = true
        this.#answered(target, call).then(resolve, reject)
      }
      call.listen({
        ringing: (early) => this.#resolve && this.#news.ringing(call, early),
        answered,
        ended: (end) => {
          this.#calls.delete(call)
          this.#step.seen('dial.tried', {
            to: withoutSecrets(call.row.called),
            callId: call.id,
            state: end.state,
            reason: end.reason,
            params: end.params,
          })
          if (this.#resolve) this.#lost({ call, end })
          resolve()
        },
      })
      // What it was before anybody listened.
      if (call.over) return this.#told(call)
      if (call.answered) answered()
      else if (call.state === 'ringing') this.#news.ringing(call, call.stream !== undefined)
    })
  }

  async #answered(target: DialTarget, call: LiveCall): Promise<void> {
    if (target.sendDigits) call.stream?.sendDigits(target.sendDigits)
    // It takes itself out by hanging up: then its end is what is told of it.
    if (target.screen && !(await this.#step.screen(call, target.screen, target.screenFallback))) return
    if (call.over) return
    if (this.#resolve) this.#step.seen('dial.connected', { to: call.row.called, callId: call.id })
    this.#settle(call, refusal('call.answered_elsewhere'))
  }

  #wishOf(target: DialTarget, to: CallTarget): CallWish {
    const { call } = this.#step
    const { status, headers } = target
    const { callerId = '', anonymous, timeoutMs } = this.#verb
    const credentials = to.kind === 'sip' && to.username ? { username: to.username, password: to.password ?? '' } : undefined
    return {
      account: call.account,
      face: call.face,
      origin: 'dial',
      actor: { face: call.face },
      to,
      from: callerId,
      parent: call,
      timeoutMs,
      ...(anonymous !== undefined && { anonymous }),
      ...(headers && { headers }),
      ...(credentials && { credentials }),
      ...(status && { callback: { url: status.url, method: status.method, events: status.events } }),
    }
  }

  /** Whoever wrote the script learns why a phone was not even rung; the others go on ringing. */
  #told({ end, leg }: LiveCall): void {
    if (end && !leg) this.#step.trouble(refusalOfEnd(end))
  }

  /** The like, where there is no call that says so. */
  #unplaced(error: unknown, to: DialTarget['to']): void {
    const why = error instanceof Refusal ? error : this.#step.parts.fault(this.#step.call, error)
    this.#step.seen('dial.tried', { to: partyText(to), callId: null, state: 'failed', reason: why.reason, params: why.params })
    this.#step.trouble(why)
    this.#lost({ refusal: why })
  }

  #lost(lost: Lost): void {
    if (!this.#best || rank(lost) > rank(this.#best)) this.#best = lost
  }

  #less(): void {
    this.#open -= 1
    if (this.#open === 0) this.#settle(undefined, refusal('call.canceled_by_request'))
  }

  #settle(winner: LiveCall | undefined, others: Refusal): void {
    const resolve = this.#resolve
    if (!resolve) return
    this.#resolve = undefined
    // Where the caller gave up it was the caller who ended them.
    const by = this.#step.call.end?.by ?? 'application'
    const [ringing] = this.#calls
    for (const call of this.#calls) if (call !== winner) call.hangUp(others, by)
    const ringMs = Math.round(this.#step.parts.clock.elapsedMs() - this.#startMs)
    resolve({ ...(winner ? { winner } : { ...(this.#best && { best: this.#best }), ...(ringing && { ringing }) }), ringMs })
  }
}
