// A third with two who talk (a bridge): a supervisor who listens, whispers to one of them, or talks with both. They go on as they are
// whether it is there or not; it is let go when they part.

import { refusal } from '#reasons/refusal.ts'
import { bridgeOf } from '../bridge.ts'
import { joinMix, leaveMix } from '../in-mix.ts'
import type { Outcome } from './outcome.ts'
import type { Step } from './step.ts'
import type { Supervise } from './verb.ts'

export async function doSupervise(step: Step, { callId, how }: Supervise): Promise<Outcome> {
  const { call, parts } = step
  const agent = parts.callOf(call, callId)
  const bridge = agent && bridgeOf(agent)
  if (!bridge || agent === call) {
    const why = refusal('call.state_invalid', { state: agent?.state ?? 'ended', operation: 'supervise' })
    return { failed: why, end: { refusal: why, by: 'platform' } }
  }
  await step.hear()
  // All who hear each other are with one media worker.
  await step.until(call.moveTo(bridge.caller.place))
  const { stream } = agent
  const whisperTo = how === 'listen' || !stream ? [] : [stream.id]
  joinMix(call, { mix: bridge.mix, ...(how !== 'barge' && { whisperTo }) })
  step.seen('supervise.joined', { callId, how })
  try {
    await step.until(bridge.ended)
  } finally {
    leaveMix(call)
  }
  return { result: { verb: 'supervise' } }
}
