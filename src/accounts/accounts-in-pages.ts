// All accounts, some at a time: how loops look through them.

import { listAccounts } from '#store/accounts.ts'
import type { Reader } from '#store/store.ts'
import { loadAccount, type Account } from './account.ts'

const accountsAtOnce = 50

/** The oldest first, each with its settings. `between` pages: reads answer at once on SQLite, and other work is to have its turn. */
export async function* accountsInPages(reader: Reader, between?: () => Promise<void>): AsyncGenerator<readonly Account[]> {
  for (let after = -1; ;) {
    const rows = await listAccounts(reader, { after, limit: accountsAtOnce, oldestFirst: true })
    const accounts: Account[] = []
    for (const { id } of rows) {
      const account = await loadAccount(reader, id)
      if (account) accounts.push(account)
    }
    yield accounts
    if (rows.length < accountsAtOnce) return
    after = rows.at(-1)!.id
    await between?.()
  }
}
