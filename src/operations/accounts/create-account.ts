import Type, { type Static } from 'typebox'
import { accountFrom, pathIds, type SettingsChange } from '#accounts/account.ts'
import { actorOf } from '#accounts/caller.ts'
import { isSealed } from '#accounts/credential-form.ts'
import { refuse } from '#reasons/refusal.ts'
import { createAccount, readAccount, type AccountRow, type AccountTaken } from '#store/accounts.ts'
import type { CredentialRow } from '#store/credentials.ts'
import { createOwnedAccount } from '#store/owned-accounts.ts'
import type { UserRow } from '#store/users.ts'
import { hashPassword, hashToken } from '#values/secrets.ts'
import { OneOf, Optional, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireStrong } from '../users/user-rules.ts'
import { Login, Password, Role } from '../users/user-view.ts'
import { AccountView, accountView, SettingsInput } from './account-view.ts'
import { requireSettableBy } from './settable-settings.ts'

/** The operator is at depth 0, accounts at 1, their sub-accounts at 2 and 3. */
export const maxAccountDepth = 3

function shown(means: Means, made: AccountRow | AccountTaken) {
  if ('taken' in made) refuse('resource.value_not_unique', { parameter: made.taken })
  return viewOfRow(means, made)
}

/** What a face's clients need of the owner: a key there, and what the face keeps with the account. */
const Door = Type.Object(
  {
    publicId: Type.String(),
    detail: Type.Record(Type.String(), Type.Unknown()),
    facet: Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false, 'x-hidden': true },
)

/** A sub-account of the caller's account; with `owner`, its first user in the same step. */
export const createAccountOperation = operation({
  name: 'accounts.create',
  summary: 'Create a sub-account',
  permission: 'accounts.write',
  input: Type.Object(
    {
      name: Text(200, 'Name of the account.'),
      kind: Optional(OneOf(['full', 'trial', 'developer'], 'Kind; that of the account above unless told.')),
      status: Optional(OneOf(['active', 'suspended'], 'Status; active unless told.')),
      owner: Optional(
        Type.Object(
          {
            login: Login,
            password: Password,
            name: Optional(Text(200, 'Name shown; the login unless told.')),
            role: Optional(Role),
          },
          { additionalProperties: false, description: 'The first user of the account, an administrator unless told.' },
        ),
      ),
      door: Optional(Door),
      settings: Optional(SettingsInput),
      alias: Optional(Type.Object({ face: Type.String(), kind: Type.String(), alias: Type.String() }, { 'x-hidden': true })),
    },
    { additionalProperties: false },
  ),
  output: AccountView,
  reasons: [
    'account.depth_exceeded',
    'account.not_active',
    'permission.denied',
    'resource.value_not_unique',
    'account.password_weak',
    'policy.session_blocked',
    'policy.hook_failed',
  ],
  creates: true,
  route: { method: 'POST', path: '/accounts', status: 201 },
  async run(means, { name, kind, status, settings, alias, owner, door }) {
    const { caller, nextId, clock } = means
    const above = caller.account
    if (above.status !== 'active') refuse('account.not_active', { state: above.status })
    if (above.depth >= maxAccountDepth) refuse('account.depth_exceeded', { limit: maxAccountDepth })
    requireSettableBy(caller, (settings ?? {}) as SettingsChange, kind)
    if (owner) requireStrong(owner.password)
    await means.askPolicy(above, { name }, 'account')
    const id = nextId()
    const now = clock.nowMs()
    const row: AccountRow = {
      id,
      parent_id: above.id,
      path: `${above.path}${id}/`,
      depth: above.depth + 1,
      name,
      status: status ?? 'active',
      kind: kind ?? (above.depth === 0 ? 'full' : above.kind),
      settings: JSON.stringify(settings ?? {}),
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    const actor = actorOf(caller)
    if (!owner) return shown(means, await means.write(createAccount, { row, ...(alias && { alias }), actor }))
    const user = await ownerRow(means, id, owner)
    const facet = door?.facet && {
      face: caller.face,
      noun: 'account',
      id,
      account_id: id,
      data: JSON.stringify(door.facet),
      updated_ms: now,
    }
    const key = door && keyRow(means, user, door, owner.password)
    return shown(means, await means.write(createOwnedAccount, { row, owner: user, key, alias, facet, actor }))
  },
  shown,
})

async function ownerRow(
  { nextId, clock }: Means,
  accountId: number,
  owner: { login: string; password: string; name?: string; role?: string },
): Promise<UserRow> {
  const now = clock.nowMs()
  return {
    id: nextId(),
    account_id: accountId,
    login: owner.login.toLowerCase(),
    name: owner.name ?? owner.login,
    role: owner.role ?? 'administrator',
    status: 'active',
    password_hash: await hashPassword(owner.password),
    totp_sealed: null,
    totp_confirmed: 0,
    detail: '{}',
    created_ms: now,
    updated_ms: now,
    version: 1,
  }
}

/** The owner's key at the caller's face, its secret made from the password. */
function keyRow(
  { caller, nextId, clock, key, credentialForms }: Means,
  user: UserRow,
  { publicId, detail }: Static<typeof Door>,
  password: string,
): CredentialRow {
  const form = credentialForms.get(caller.face)
  const secret = form?.fromPassword?.(password)
  if (!form || secret === undefined) throw new Error(`the face ${caller.face} makes no keys from passwords`)
  const now = clock.nowMs()
  return {
    id: nextId(),
    account_id: user.account_id,
    user_id: user.id,
    face: caller.face,
    public_id: publicId,
    secret_hash: hashToken(secret),
    secret_sealed: isSealed(form, publicId) ? key.seal(secret) : null,
    previous_hash: null,
    previous_until_ms: null,
    name: '',
    permissions: null,
    status: 'active',
    detail: JSON.stringify({ ...detail, followsPassword: true }),
    expires_ms: null,
    created_ms: now,
    updated_ms: now,
  }
}

/** The view of an account's row, with what it inherits. */
export async function viewOfRow({ read }: Means, row: AccountRow): Promise<Static<typeof AccountView>> {
  const chain: AccountRow[] = []
  for (const id of pathIds(row.path).slice(0, -1)) chain.push((await readAccount(read, id))!)
  return accountView(accountFrom([...chain, row]))
}
