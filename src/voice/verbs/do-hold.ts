// Puts the party on hold by re-INVITE (RFC 3264 8.4), with music where the script gives some, and takes it back.

import { refusal } from '#reasons/refusal.ts'
import type { StepOutcome } from '../leg.ts'
import type { VerbResult } from '../script-form.ts'
import { asksOf } from '../stream-asks.ts'
import type { Outcome } from './outcome.ts'
import type { Step } from './step.ts'
import type { Hold } from './verb.ts'

export async function doHold(step: Step, { music = [] }: Hold): Promise<Outcome> {
  const { call, state, parts } = step
  const clips = music.length > 0 ? await step.until(parts.clips(call, music)) : []
  const outcome = await step.until(call.hold())
  if (outcome.done) {
    state.isHeld = true
    const { stream } = call
    if (stream && clips.length > 0) state.holdMusic = asksOf(stream).play({ clips, times: 0, to: 'stream', stopOn: '' })
  }
  return told('hold', outcome)
}

/** What was never held is not resumed: that is told, and no page is asked for it. */
export async function doResume(step: Step): Promise<Outcome> {
  const { call, state } = step
  if (!state.isHeld) return { failed: refusal('call.state_invalid', { state: call.state, operation: 'resume' }), noThen: true }
  state.holdMusic?.stop()
  const outcome = await step.until(call.resume())
  if (outcome.done) state.isHeld = false
  return told('resume', outcome)
}

/** RFC 3261 21.4.9: 408 is a party that did not answer. */
function told(verb: 'hold' | 'resume', outcome: StepOutcome): Outcome {
  const { sipStatus } = outcome
  const state: Extract<VerbResult, { verb: 'hold' | 'resume' }>['state'] = outcome.done
    ? 'done'
    : sipStatus === 408
      ? 'no_answer'
      : 'failed'
  const result = { verb, state, ...(sipStatus !== undefined && { sipStatus }) } as const
  return outcome.done ? { result } : { result, failed: outcome.refusal }
}
