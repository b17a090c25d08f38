// A script on one call: pages are asked, their verbs done one after the other, until the call or the script ends. Whatever goes wrong
// is told to whoever wrote it; a fallback, where there is one, has its turn before the call is given up. Does no verb itself, and
// knows no face: a form asks and reads.
//
//   page --> verbs --> verb --> then --> page ...        a verb with a page goes on there, with how the verb came out
//                        '----> next verb                the last one: the call ends, unless the form lets it stay
//   page or verb failed --> fallback --> verbs           once; again only when something lasting was done in between

import { Refusal, refusal } from '#reasons/refusal.ts'
import type { ScriptStart } from './call-wish.ts'
import { fetchScript, shownPage, type ScriptExchange } from './fetch-script.ts'
import type { LiveCall, Running } from './live-call.ts'
import type { RunScript } from './calls.ts'
import type { Occasion, Script, ScriptForm, ScriptMemory } from './script-form.ts'
import type { ScriptParts } from './script-parts.ts'
import { sipCallIdOf } from './sip-call-id.ts'
import { asksOf, type StreamAsks } from './stream-asks.ts'
import type { VerbDone, VerbTrace } from './script-log.ts'
import { Stopped, untilStopped } from './until-stopped.ts'
import { doVerb } from './verbs/doers.ts'
import type { Outcome } from './verbs/outcome.ts'
import type { ScriptState, Step } from './verbs/step.ts'
import type { Page, Verb } from './verbs/verb.ts'

/** An application that leads from page to page with nothing to hear or do in between ends here. */
const idlePagesAtMost = 20

/** Of one page so many are told; the timeline has them all. */
const warningsAtMost = 10

/** Unless its form says others. */
const beforeAnswer: readonly Verb['verb'][] = ['answer', 'reject', 'pause', 'hangUp', 'redirect', 'endAfter', 'deleteFile']
/** A verb that took less was hardly noticed by anybody, as one that failed: pages with nothing else are idle. */
const lastingMs = 500
/** What came of these is told though the caller has hung up. */
const toldAtEnd: ReadonlySet<Verb['verb']> = new Set(['dial', 'record', 'conference'])

type Next = { readonly page: Page; readonly occasion: Occasion } | { readonly verbs: readonly Verb[] }

export interface RunOptions {
  /** The script of a called party, before it is connected: its end leaves the leg up, and it takes itself out by hanging up. */
  readonly isScreening?: boolean
}

/** Runs a script on a call, in the place of whatever ran there. */
export function runsScripts(parts: ScriptParts): RunScript {
  return (call, start) => void new ScriptRun(parts, call, start).run()
}

export class ScriptRun implements Running {
  readonly call: LiveCall
  readonly form: ScriptForm
  readonly memory: ScriptMemory
  readonly #parts: ScriptParts
  readonly #start: ScriptStart
  readonly #options: RunOptions
  // What was pressed while the first prompt was still being made is meant for it.
  readonly #state: ScriptState = { recordings: [], endedByKey: false, wasWrong: false, isHeld: false }
  readonly #stopping = new AbortController()
  #verb: { readonly name: string; readonly controller: AbortController } | undefined
  #interrupted: Page | undefined
  #page: Page | null
  #idlePages = 0
  #mayFallBack = true
  #keptText: string | undefined

  constructor(parts: ScriptParts, call: LiveCall, start: ScriptStart, options: RunOptions = {}) {
    const form = parts.forms.get(start.face)
    if (!form) throw new Error(`the face ${start.face} has no form of scripts`)
    this.#parts = parts
    this.call = call
    this.form = form
    this.#start = start
    this.#options = options
    this.memory = { ...start.memory }
    this.#keptText = start.memory && JSON.stringify(form.kept?.(start.memory))
    this.#page = start.page
  }

