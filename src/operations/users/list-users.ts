import Type from 'typebox'
import { counted } from '#store/counters.ts'
import { listUsers } from '#store/users.ts'
import { OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { Role, userView, UserStatus, UserView } from './user-view.ts'

export const listUsersOperation = operation({
  name: 'users.list',
  summary: 'List the users of the account',
  permission: 'users.read',
  input: PageOf({
    login: Optional(Type.String({ maxLength: 200, description: 'Login, with % and _ as wildcards.' })),
    role: Optional(Role),
    status: Optional(UserStatus),
    kind: Optional(OneOf(['department'], 'Only departments.')),
    extensionNumber: Optional(Type.String({ pattern: '^[0-9]{1,8}$', description: 'Extension number, exactly.' })),
  }),
  output: Page(UserView),
  reasons: [],
  route: { method: 'GET', path: '/users' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst, kind, extensionNumber, ...narrow }) {
    const ofNumber = extensionNumber === undefined ? undefined : `%"extensionNumber":"${extensionNumber}"%`
    const ofKind = kind && `%"kind":"${kind}"%`
    const where = { ...narrow, ...(ofNumber !== undefined && { detail: ofNumber }), ...(ofKind && { kind: ofKind }) }
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listUsers(read, { scope, after, skip, oldestFirst, limit: limit + 1, where })
    const total = Object.keys(where).length === 0 ? await counted(read, scope, 'users') : undefined
    return pageFrom(rows, limit, userView, total)
  },
})
