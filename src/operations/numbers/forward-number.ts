// Whom the calls to a number are passed on to, without a script. It is made once, and changed or taken away while there is one.

import Type from 'typebox'
import type { Account } from '#accounts/account.ts'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { changeForward, type ForwardChange } from '#store/number-services.ts'
import { parseE164 } from '#values/e164.ts'
import { emergencyNumber } from '#voice/emergency.ts'
import { requireOpen } from '#voice/open-destinations.ts'
import { Id, Method, Optional, WebUrl } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { numberView, NumberView } from './number-view.ts'

/** As it is dialled later. Gives destination.invalid, destination.not_allowed, destination.high_risk, call.called_not_allowed. */
export function destinationOf(account: Account, text: string): string {
  if (/^client:[^\s@]{1,128}$/.test(text) || /^sips?:[^\s@]+@[^\s@]+$/i.test(text)) return text
  const { country } = account.settings
  const to = parseE164(text, { country })
  if (!to?.isPossible || emergencyNumber(text, country) !== undefined)
    return refuse('destination.invalid', { destination: text.slice(0, 100) })
  requireOpen(account, to)
  return to.number
}

const fields = {
  from: Optional(Type.String({ maxLength: 64, description: 'Who is shown; the caller unless told.' })),
  ringSeconds: Optional(Type.Integer({ minimum: 5, maximum: 600, description: 'How long they are rung.' })),
  maxSeconds: Optional(Type.Integer({ minimum: 1, maximum: 86_400, description: 'How long a call may last.' })),
  statusUrl: Optional(WebUrl('Where the states of calls are told.')),
  statusMethod: Optional(Method('How they are told; POST unless told.')),
}
const to = Type.String({ minLength: 1, maxLength: 512, description: 'A number, client:login, or a SIP address.' })

interface Given {
  readonly to?: string | undefined
  readonly from?: string | undefined
  readonly ringSeconds?: number | undefined
  readonly maxSeconds?: number | undefined
  readonly statusUrl?: string | undefined
  readonly statusMethod?: 'GET' | 'POST' | undefined
}

/** Gives number.not_found, call.forward_exists, call.forward_not_found. */
async function change(means: Means, id: number, was: ForwardChange['was'], given: Given | null) {
  const { caller, clock } = means
  const { account, face } = caller
  const detail = given && {
    ...(given.to !== undefined && { forwardTo: destinationOf(account, given.to) }),
    ...(given.from !== undefined && { forwardFrom: given.from }),
    ...(given.ringSeconds !== undefined && { forwardRingSeconds: given.ringSeconds }),
    ...(given.maxSeconds !== undefined && { callSeconds: given.maxSeconds }),
    ...(given.statusUrl !== undefined && { statusUrl: given.statusUrl }),
    ...(given.statusMethod !== undefined && { statusMethod: given.statusMethod }),
  }
  const input = { id, account: account.id, was, detail, face, actor: actorOf(caller), now: clock.nowMs() }
  const { matches, row } = await means.write(changeForward, input)
  if (!row) refuse('number.not_found', {})
  if (!matches) refuse(was === 'none' ? 'call.forward_exists' : 'call.forward_not_found', { number: row.number })
  return numberView(row, clock.nowMs()) as never
}

const destinationReasons = [
  'number.not_found',
  'destination.invalid',
  'destination.not_allowed',
  'destination.high_risk',
  'call.called_not_allowed',
] as const

export const createForwardOperation = operation({
  name: 'numbers.create_forward',
  summary: 'Pass the calls to a number on to somebody else',
  permission: 'numbers.write',
  input: Type.Object({ id: Id('number'), to, ...fields }, { additionalProperties: false }),
  output: NumberView,
  reasons: [...destinationReasons, 'call.forward_exists'],
  route: { method: 'POST', path: '/numbers/{id}/forward' },
  run: (means, { id, ...given }) => change(means, id, 'none', given),
})

export const updateForwardOperation = operation({
  name: 'numbers.update_forward',
  summary: 'Change whom the calls to a number are passed on to',
  permission: 'numbers.write',
  input: Type.Object({ id: Id('number'), to: Optional(to), ...fields }, { additionalProperties: false }),
  output: NumberView,
  reasons: [...destinationReasons, 'call.forward_not_found'],
  route: { method: 'PATCH', path: '/numbers/{id}/forward' },
  run: (means, { id, ...given }) => change(means, id, 'some', given),
})

export const deleteForwardOperation = operation({
  name: 'numbers.delete_forward',
  summary: 'Pass the calls to a number on no more',
  permission: 'numbers.write',
  input: Type.Object({ id: Id('number') }, { additionalProperties: false }),
  output: NumberView,
  reasons: ['number.not_found', 'call.forward_not_found'],
  route: { method: 'DELETE', path: '/numbers/{id}/forward' },
  run: (means, { id }) => change(means, id, 'some', null),
})
