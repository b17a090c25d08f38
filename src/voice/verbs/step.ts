// One verb at its turn: the call that it is done on, and what stops it. A verb that is stopped takes back what it began (sound, legs, its
// seat in a conference) before it returns or throws.

import type { Refusal } from '#reasons/refusal.ts'
import type { ScriptStart } from '../call-wish.ts'
import type { LiveCall } from '../live-call.ts'
import type { RunningRecording } from '../recordings.ts'
import type { Occasion } from '../script-form.ts'
import type { ScriptParts } from '../script-parts.ts'
import type { Ask, Played, StreamAsks } from '../stream-asks.ts'
import type { Outcome } from './outcome.ts'
import type { Page, Verb } from './verb.ts'

/** What a script keeps from verb to verb. */
export interface ScriptState {
  /** Recordings that go on beside the verbs, the last one last. */
  readonly recordings: RunningRecording[]
  /** The last play was ended by a key. */
  endedByKey: boolean
  /** The last gather was answered wrongly: what was pressed behind the answer is no answer to the next. */
  wasWrong: boolean
  /** Its party was put on hold by a script. */
  isHeld: boolean
  /** What it hears meanwhile, until something else is to be heard: plays wait for one another, and this one has no end. */
  holdMusic?: Ask<Played>
}

export interface Step {
  readonly parts: ScriptParts
  readonly call: LiveCall
  readonly state: ScriptState
  /** Aborted when the call ends, when something else takes its place, or when the verb is interrupted. */
  readonly signal: AbortSignal
  /** Its stream, with no music on hold any more; before the answer that is early media. Rejects with a Refusal. */
  hear(): Promise<StreamAsks>
  /** The same promise, or a rejection once the verb is stopped. */
  until<T>(promise: Promise<T>): Promise<T>
  /** Tells whoever wrote the script; the verb goes on. */
  trouble(refusal: Refusal): void
  /** For the call's timeline: something on the verb's way. */
  seen(what: string, data?: Readonly<Record<string, unknown>>): void
  /** Asks a page whose answer does not count. */
  ask(page: Page, occasion: Occasion): void
  /** The verbs of a page; undefined when it could not be had, which is told by then. */
  load(page: Page, occasion: Occasion): Promise<readonly Verb[] | undefined>
  /** Runs a page on another leg: whether that leg is still there and willing when its script has ended. */
  screen(call: LiveCall, page: Page, fallback?: Page): Promise<boolean>
  /** Puts a page in the place of what runs on a call. */
  runOn(call: LiveCall, face: string, page: Page, occasion: Occasion): void
  /** Another script takes the place of this one. */
  giveWayTo(start: ScriptStart): void
}

export type Do<V extends Verb = Verb> = (step: Step, verb: V) => Promise<Outcome>
