// Enrolling, confirming and dropping one's own second factor. An administrator may drop another's, not read it.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import type { Role } from '#accounts/permissions.ts'
import { enrolmentUri, matchingStep, newSeed } from '#accounts/second-factor.ts'
import { refuse } from '#reasons/refusal.ts'
import { readUser, updateUser, type UserRow } from '#store/users.ts'
import { Done, Id } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireRoleWithin, userOfAccount } from './user-rules.ts'

async function oneself({ caller, read }: Means): Promise<UserRow> {
  const row = caller.user && (await readUser(read, caller.user.id))
  if (!row) refuse('account.user_unknown', {})
  return row
}

/** Gives resource.conflict when the user was changed meanwhile. */
async function save(means: Means, row: UserRow): Promise<void> {
  const saved = await means.write(updateUser, {
    row: { ...row, updated_ms: means.clock.nowMs() },
    changed: ['secondFactor'],
    signOut: false,
    actor: actorOf(means.caller),
  })
  if (!saved) refuse('resource.conflict', { noun: 'user' })
}

/** Gives a new seed; it counts only once a code has confirmed it. */
export const enrolSecondFactorOperation = operation({
  name: 'users.enrolSecondFactor',
  summary: 'Begin to enrol a second factor for oneself',
  permission: null,
  input: Type.Object({}, { additionalProperties: false }),
  output: Type.Object({
    seed: Type.String({ description: 'Base32 seed for an authenticator app; shown once.' }),
    uri: Type.String({ description: 'otpauth URI of the same.' }),
  }),
  reasons: ['account.user_unknown', 'resource.conflict'],
  route: { method: 'POST', path: '/second-factor' },
  async run(means) {
    const row = await oneself(means)
    if (row.totp_confirmed === 1) refuse('resource.conflict', { noun: 'second factor' })
    const seed = newSeed()
    await save(means, { ...row, totp_sealed: means.key.seal(seed), totp_confirmed: 0 })
    return { seed, uri: enrolmentUri(seed, row.login) }
  },
})

export const confirmSecondFactorOperation = operation({
  name: 'users.confirmSecondFactor',
  summary: 'Confirm the second factor with a code',
  permission: null,
  input: Type.Object(
    { code: Type.String({ pattern: '^[0-9]{6}$', description: 'six digits' }) },
    { additionalProperties: false },
  ),
  output: Done,
  reasons: ['account.user_unknown', 'auth.second_factor_invalid', 'resource.conflict'],
  route: { method: 'PUT', path: '/second-factor' },
  async run(means, { code }) {
    const row = await oneself(means)
    const seed = row.totp_sealed === null ? undefined : means.key.open(row.totp_sealed)
    const detail = JSON.parse(row.detail) as { totpStep?: number }
    const step = seed && matchingStep(seed, code, means.clock.nowMs(), detail.totpStep ?? 0)
    if (!step) refuse('auth.second_factor_invalid')
    await save(means, { ...row, totp_confirmed: 1, detail: JSON.stringify({ ...detail, totpStep: step }) })
    return { done: true }
  },
})

export const dropSecondFactorOperation = operation({
  name: 'users.dropSecondFactor',
  summary: "Drop a user's second factor",
  permission: 'users.write',
  input: Type.Object({ id: Id('user') }, { additionalProperties: false }),
  output: Done,
  reasons: ['account.user_unknown', 'account.role_forbidden', 'resource.conflict'],
  route: { method: 'DELETE', path: '/users/{id}/second-factor' },
  async run(means, { id }) {
    const row = await userOfAccount(means.read, means.caller, id)
    requireRoleWithin(means.caller, row.role as Role)
    await save(means, { ...row, totp_sealed: null, totp_confirmed: 0 })
    return { done: true }
  },
})
