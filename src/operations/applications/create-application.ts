import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { createApplication, type ApplicationRow } from '#store/applications.ts'
import { Optional, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { ApplicationDetail, ApplicationKind, applicationView, ApplicationView, isNamedService } from './application-view.ts'

function shown(_: Means, result: { taken: true } | { taken: false; row: ApplicationRow }) {
  if (result.taken) refuse('resource.value_not_unique', { parameter: 'name' })
  return applicationView(result.row)
}

export const createApplicationOperation = operation({
  name: 'applications.create',
  summary: 'Create an application',
  permission: 'applications.write',
  input: Type.Object(
    { name: Text(200, 'Name of the application.'), kind: Optional(ApplicationKind), detail: Optional(ApplicationDetail) },
    { additionalProperties: false },
  ),
  output: ApplicationView,
  reasons: ['resource.value_not_unique', 'account.not_active'],
  creates: true,
  route: { method: 'POST', path: '/applications', status: 201 },
  async run(means, { name, kind = '', detail }) {
    const { caller, nextId, clock } = means
    if (caller.account.status !== 'active') refuse('account.not_active', { state: caller.account.status })
    const now = clock.nowMs()
    const row: ApplicationRow = {
      id: nextId(),
      account_id: caller.account.id,
      name,
      kind,
      detail: JSON.stringify(detail ?? {}),
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    return shown(means, await means.write(createApplication, { row, unique: isNamedService(kind), actor: actorOf(caller) }))
  },
  shown,
})
