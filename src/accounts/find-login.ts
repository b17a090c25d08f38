// Whose login a telephone number and an extension mean: for faces where people log in with a number. Proves nothing.

import type { Store } from '#store/store.ts'
import { readNumberByNumber } from '#store/numbers.ts'
import { listUsers, readUser } from '#store/users.ts'

export type FoundLogin = { readonly login: string } | { readonly unknown: 'number' | 'extension' }

/**
 * `number` is E.164 with `+`. Without an extension it is the user whose number it is, else the account's oldest active
 * administrator.
 */
export async function findLogin(store: Store, number: string, extension: string | undefined): Promise<FoundLogin> {
  const row = await readNumberByNumber(store, number)
  if (!row || row.account_id === null) return { unknown: 'number' }
  const scope = row.account_id
  if (extension !== undefined) {
    if (!/^[0-9]{1,8}$/.test(extension)) return { unknown: 'extension' }
    const [user] = await listUsers(store, {
      scope,
      limit: 1,
      oldestFirst: true,
      where: { detail: `%"extensionNumber":"${extension}"%` },
    })
    return user ? { login: user.login } : { unknown: 'extension' }
  }
  const { userId } = JSON.parse(row.detail) as { userId?: number | null }
  const owner = userId ? await readUser(store, userId) : undefined
  if (owner?.account_id === scope) return { login: owner.login }
  const [main] = await listUsers(store, {
    scope,
    limit: 1,
    oldestFirst: true,
    where: { role: 'administrator', status: 'active' },
  })
  return main ? { login: main.login } : { unknown: 'extension' }
}
