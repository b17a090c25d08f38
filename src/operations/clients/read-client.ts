import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readClient } from '#store/clients.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { ClientView, clientView } from './client-view.ts'

export const readClientOperation = operation({
  name: 'clients.read',
  summary: 'Read a client',
  permission: 'clients.read',
  input: Type.Object({ id: Id('client') }, { additionalProperties: false }),
  output: ClientView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/clients/{id}' },
  async run({ caller, read }, { id }) {
    const row = await readClient(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'client' })
    return clientView(row)
  },
})