  /** Resolves when it does nothing more; never rejects. */
  async run(): Promise<void> {
    this.call.attach(this)
    try {
      await this.#go()
    } catch (error) {
      // Whoever stopped it has the call now, or nobody has.
      if (error instanceof Stopped || this.#isStopped) return
      const why = error instanceof Refusal ? error : this.#parts.fault(this.call, error)
      this.call.hangUp(why, 'platform')
    }
  }

  stop(why: 'replaced' | 'ended'): void {
    this.#stopping.abort(new Stopped(why))
    this.#verb?.controller.abort(new Stopped(why))
    // The caller's stream closes with the call, and recordings with it.
    if (why === 'ended') return
    for (const recording of this.#state.recordings) recording.stop()
    this.#state.holdMusic?.stop()
  }

  /** Ends the verb that is done now, and asks this page instead of what would have come. Whether there was one. */
  interrupt(page: Page): boolean {
    if (!this.#verb || this.#isStopped) return false
    this.#interrupted = page
    this.#verb.controller.abort(new Stopped('interrupted'))
    return true
  }

  /** What is done now, as whoever wrote the script calls it; undefined while a page is asked. */
  get doing(): string | undefined {
    return this.#verb?.name
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted
  }

  async #go(): Promise<void> {
    const { page, verbs = [], occasion = { type: 'start' } } = this.#start
    const first: Next | undefined = page ? { page, occasion } : undefined
    let next: Next | undefined = verbs.length > 0 ? { verbs } : first
    let isFirst = verbs.length > 0
    while (next && !this.#isStopped) {
      const doing: readonly Verb[] | undefined = 'verbs' in next ? next.verbs : await this.#load(next.page, next.occasion)
      if (!doing || this.#isStopped) return
      const went: Next | 'over' | undefined = await this.#doAll(doing)
      if (went === 'over') return
      next = went ?? (isFirst ? first : undefined)
      isFirst = false
    }
    if (!this.#isStopped) this.#cameToItsEnd()
  }

  #cameToItsEnd(): void {
    if (this.#options.isScreening || this.form.staysAfterEnd) return
    // A caller who was not answered is turned away: nothing was done for it.
    const isUnanswered = this.call.direction === 'in' && !this.call.answered
    this.call.hangUp(refusal('markup.ended'), 'application', isUnanswered ? { status: this.form.hangUpStatus ?? 603 } : {})
  }

  /** The verbs of a page, or of the fallback in its place; undefined when the call was ended instead. */
  async #load(page: Page, occasion: Occasion): Promise<readonly Verb[] | undefined> {
    this.#idlePages += 1
    if (this.#idlePages > idlePagesAtMost) {
      const fault = `${idlePagesAtMost} pages came one after the other with nothing to do`
      this.#mayFallBack = false
      return this.#failed(refusal('markup.error', { fault }), { page })
    }
    this.#page = page
    const fetched = await this.#fetch(page, occasion)
    if (this.#isStopped) return undefined
    if ('refusal' in fetched)
      return this.#failed(fetched.refusal, { page, ...(fetched.exchange && { exchange: fetched.exchange }) })
    const { script } = fetched
    if (script.warnings.length > 0) this.#warned(page, script.warnings)
    return script.verbs
  }

  #warned(page: Page, warnings: Script['warnings']): void {
    const { call, form } = this
    for (const { refusal: why } of warnings.slice(0, warningsAtMost))
      if (why) this.#parts.trouble(call, { form, refusal: why, page, isWarning: true })
    call.record.note('script.warned', {
      page: shownPage(page),
      warnings: warnings.map(({ text, line, column }) => ({ text, line, column })),
    })
  }

  async #fetch(page: Page, occasion: Occasion) {
    const { call, form, memory } = this
    const parts = { fetch: this.#parts.fetch, loopback: this.#parts.loopback(call.account) }
    const fetched = await fetchScript(parts, { form, page, occasion, call: call.view(), memory })
    if (fetched.exchange) this.#parts.asked(call, fetched.exchange)
    if ('script' in fetched) this.#keep()
    return fetched
  }

  #keep(): void {
    const kept = this.form.kept?.(this.memory)
    const text = kept && JSON.stringify(kept)
    if (!kept || text === this.#keptText || this.call.over) return
    this.#keptText = text
    this.call.record.keep({ faceData: kept })
  }

  /** Told; then the fallback's verbs, or the end of the call. */
  async #failed(why: Refusal, where: Where): Promise<readonly Verb[] | undefined> {
    this.#trouble(why, where)
    const { fallback } = this.#start
    if (fallback && this.#mayFallBack) {
      this.#mayFallBack = false
      this.#page = fallback
      const fetched = await this.#fetch(fallback, { type: 'error', refusal: why })
      if (this.#isStopped) return undefined
      if ('script' in fetched) return fetched.script.verbs
      this.#trouble(fetched.refusal, { page: fallback, ...(fetched.exchange && { exchange: fetched.exchange }) })
    }
    const status = this.form.statusOf?.(why)
    this.call.hangUp(why, 'application', status === undefined ? {} : { status })
    return undefined
  }

  /** Where to go on; undefined after the last verb; `over` when there is nothing to go on with. */
  async #doAll(verbs: readonly Verb[]): Promise<Next | 'over' | undefined> {
    for (const verb of verbs) {
      if (this.#options.isScreening && this.form.barredInScreening?.includes(verb.verb)) {
        this.#barred(verb)
        continue
      }
      if (!(await this.#answerFor(verb))) return 'over'
      const { outcome, interrupted } = await this.#do(verb)
      if (this.call.over) this.#tellAtEnd(verb, outcome)
      if (this.#isStopped) return 'over'
      if (interrupted) return { page: interrupted, occasion: interruptedOccasion(verb) }
      const { failed, end, page, result } = outcome
      if (failed) {
        if (this.form.endsScript?.(failed, verb)) {
          const instead = await this.#failed(failed, { page: this.#page, verb })
          return instead ? { verbs: instead } : 'over'
        }
        this.#trouble(failed, { page: this.#page, verb })
      }
      if (end) {
        const own = verb.verb === 'hangUp' && end.status !== undefined ? this.form.hangUpStatus : undefined
        const status = own ?? end.status
        this.call.hangUp(end.refusal, end.by, status === undefined ? {} : { status })
        return 'over'
      }
      if (page && !result) return { page, occasion: { type: 'redirect' } }
      if (page && verb.verb === 'redirect') return { page, occasion: { type: 'redirect' } }
      const then = page ?? ('then' in verb && !outcome.noThen ? verb.then : undefined)
      if (then && result) return { page: then, occasion: resultOccasion(verb, outcome)! }
    }
    return undefined
  }

  #barred(verb: Verb): void {
    const { line, column, element = verb.verb } = verb.at ?? {}
    const fault = 'it has no place where a called party is asked before it is connected'
    this.#trouble(refusal('markup.schema_invalid', { element, fault, line, column }), { page: this.#page, verb })
  }

  /** Any verb answers the call but those that its form excepts, and a dial that waits for the called party. False: it is over. */
  async #answerFor(verb: Verb): Promise<boolean> {
    const { call, form } = this
    if (call.over || this.#isStopped) return false
    const { answersItself } = form
    const isLeft = typeof answersItself === 'function' ? answersItself(this.memory) : answersItself
    const excepted = isLeft || (form.beforeAnswer ?? beforeAnswer).includes(verb.verb)
    if (call.answered || excepted || (verb.verb === 'dial' && verb.answerWithThem)) return true
    try {
      await call.answer()
      return !this.#isStopped
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      call.hangUp(error, 'platform')
      return false
    }
  }

  async #do(verb: Verb): Promise<{ readonly outcome: Outcome; readonly interrupted?: Page }> {
    const controller = new AbortController()
    if (this.#isStopped) controller.abort(this.#stopping.signal.reason)
    this.#verb = { name: verb.tag ?? verb.verb, controller }
    this.#interrupted = undefined
    const startMs = this.#parts.clock.elapsedMs()
    const done = this.call.did.begin(verb)
    let outcome: Outcome
    try {
      outcome = await doVerb(this.#step(verb, controller.signal, done), verb)
    } catch (error) {
      if (error instanceof Refusal) outcome = { failed: error }
      else if (error instanceof Stopped) outcome = {}
      else throw error
    }
    this.#verb = undefined
    done.over(outcome, this.#stoppedBy(controller.signal, outcome))
    if (this.#parts.clock.elapsedMs() - startMs >= lastingMs) {
      this.#idlePages = 0
      this.#mayFallBack = true
    }
    return this.#interrupted ? { outcome, interrupted: this.#interrupted } : { outcome }
  }

  /** A request took its place or ended it; a key or words did what its markup says. The call's own end is known by the call. */
  #stoppedBy({ aborted }: AbortSignal, { result }: Outcome): VerbTrace['by'] {
    if (this.call.over) return aborted ? 'hang_up' : undefined
    if (aborted) return 'request'
    if (result?.verb !== 'play' || !result.interrupted) return undefined
    return this.#state.endedByKey ? 'key' : 'speech'
  }

  #step(verb: Verb, signal: AbortSignal, done: VerbDone): Step {
    const { call } = this
    return {
      parts: this.#parts,
      call,
      state: this.#state,
      signal,
      hear: () => {
        this.#state.holdMusic?.stop()
        return hear(call)
      },
      until: (promise) => untilStopped(signal, promise),
      trouble: (why) => this.#trouble(why, { page: this.#page, verb }),
      seen: (what, data) => done.seen(what, data),
      ask: (page, occasion) => this.#ask(page, occasion),
      load: async (page, occasion) => {
        const fetched = await this.#fetch(page, occasion)
        if ('script' in fetched) return fetched.script.verbs
        this.#trouble(fetched.refusal, { page, ...(fetched.exchange && { exchange: fetched.exchange }) })
        return undefined
      },
      screen: async (other, page, fallback) => {
        const occasion = { type: 'start', screening: true, ...sipCallIdOf(other) } as const
        const start = { face: this.#start.face, page, fallback: fallback ?? null, memory: this.memory, occasion }
        await new ScriptRun(this.#parts, other, start, { isScreening: true }).run()
        return !other.over
      },
      runOn: (other, face, page, occasion) => void new ScriptRun(this.#parts, other, { face, page, occasion }).run(),
      giveWayTo: (start) => void new ScriptRun(this.#parts, this.call, start).run(),
    }
  }

  /** The caller has gone: its application still learns how the verb came out. */
  #tellAtEnd(verb: Verb, outcome: Outcome): void {
    if (!toldAtEnd.has(verb.verb) || outcome.noThen || !('then' in verb) || !verb.then) return
    const occasion = resultOccasion(verb, outcome)
    if (occasion) this.#ask(verb.then, occasion)
  }

  /** Its answer does not count; that it could not be told does. */
  #ask(page: Page, occasion: Occasion): void {
    this.#fetch(page, occasion).then(
      (fetched) => {
        if ('script' in fetched || fetched.refusal.reason.startsWith('markup.')) return
        this.#trouble(fetched.refusal, { page, ...(fetched.exchange && { exchange: fetched.exchange }) })
      },
      (error: unknown) => void this.#parts.fault(this.call, error),
    )
  }

  #trouble(why: Refusal, { page, verb, exchange }: Where): void {
    const { call, form } = this
    const { at } = verb ?? {}
    if (verb && form.noteTrouble) {
      form.noteTrouble(why, this.memory)
      this.#keep()
    }
    this.#parts.trouble(call, {
      form,
      refusal: why,
      page,
      ...(verb && { verb: verb.verb }),
      ...(at && { at }),
      ...(exchange && { exchange }),
    })
    const answer = exchange?.answer
    call.record.note('script.failed', {
      reason: why.reason,
      params: why.params,
      ...(page && { page: shownPage(page) }),
      ...(verb && { verb: verb.verb, at }),
      ...(exchange && { tries: exchange.tries, tookMs: exchange.tookMs, ...(answer && { status: answer.status }) }),
    })
  }
}

interface Where {
  readonly page: Page | null
  readonly verb?: Verb
  readonly exchange?: ScriptExchange
}

function interruptedOccasion({ verb, tag }: Verb): Occasion {
  return { type: 'interrupted', verb, ...(tag !== undefined && { tag }) }
}

function resultOccasion({ tag }: Verb, { result }: Outcome): Occasion | undefined {
  return result && { type: 'result', result, ...(tag !== undefined && { tag }) }
}

/** What is heard before the answer is early media. */
async function hear(call: LiveCall): Promise<StreamAsks> {
  if (!call.stream && !call.answered) await call.ringEarly()
  const { stream } = call
  if (!stream) throw refusal('call.state_invalid', { state: call.state })
  return asksOf(stream)
}
