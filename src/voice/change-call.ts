// What a request may do to a call that is up: another script, an end, mute, hold, transfer, a recording, keys. Each is done or refused at
// once, with the state that forbade it; what then happens to the call is news of it like any other.

import { refusal, refuse, type Refusal } from '#reasons/refusal.ts'
import type { Actor } from '#store/happenings.ts'
import { bridgeOf } from './bridge.ts'
import type { ScriptStart } from './call-wish.ts'
import type { RunScript } from './calls.ts'
import type { Conferences } from './conferences.ts'
import { isMuted, mute } from './in-mix.ts'
import type { Clock } from '#values/clock.ts'
import { bringTogether, joinCalls } from './join-calls.ts'
import type { ReferOutcome, StepOutcome } from './leg.ts'
import type { LiveCall } from './live-call.ts'
import type { Recordings, RunningRecording } from './recordings.ts'
import { ScriptRun } from './run-script.ts'
import { asksOf, type StreamAsks } from './stream-asks.ts'

export interface CallChangesParts {
  readonly clock: Clock
  readonly runScript: RunScript
  readonly conferences: Pick<Conferences, 'ofCall'>
  readonly recordings: Pick<Recordings, 'follow' | 'ofCall'>
}

export class CallChanges {
  readonly #parts: CallChangesParts

  constructor(parts: CallChangesParts) {
    this.#parts = parts
  }

  /**
   * Runs another script in the place of what runs. The other party of a bridge is let go, unless `takesOther`: then the script runs on
   * both, each for itself. Throws `call.state_invalid` for one that goes out and was not answered.
   */
  redirect(call: LiveCall, start: ScriptStart, { takesOther = false }: { readonly takesOther?: boolean } = {}): void {
    mustBeUp(call, 'redirect')
    if (call.direction === 'out' && !call.answered) refuseState(call, 'redirect')
    const bridge = bridgeOf(call)
    const other = takesOther ? bridge?.otherOf(call) : undefined
    const { running } = call
    const memory =
      running instanceof ScriptRun && running.form.face === start.face ? { ...running.memory, ...start.memory } : start.memory
    const changed: ScriptStart = { occasion: { type: 'changed' }, ...start, ...(memory && { memory }) }
    if (other) bridge?.release()
    call.record.note('call.redirected', { both: other !== undefined })
    this.#parts.runScript(call, changed)
    if (other) this.#parts.runScript(other, changed)
  }

  /** Ends the verb that is done now and asks this page next. Throws `call.state_invalid` when no script does anything. */
  interrupt(call: LiveCall, page: NonNullable<ScriptStart['page']>): void {
    mustBeUp(call, 'interrupt')
    const { running } = call
    if (!(running instanceof ScriptRun) || !running.interrupt(page)) refuseState(call, 'interrupt')
  }

  /** `why`: the reason of its record; absent: ended, or before its answer canceled, on request. */
  hangUp(call: LiveCall, why?: Refusal): void {
    mustBeUp(call, 'hang up')
    call.hangUp(why ?? refusal(call.answered ? 'call.terminated_by_request' : 'call.canceled_by_request'), 'application')
  }

  /** Only one that nobody has answered; false when somebody has. */
  cancel(call: LiveCall): boolean {
    mustBeUp(call, 'cancel')
    if (call.answered) return false
    call.hangUp(refusal('call.canceled_by_request'), 'application')
    return true
  }

  /** Its own, wherever it is connected to, now and later. */
  mute(call: LiveCall, muted: boolean): void {
    mustBeUp(call, 'mute')
    if (isMuted(call) === muted) return
    call.record.note(muted ? 'call.muted' : 'call.unmuted')
    const room = this.#parts.conferences.ofCall(call.id)
    if (room) room.change(call.id, { muted })
    else mute(call, muted)
  }

  /** By re-INVITE. Rejects with a Refusal when the party did not take it. */
  async hold(call: LiveCall, held: boolean): Promise<StepOutcome> {
    mustBeAnswered(call, held ? 'hold' : 'resume')
    const outcome = await (held ? call.hold() : call.resume())
    if (!outcome.done) throw outcome.refusal
    call.record.note(held ? 'call.held' : 'call.resumed')
    return outcome
  }

  /**
   * They hear each other from now on, whatever ran on them, and end together; whom either was connected to is let go. Rejects with a Refusal
   * where one is not answered, or they are connected already.
   */
  async join(call: LiveCall, other: LiveCall): Promise<void> {
    for (const one of [call, other]) mustBeAnswered(one, 'join')
    const before = [bridgeOf(call), bridgeOf(other)]
    if (call === other || (before[0] && before[0] === before[1])) refuseState(call, 'join')
    await bringTogether(other, call, () => {
      for (const one of [call, other]) mustBeAnswered(one, 'join')
    })
    const left = [bridgeOf(call)?.otherOf(call), bridgeOf(other)?.otherOf(other)]
    for (const one of [call, other]) {
      bridgeOf(one)?.release()
      one.record.note('call.joined', { with: one === call ? other.id : call.id })
    }
    joinCalls(this.#parts, call, other)
    for (const one of left) one?.hangUp(refusal('call.terminated_by_request'), 'application')
  }

  /** Blind, by REFER: its leg is over once the party took it. */
  async transfer(call: LiveCall, target: string): Promise<ReferOutcome> {
    mustBeAnswered(call, 'transfer')
    const outcome = await call.refer(target)
    const { accepted, notifiedStatus = 200, refusal: why } = outcome
    if (!accepted || notifiedStatus >= 300)
      throw why ?? refusal('call.state_invalid', { state: call.state, operation: 'transfer' })
    call.hangUp(refusal('call.transferred', { target }), 'application')
    return outcome
  }

  /** Both sides, until it is stopped or the call ends. */
  async record(call: LiveCall, actor: Actor, channels: 'mixed' | 'dual' = 'mixed'): Promise<RunningRecording> {
    const asks = heard(call, 'record')
    return this.#parts.recordings.follow(call, asks, { source: 'api', channels, mostMs: 0, actor })
  }

  /** All that is recorded of it; how many that were. */
  async stopRecording(call: LiveCall): Promise<number> {
    const running = this.#parts.recordings.ofCall(call.id)
    for (const recording of running) recording.stop()
    await Promise.all(running.map(({ ended }) => ended))
    return running.length
  }

  /** As if the platform's side pressed them. */
  sendDigits(call: LiveCall, digits: string): void {
    heard(call, 'send digits').stream.sendDigits(digits)
  }
}

function heard(call: LiveCall, operation: string): StreamAsks {
  mustBeAnswered(call, operation)
  const { stream } = call
  return stream ? asksOf(stream) : refuseState(call, operation)
}

function mustBeUp(call: LiveCall, operation: string): void {
  if (call.over) refuseState(call, operation)
}

function mustBeAnswered(call: LiveCall, operation: string): void {
  if (call.over || !call.answered) refuseState(call, operation)
}

const refuseState = ({ state }: LiveCall, operation: string): never => refuse('call.state_invalid', { state, operation })
