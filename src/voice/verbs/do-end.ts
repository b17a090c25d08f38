// Verbs that end the call, or say when it will: hang up, reject, an end after some time.

import { refusal } from '#reasons/refusal.ts'
import type { Outcome } from './outcome.ts'
import type { Step } from './step.ts'
import type { EndAfter, HangUp, Reject } from './verb.ts'

const statuses = { busy: 486, declined: 603 } as const

/** A caller that was not answered is turned away, with the status that its face gives to that. */
export async function doHangUp({ call }: Step, { code = 0 }: HangUp): Promise<Outcome> {
  if (code < 0)
    return {
      result: { verb: 'hangUp' },
      end: { refusal: refusal('application.run_failed', { status: code }), by: 'application' },
    }
  const isUnanswered = call.direction === 'in' && !call.answered
  const end = isUnanswered
    ? ({ refusal: refusal('markup.rejected', { cause: 'it hung up' }), by: 'application', status: statuses.declined } as const)
    : ({ refusal: refusal('call.completed'), by: 'application' } as const)
  return { result: { verb: 'hangUp' }, end }
}

export async function doReject({ call }: Step, { as }: Reject): Promise<Outcome> {
  if (call.answered) return { failed: refusal('call.state_invalid', { state: call.state, operation: 'reject' }) }
  const end = { refusal: refusal('markup.rejected', { cause: as }), by: 'application', status: statuses[as] } as const
  return { result: { verb: 'reject' }, end }
}

export async function doEndAfter({ call }: Step, { ms }: EndAfter): Promise<Outcome> {
  call.limit(ms)
  return { result: { verb: 'endAfter' } }
}
