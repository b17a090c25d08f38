// Blind transfer by REFER (RFC 3515): the caller's side is asked to call somebody else. Once it does, its leg here is over.

import { refusal } from '#reasons/refusal.ts'
import type { Outcome } from './outcome.ts'
import type { Step } from './step.ts'
import type { Refer } from './verb.ts'

export async function doRefer(step: Step, { target, then, tag }: Refer): Promise<Outcome> {
  const { call, parts } = step
  const { accepted, sipStatus, notifiedStatus, refusal: why } = await step.until(call.refer(target))
  await parts.referred(call, { target, sipStatus: sipStatus ?? null, notifiedStatus: notifiedStatus ?? null })
  const result = {
    verb: 'refer',
    accepted,
    ...(sipStatus !== undefined && { sipStatus }),
    ...(notifiedStatus !== undefined && { notifiedStatus }),
  } as const
  // RFC 3515 2.4.4: without NOTIFY nothing is known, and the party took it upon itself.
  const isDone = accepted && (notifiedStatus === undefined || notifiedStatus < 300)
  if (!isDone) return { result, ...(why && { failed: why }) }
  // The leg is let go first thing; what the page answers is for nobody.
  if (then) step.ask(then, { type: 'result', result, ...(tag !== undefined && { tag }) })
  return { result, end: { refusal: refusal('call.transferred', { target }), by: 'application' } }
}
