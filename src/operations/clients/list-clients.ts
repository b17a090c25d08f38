import Type from 'typebox'
import { listClients } from '#store/clients.ts'
import { counted } from '#store/counters.ts'
import { Id, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { ClientView, clientView } from './client-view.ts'

export const listClientsOperation = operation({
  name: 'clients.list',
  summary: 'List clients',
  permission: 'clients.read',
  input: PageOf({
    login: Optional(Type.String({ maxLength: 200, description: 'Login, with % and _ as wildcards.' })),
    userId: Optional(Id('user', 'Of this user.')),
  }),
  output: Page(ClientView),
  reasons: [],
  route: { method: 'GET', path: '/clients' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst, login, userId }) {
    const where = { ...(login !== undefined && { login }), ...(userId !== undefined && { user: `%"userId":${userId}_%` }) }
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listClients(read, { scope, after, skip, oldestFirst, limit: limit + 1, where })
    const total = Object.keys(where).length === 0 ? await counted(read, scope, 'clients') : undefined
    return pageFrom(rows, limit, clientView, total)
  },
})
