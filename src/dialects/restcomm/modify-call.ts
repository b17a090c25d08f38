// Calls changed while they are up (reference 13.3): another script for one leg or for both, an end, mute. Answered with the record as it
// was before; an unknown sid is 406 here, a call that has ended 410, one that cannot be one 400.

import { endCallOperation, updateCallOperation } from '#operations/calls/change-calls.ts'
import { readCallOperation } from '#operations/calls/read-call.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { callIdOf } from './calls.ts'
import { callView } from './call-view.ts'
import type { Ask } from './knock.ts'
import { methodOf, sent, urlOf } from './urls.ts'
import { writeOne } from './write.ts'

const names = {
  url: 'Url',
  method: 'Method',
  fallbackUrl: 'FallbackUrl',
  fallbackMethod: 'FallbackMethod',
  statusUrl: 'StatusCallback',
  statusMethod: 'StatusCallbackMethod',
}

type End = 'completed' | 'canceled'

function endIn({ fields }: Ask): End | undefined {
  const text = fields.filled('Status')?.toLowerCase()
  if (text === undefined || text === 'completed' || text === 'canceled') return text
  return refuse('request.parameter_invalid', {
    parameter: 'Status',
    value: text.slice(0, 60),
    expected: 'one of canceled, completed',
  })
}

/** The sid of a call in this path; what has no form of one is refused as such. */
export function callSidIn(ask: Ask): { readonly id: number; readonly sid: string } {
  const sid = ask.params['sid']!
  const id = callIdOf(ask)
  if (id !== undefined) return { id, sid }
  if (/^(?:ID[0-9a-zA-Z]{32}-)?CA[0-9a-zA-Z]{32}$/.test(sid)) return refuse('call.record_not_found', { call: sid })
  return refuse('request.parameter_invalid', { parameter: 'Sid', value: sid.slice(0, 80), expected: 'the sid of a call' })
}

export async function modifyCall(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json, accountSid } = ask
  const { id, sid } = callSidIn(ask)
  const end = endIn(ask)
  const url = urlOf(fields, 'Url') ?? undefined
  const statusUrl = urlOf(fields, 'StatusCallback') ?? undefined
  const mute = fields.truth('Mute')
  const both = fields.truth('MoveConnectedCallLeg')
  const call = await means.parts.run(readCallOperation, caller, { id })
  if (end === undefined && url === undefined && mute === undefined && statusUrl === undefined)
    refuse('call.state_invalid', { state: call.state, operation: 'change without Url, Status and Mute' })
  if (call.final) refuse('call.not_found', { call: sid })
  if (statusUrl !== undefined || mute !== undefined || url !== undefined) {
    const more = {
      id,
      ...sent({
        statusUrl,
        statusMethod: methodOf(fields, 'StatusCallbackMethod'),
        // Absent beside another change, it unmutes at the open server: not here, where nobody asked for it.
        muted: mute,
        url,
        method: methodOf(fields, 'Method'),
        fallbackUrl: urlOf(fields, 'FallbackUrl') ?? undefined,
        fallbackMethod: methodOf(fields, 'FallbackMethod'),
        both,
      }),
    }
    await means.parts.run(updateCallOperation, caller, more, { names })
  }
  // An answered call is past cancelling, which is passed over.
  if (end === 'completed' || (end === 'canceled' && call.answeredAt === null))
    await means.parts.run(endCallOperation, caller, { id, terminated: end === 'completed' })
  return writeOne(json, 'Call', callView(means, accountSid, json, call))
}
