import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readClient } from '#store/clients.ts'
import { registrationsOf } from '#store/registrations.ts'
import { Id, Moment } from '../fields.ts'
import { operation } from '../operation.ts'
import { ClientView, clientView } from './client-view.ts'

export const readClientOperation = operation({
  name: 'clients.read',
  summary: 'Read a client',
  permission: 'clients.read',
  input: Type.Object({ id: Id('client') }, { additionalProperties: false }),
  output: Type.Object({
    ...ClientView.properties,
    registeredUntil: Type.Union([Moment('Until when it is registered, where it is.'), Type.Null()]),
  }),
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/clients/{id}' },
  async run({ caller, read, clock }, { id }) {
    const row = await readClient(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'client' })
    const untils = (await registrationsOf(read, id)).map(({ expires_ms: untilMs }) => untilMs)
    const untilMs = Math.max(0, ...untils)
    return { ...clientView(row), registeredUntil: untilMs > clock.nowMs() ? untilMs : null }
  },
})
