// An account made together with its first user and that user's key at one face: one write, so that neither is ever there
// without the others.

import { createAccount, type AccountRow, type AccountTaken } from './accounts.ts'
import { count } from './counters.ts'
import { insertCredentialRow, type CredentialRow } from './credentials.ts'
import { setFacet } from './facets.ts'
import { happened, type Actor } from './happenings.ts'
import type { Row } from './schema.ts'
import { defineWrite } from './store.ts'
import { insertUserRow, readUserByLogin, type UserRow } from './users.ts'

export interface OwnedAccount {
  readonly row: AccountRow
  readonly owner: UserRow
  readonly key?: CredentialRow | undefined
  readonly alias?: { face: string; kind: string; alias: string } | undefined
  readonly facet?: Row<'facets'> | undefined
  readonly actor: Actor
}

/** Nothing is made when the owner's login or the alias is somebody's already. */
export const createOwnedAccount = defineWrite(
  'accounts.createOwned',
  async (tx, input: OwnedAccount): Promise<AccountRow | AccountTaken> => {
    const { row, owner, key, alias, facet, actor } = input
    if (await readUserByLogin(tx, owner.login)) return { taken: 'owner.login' }
    const account = await createAccount.run(tx, { row, ...(alias && { alias }), actor })
    if ('taken' in account) return account
    // Both were looked for in this transaction: what is taken all the same was taken by a rival, and all is undone.
    if ((await insertUserRow(tx, owner)) === 0) throw new Error('the login was taken meanwhile')
    if (key && (await insertCredentialRow(tx, key)) === 0) throw new Error('the key was taken meanwhile')
    const made = { accountId: row.id, kind: 'created', actor, atMs: row.created_ms }
    await count(tx, row.id, 'users', 1)
    await happened(tx, { ...made, noun: 'users', nounId: owner.id, data: { login: owner.login, role: owner.role } })
    if (key) {
      await count(tx, row.id, 'credentials', 1)
      await happened(tx, { ...made, noun: 'credentials', nounId: key.id, data: { face: key.face, publicId: key.public_id } })
    }
    if (facet) await setFacet.run(tx, facet)
    return row
  },
)
