import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readApplication, readApplicationByName } from '#store/applications.ts'
import { Id, OneOf, Text } from '../fields.ts'
import { operation } from '../operation.ts'
import { applicationView, ApplicationView } from './application-view.ts'

export const readApplicationOperation = operation({
  name: 'applications.read',
  summary: 'Read an application',
  permission: 'applications.read',
  input: Type.Object({ id: Id('application') }, { additionalProperties: false }),
  output: ApplicationView,
  reasons: ['application.not_found'],
  route: { method: 'GET', path: '/applications/{id}' },
  async run({ caller, read }, { id }) {
    const row = await readApplication(read, caller.account.id, id)
    if (!row) refuse('application.not_found', {})
    return applicationView(row)
  },
})

/** A named service, by its kind and name. */
export const readServiceOperation = operation({
  name: 'applications.readByName',
  summary: 'Read a named service',
  permission: 'applications.read',
  input: Type.Object(
    { kind: OneOf(['inbound', 'outbound'], 'Kind of service.'), name: Text(200, 'Name of the service.') },
    { additionalProperties: false },
  ),
  output: ApplicationView,
  reasons: ['service.not_found'],
  route: { method: 'GET', path: '/services/{kind}/{name}' },
  async run({ caller, read }, { kind, name }) {
    const row = await readApplicationByName(read, caller.account.id, kind, name)
    if (!row) refuse('service.not_found', { service: name })
    return applicationView(row)
  },
})
