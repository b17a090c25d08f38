import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { messagingSetting, type MessagingSetting } from '#numbers/messaging-of.ts'
import { requireUsable } from '#numbers/number-state.ts'
import { refuse } from '#reasons/refusal.ts'
import { switchNumber } from '#store/number-lives.ts'
import { readNumber, updateNumber } from '#store/numbers.ts'
import { AnswersView } from '../accounts/account-view.ts'
import { Id, Moment, Optional } from '../fields.ts'
import { operation } from '../operation.ts'
import { numberView, NumberView } from './number-view.ts'

/** An inactive number serves nothing until it is switched on again; it is kept and paid for. */
export const switchNumberOperation = operation({
  name: 'numbers.switch',
  summary: 'Switch a number off or on',
  permission: 'numbers.write',
  input: Type.Object(
    { id: Id('number'), active: Type.Boolean({ description: 'Whether it serves anything.' }) },
    { additionalProperties: false },
  ),
  output: NumberView,
  reasons: ['number.not_found', 'number.blocked', 'number.expired'],
  route: { method: 'PUT', path: '/numbers/{id}/active' },
  async run(means, { id, active }) {
    const { caller, read, clock } = means
    const now = clock.nowMs()
    const done = await means.write(switchNumber, { id, account: caller.account.id, active, actor: actorOf(caller), now })
    if (!('refused' in done)) return numberView(done, now) as never
    const row = done.refused === 'state' ? await readNumber(read, caller.account.id, id) : undefined
    if (row) requireUsable(row, now)
    refuse('number.not_found', {})
  },
})

/** Within what the number is able to do. What is not given stays. */
export const setMessagingOperation = operation({
  name: 'numbers.setMessaging',
  summary: 'Set whether a number sends and receives messages, and under which campaign',
  permission: 'numbers.write',
  input: Type.Object(
    {
      id: Id('number'),
      enabled: Optional(Type.Boolean({ description: 'Whether it sends and receives messages.' })),
      mms: Optional(Type.Boolean({ description: 'Whether also with media.' })),
      campaignId: Optional(
        Type.Union([Type.String({ minLength: 1, maxLength: 64, description: 'Registration of its campaign.' }), Type.Null()]),
      ),
      answers: Optional(Type.Partial(AnswersView, { description: "Answers to STOP, START and HELP in place of the account's." })),
      campaignExpiresAt: Optional(Type.Union([Moment('Until when that is registered; null: for good.'), Type.Null()])),
    },
    { additionalProperties: false },
  ),
  output: NumberView,
  reasons: ['number.not_found', 'number.type_invalid', 'number.blocked', 'number.expired', 'number.not_active'],
  route: { method: 'PUT', path: '/numbers/{id}/messaging' },
  async run(means, { id, campaignExpiresAt, ...given }) {
    const { caller, read, clock } = means
    const now = clock.nowMs()
    const row = await readNumber(read, caller.account.id, id)
    if (!row) refuse('number.not_found', {})
    requireUsable(row, now)
    const able = JSON.parse(row.capabilities) as { sms: boolean; mms: boolean }
    if ((given.enabled && !able.sms) || (given.mms && !able.mms)) refuse('number.type_invalid', { type: row.type })
    const messaging: MessagingSetting = {
      ...messagingSetting(row),
      ...given,
      ...(campaignExpiresAt !== undefined && { campaignExpiresMs: campaignExpiresAt }),
    }
    const updated = await means.write(updateNumber, {
      id,
      account: caller.account.id,
      application_id: row.application_id,
      face: row.face,
      name: row.name,
      detail: JSON.stringify({ ...(JSON.parse(row.detail) as object), messaging }),
      changed: ['messaging'],
      actor: actorOf(caller),
      now,
    })
    if (!updated) refuse('number.not_found', {})
    return numberView(updated, now) as never
  },
})
