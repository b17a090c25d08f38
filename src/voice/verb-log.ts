// What a script did on a call, verb by verb, for its timeline: when, what came of it, what stopped it. Kept in memory while the call is up
// and with its record from its end on, in the write that ends it. Digits are counted and not named, also those that are spoken: they may be
// somebody's PIN or code.

import type { Params } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import type { Outcome } from './verbs/outcome.ts'
import type { At, Audio, DialTarget, Verb } from './verbs/verb.ts'

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

export interface VerbTraces {
  readonly verbs: readonly VerbTrace[]
  /** So many more were done than are kept. */
  readonly more: number
}

const tracesAtMost = 50
const eventsAtMost = 20
const textChars = 80
const partsAtMost = 10

type Open = { -readonly [K in keyof VerbTrace]: VerbTrace[K] } & { events: VerbEvent[] }

export class VerbLog {
  readonly #clock: Clock
  readonly #traces: Open[] = []
  #more = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  begin(verb: Verb): VerbDone {
    const { at, tag } = verb
    const fromMs = this.#clock.nowMs()
    const open: Open = { verb: nameOf(verb), fromMs, data: askedOf(verb), events: [], ...(at && { at }), ...(tag && { tag }) }
    if (this.#traces.length < tracesAtMost) this.#traces.push(open)
    else this.#more += 1
    return new VerbDone(this.#clock, open)
  }

  /** As they are now; what goes on has no end yet. */
  get traces(): VerbTraces {
    return {
      verbs: this.#traces.map(({ events, ...trace }) => (events.length > 0 ? { ...trace, events } : trace)),
      more: this.#more,
    }
  }

  /** The call is over, and whatever went on with it. */
  close(): VerbTraces {
    const nowMs = this.#clock.nowMs()
    for (const open of this.#traces) if (open.how === undefined) end(open, nowMs, { how: 'interrupted', by: 'hang_up' })
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

const nameOf = (verb: Verb): string =>
  verb.verb === 'play' && verb.audio.every(({ kind }) => kind === 'say') ? 'say' : verb.verb

/** What it is to do. */
function askedOf(verb: Verb): Record<string, unknown> {
  switch (verb.verb) {
    case 'play':
      return { heard: heard(verb.audio), times: verb.times }
    case 'gather':
      return { inputs: verb.inputs, ...(verb.prompt.length > 0 && { heard: heard(verb.prompt) }) }
    case 'record':
      return { channels: verb.channels, ...(verb.background && { background: true }) }
    case 'dial':
      return { targets: verb.targets.slice(0, partsAtMost).map(({ to }) => partyText(to)) }
    case 'conference':
      return { name: verb.name, muted: verb.muted }
    case 'message':
      return { kind: verb.kind, to: verb.to }
    case 'refer':
      return { target: withoutSecrets(verb.target) }
    case 'redirect':
      return { to: withoutSecrets(verb.to.url) }
    case 'pause':
    case 'endAfter':
      return { ms: verb.ms }
    case 'deleteFile':
      return { name: verb.name }
    case 'reject':
      return { as: verb.as }
    default:
      return {}
  }
}

function heard(audio: readonly Audio[]): unknown[] {
  return audio.slice(0, partsAtMost).map((one) => {
    switch (one.kind) {
      case 'say':
        return { say: one.text.slice(0, textChars).replaceAll(/\d/g, '#'), language: one.language }
      case 'url':
        return { url: withoutSecrets(one.url) }
      case 'file':
        return { file: one.name }
      case 'recording':
        return { recording: true }
      case 'silence':
        return { silenceMs: one.ms }
      case 'digits':
        return { digits: one.digits.length }
      case 'tone':
        return { tone: one.tone }
    }
  })
}

/** Of the result, what names no digit. */
function cameOf(result: NonNullable<Outcome['result']>): Record<string, unknown> {
  switch (result.verb) {
    case 'gather': {
      const { how, digits, speech, confidence } = result
      return { got: how, digits: digits.length, ...(speech !== undefined && { speechChars: speech.length, confidence }) }
    }
    case 'record':
      return { recordingId: result.recordingId, durationMs: result.durationMs, hasSound: result.hasSound }
    case 'dial':
      return { state: result.state, callId: result.callId, connectedMs: result.connectedMs, ringMs: result.ringMs }
    case 'conference':
      return { conferenceId: result.conferenceId, connectedMs: result.connectedMs }
    case 'message':
      return { messageId: result.messageId }
    case 'hold':
    case 'resume':
      return { state: result.state }
    case 'refer':
      return { accepted: result.accepted, notifiedStatus: result.notifiedStatus }
    default:
      return {}
  }
}

/** As a timeline says it. */
export function partyText(to: DialTarget['to']): string {
  if (to.kind === 'number') return to.number
  if (to.kind === 'client') return `client:${to.login}`
  return to.kind === 'sip' ? withoutSecrets(to.uri) : to.name
}

/** An address without user and password of its authority, and without its query. */
export const withoutSecrets = (url: string): string => url.replace(/[?#].*$/s, '').replace(/^(https?:\/\/)[^/@]*@/i, '$1')
