import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { requireUsable } from '#numbers/number-state.ts'
import { refuse } from '#reasons/refusal.ts'
import { subscribeNumber, unsubscribeNumber } from '#store/number-services.ts'
import { readNumber } from '#store/numbers.ts'
import { Id, OneOf, Optional, Text } from '../fields.ts'
import { operation } from '../operation.ts'
import { requireTargets } from './number-input.ts'
import { NumberDetail, numberView, NumberView, type NumberDetailValue } from './number-view.ts'

const service = Text(64, 'Name of the service.')

/** A number serves one service at a time. `detail` is what the service does with the number. */
export const subscribeNumberOperation = operation({
  name: 'numbers.subscribe',
  summary: 'Subscribe a number to a service',
  permission: 'numbers.write',
  input: Type.Object(
    {
      id: Id('number'),
      service,
      capability: Optional(OneOf(['voice', 'sms', 'mms', 'fax'], 'What the number must be able to do.')),
      detail: Optional(NumberDetail),
    },
    { additionalProperties: false },
  ),
  output: NumberView,
  reasons: [
    'number.not_found',
    'number.blocked',
    'number.expired',
    'number.not_active',
    'number.type_invalid',
    'number.already_subscribed',
    'number.subscribed_elsewhere',
    'application.not_found',
    'service.not_found',
    'account.user_unknown',
  ],
  route: { method: 'POST', path: '/numbers/{id}/services' },
  async run(means, { id, service: wanted, capability, detail }) {
    const { caller, read, clock } = means
    const row = await readNumber(read, caller.account.id, id)
    if (!row) refuse('number.not_found', {})
    requireUsable(row, clock.nowMs())
    const { number, type, capabilities } = numberView(row, clock.nowMs())
    if (capability !== undefined && !capabilities[capability]) refuse('number.type_invalid', { type })
    await requireTargets(read, caller, undefined, detail as NumberDetailValue | undefined)
    const done = await means.write(subscribeNumber, {
      id,
      account: caller.account.id,
      service: wanted,
      detail: detail ?? {},
      face: caller.face,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if ('row' in done) return numberView(done.row, clock.nowMs()) as never
    if (done.held === null) refuse('number.not_found', {})
    refuse(done.held === wanted ? 'number.already_subscribed' : 'number.subscribed_elsewhere', { number, service: done.held })
  },
})

/** What the service did with the number ends with it. */
export const unsubscribeNumberOperation = operation({
  name: 'numbers.unsubscribe',
  summary: "End a number's subscription to a service",
  permission: 'numbers.write',
  input: Type.Object({ id: Id('number'), service }, { additionalProperties: false }),
  output: NumberView,
  reasons: ['number.not_found', 'number.not_subscribed', 'resource.in_use'],
  route: { method: 'DELETE', path: '/numbers/{id}/services/{service}' },
  async run(means, { id, service: wanted }) {
    const { caller, read, clock } = means
    const row = await readNumber(read, caller.account.id, id)
    if (!row) refuse('number.not_found', {})
    const done = await means.write(unsubscribeNumber, {
      id,
      account: caller.account.id,
      service: wanted,
      without: [
        'voiceUrl',
        'voiceMethod',
        'smsUrl',
        'smsMethod',
        'statusUrl',
        'statusMethod',
        'forwardTo',
        'forwardFrom',
        'forwardRingSeconds',
        'callSeconds',
        'masking',
      ],
      face: caller.face,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (done.subscribed === 'in_use')
      refuse('resource.in_use', { noun: 'number', id: row.number, usedBy: 'parties that are masked by it' })
    if (!done.subscribed) refuse('number.not_subscribed', { number: row.number, service: wanted })
    return numberView(done.row, clock.nowMs()) as never
  },
})
