import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readApplication, updateApplication } from '#store/applications.ts'
import { Id, OneOf, Optional, Text } from '../fields.ts'
import { operation } from '../operation.ts'
import { ApplicationDetail, applicationView, ApplicationView, isNamedService } from './application-view.ts'

/** `detail` is joined with what is there member by member. A named service keeps its name and kind. */
export const updateApplicationOperation = operation({
  name: 'applications.update',
  summary: 'Change an application',
  permission: 'applications.write',
  input: Type.Object(
    {
      id: Id('application'),
      name: Optional(Text(200, 'Name of the application.')),
      kind: Optional(OneOf(['', 'voice', 'sms', 'ussd'], 'What it answers.')),
      detail: Optional(ApplicationDetail),
    },
    { additionalProperties: false },
  ),
  output: ApplicationView,
  reasons: ['application.not_found', 'resource.conflict'],
  route: { method: 'PATCH', path: '/applications/{id}' },
  async run(means, { id, name, kind, detail }) {
    const { caller, read, clock } = means
    const row = await readApplication(read, caller.account.id, id)
    if (!row) refuse('application.not_found', {})
    if (isNamedService(row.kind) && (kind !== undefined || (name !== undefined && name !== row.name)))
      refuse('resource.conflict', { noun: 'service' })
    const changed = Object.entries({ name, kind, detail }).flatMap(([field, value]) => (value === undefined ? [] : [field]))
    const updated = await means.write(updateApplication, {
      id,
      account: caller.account.id,
      name: name ?? row.name,
      kind: kind ?? row.kind,
      detail: JSON.stringify({ ...JSON.parse(row.detail), ...detail }),
      changed,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (!updated) refuse('application.not_found', {})
    return applicationView(updated)
  },
})
