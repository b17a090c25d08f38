import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readNumber, updateNumber } from '#store/numbers.ts'
import { Id, Optional } from '../fields.ts'
import { operation } from '../operation.ts'
import { requireTargets } from './number-input.ts'
import { NumberDetail, numberView, NumberView, type NumberDetailValue } from './number-view.ts'

/** Sets up what the number does, also attaches it to an application. `detail` is joined with what is there. */
export const updateNumberOperation = operation({
  name: 'numbers.update',
  summary: 'Set up a number',
  permission: 'numbers.write',
  input: Type.Object(
    {
      id: Id('number'),
      name: Optional(Type.String({ maxLength: 200, description: 'Name; empty for the number itself.' })),
      applicationId: Optional(Type.Union([Id('application'), Type.Null()])),
      detail: Optional(NumberDetail),
    },
    { additionalProperties: false },
  ),
  output: NumberView,
  reasons: ['number.not_found', 'application.not_found', 'service.not_found', 'account.user_unknown'],
  route: { method: 'PATCH', path: '/numbers/{id}' },
  async run(means, { id, name, applicationId, detail }) {
    const { caller, read, clock } = means
    const row = await readNumber(read, caller.account.id, id)
    if (!row) refuse('number.not_found', {})
    await requireTargets(read, caller, applicationId, detail as NumberDetailValue | undefined)
    const changed = Object.entries({ name, applicationId, detail }).flatMap(([field, value]) =>
      value === undefined ? [] : [field],
    )
    const updated = await means.write(updateNumber, {
      id,
      account: caller.account.id,
      application_id: applicationId === undefined ? row.application_id : applicationId,
      face: caller.face,
      name: name ?? row.name,
      detail: JSON.stringify({ ...JSON.parse(row.detail), ...detail }),
      changed,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (!updated) refuse('number.not_found', {})
    return numberView(updated, clock.nowMs()) as never
  },
})
