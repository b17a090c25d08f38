// What scripts did on a call, for its timeline: the pages that were asked, and verb by verb when it was done, what came of it, what
// stopped it. Kept in memory while the call is up and with its record from its end on, in the write that ends it; verb-told.ts says how a
// verb is shown.

import type { Params } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import type { Outcome } from './verbs/outcome.ts'
import { askedOf, cameOf, nameOf } from './verb-told.ts'
import type { At, Verb } from './verbs/verb.ts'

/** What is kept of a page that was asked. */
export interface PageTrace {
  /** Without password and query values that are secrets. */
  readonly url: string
  readonly method: string
  /** When it was asked. */
  readonly atMs?: number
  /** null: nobody answered. */
  readonly status: number | null
  readonly tookMs: number
  readonly tries: number
}

export interface VerbTrace {
  /** The verb; `say` for a play that only speaks. */
  readonly verb: string
  readonly at?: At
  /** The application's own name of it. */
  readonly tag?: string
  readonly fromMs: number
  /** Absent while it goes on. */
  readonly tookMs?: number
  readonly how?: VerbEnd
  /** What interrupted it. */
  readonly by?: 'key' | 'speech' | 'request' | 'hang_up'
  readonly reason?: string
  readonly params?: Params
  readonly data: Readonly<Record<string, unknown>>
  readonly events?: readonly VerbEvent[]
}

export type VerbEnd = 'finished' | 'interrupted' | 'failed'

/** Something on its way: a party that was tried, a conference that was joined. */
export interface VerbEvent {
  readonly what: string
  readonly atMs: number
  readonly data: Readonly<Record<string, unknown>>
}

export interface ScriptTraces {
  /** In the order in which they were asked; a few at most. */
  readonly pages: readonly PageTrace[]
  /** In the order in which they were begun. */
  readonly verbs: readonly VerbTrace[]
  /** So many more were done than are kept. */
  readonly more: number
}

const pagesAtMost = 50
const verbsAtMost = 50
const eventsAtMost = 20

type Open = { -readonly [K in keyof VerbTrace]: VerbTrace[K] } & { events: VerbEvent[] }

export class ScriptLog {
  readonly #clock: Clock
  readonly #pages: PageTrace[] = []
  readonly #verbs: Open[] = []
  #more = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A page was asked, and this is how it went. */
  asked(page: PageTrace): void {
    if (this.#pages.length < pagesAtMost) this.#pages.push(page)
  }

  begin(verb: Verb): VerbDone {
    const { at, tag } = verb
    const fromMs = this.#clock.nowMs()
    const open: Open = { verb: nameOf(verb), fromMs, data: askedOf(verb), events: [], ...(at && { at }), ...(tag && { tag }) }
    if (this.#verbs.length < verbsAtMost) this.#verbs.push(open)
    else this.#more += 1
    return new VerbDone(this.#clock, open)
  }

  /** As they are now; what goes on has no end yet. */
  get traces(): ScriptTraces {
    return {
      pages: this.#pages,
      verbs: this.#verbs.map(({ events, ...trace }) => (events.length > 0 ? { ...trace, events } : trace)),
      more: this.#more,
    }
  }

  /** The call is over, and whatever went on with it. */
  close(): ScriptTraces {
    const nowMs = this.#clock.nowMs()
    for (const open of this.#verbs) if (open.how === undefined) end(open, nowMs, { how: 'interrupted', by: 'hang_up' })
    return this.traces
  }
}

/** One verb while it is done. */
export class VerbDone {
  readonly #clock: Clock
  readonly #open: Open

  constructor(clock: Clock, open: Open) {
    this.#clock = clock
    this.#open = open
  }

  seen(what: string, data: Readonly<Record<string, unknown>> = {}): void {
    if (this.#open.events.length < eventsAtMost) this.#open.events.push({ what, atMs: this.#clock.nowMs(), data })
  }

  /** `by`: what stopped it, where something did. */
  over({ failed, result, end: ended }: Outcome, by: VerbTrace['by']): void {
    if (this.#open.how !== undefined) return
    const why = failed ?? (result && 'refusal' in result ? result.refusal : undefined) ?? ended?.refusal
    const isUndone = failed !== undefined || (result !== undefined && 'refusal' in result && result.refusal !== undefined)
    this.#open.data = { ...this.#open.data, ...(result && cameOf(result)) }
    const how = by !== undefined ? 'interrupted' : isUndone ? 'failed' : 'finished'
    end(this.#open, this.#clock.nowMs(), { how, ...(by && { by }), ...(why && { reason: why.reason, params: why.params }) })
  }
}

function end(open: Open, nowMs: number, how: Pick<VerbTrace, 'how' | 'by' | 'reason' | 'params'>): void {
  Object.assign(open, how)
  open.tookMs = Math.max(0, nowMs - open.fromMs)
}
