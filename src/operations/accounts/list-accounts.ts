import { accountFrom, pathIds } from '#accounts/account.ts'
import { listAccounts, readAccount, type AccountRow } from '#store/accounts.ts'
import { counted } from '#store/counters.ts'
import Type from 'typebox'
import { OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { AccountView, accountView } from './account-view.ts'

/** The accounts right below one's own, newest first. */
export const listAccountsOperation = operation({
  name: 'accounts.list',
  summary: 'List sub-accounts',
  permission: 'accounts.read',
  input: PageOf({
    name: Optional(Type.String({ maxLength: 200, description: 'Name, with % and _ as wildcards.' })),
    status: Optional(OneOf(['active', 'suspended', 'closed'], 'Own status.')),
  }),
  output: Page(AccountView),
  reasons: [],
  route: { method: 'GET', path: '/accounts' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst, name, status }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listAccounts(read, { scope, after, skip, oldestFirst, limit: limit + 1, where: { name, status } })
    const above: AccountRow[] = []
    for (const id of pathIds(caller.account.path)) above.push((await readAccount(read, id))!)
    const total = name === undefined && status === undefined ? await counted(read, scope, 'accounts') : undefined
    return pageFrom(rows, limit, (row) => accountView(accountFrom([...above, row])), total)
  },
})
