// What holds for every user: how strong a password is, and who may reach a user.

import type { Caller } from '#accounts/caller.ts'
import { isDepartment, membersOf, type DepartmentDetail } from '#accounts/department.ts'
import { permissionsOf, type Permission, type Role } from '#accounts/permissions.ts'
import { refuse } from '#reasons/refusal.ts'
import { listUsers, readUser, type UserRow } from '#store/users.ts'
import type { Reader } from '#store/store.ts'

export const requiredScore = 50

/** 0 to 100: length counts most, then kinds of characters and how many differ. */
function passwordScore(password: string): number {
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length
  const different = new Set(password).size
  return Math.min(100, Math.min(password.length, 16) * 3 + kinds * 8 + Math.min(different, 12) * 2)
}

/** Gives account.password_weak. */
export function requireStrong(password: string): void {
  const score = passwordScore(password)
  if (password.length < 8 || score < requiredScore) refuse('account.password_weak', { score, requiredScore })
}

/** A user of the caller's account. Gives account.user_unknown. */
export async function userOfAccount(read: Reader, caller: Caller, id: number): Promise<UserRow> {
  const row = await readUser(read, id)
  if (!row || row.account_id !== caller.account.id) refuse('account.user_unknown', {})
  return row
}

/** Whose something shall be. Gives account.user_unknown. */
export async function requireOwner(read: Reader, caller: Caller, userId: number | null | undefined): Promise<void> {
  if (typeof userId === 'number') await userOfAccount(read, caller, userId)
}

/** Gives resource.value_not_unique when another user of the account has the extension number. */
export async function requireFreeExtension(
  read: Reader,
  accountId: number,
  extensionNumber: string | undefined,
  ownId?: number,
): Promise<void> {
  if (extensionNumber === undefined) return
  const holders = await listUsers(read, {
    scope: accountId,
    limit: 2,
    where: { detail: `%"extensionNumber":"${extensionNumber}"%` },
  })
  if (holders.some((holder) => holder.id !== ownId))
    refuse('resource.value_not_unique', { parameter: 'detail.extensionNumber', value: extensionNumber })
}

/** Persons of the account, and of a department alone. Gives request.parameter_invalid, account.user_unknown. */
export async function requireMembers(read: Reader, caller: Caller, detail: DepartmentDetail = {}): Promise<void> {
  const { members = [] } = detail
  if (members.length > 0 && !isDepartment(detail))
    refuse('request.parameter_invalid', { parameter: 'detail.members', expected: 'members of a department only' })
  for (const id of members) {
    const row = await userOfAccount(read, caller, id)
    if (membersOf(row)) refuse('request.parameter_invalid', { parameter: 'detail.members', expected: 'persons' })
  }
}

/**
 * Nobody gives a role that may more than they may themselves, nor changes a user who has one: that would be a way up.
 * Gives account.role_forbidden.
 */
export function requireRoleWithin(caller: Caller, role: Role): void {
  const within = (permission: Permission) =>
    caller.permissions.has(permission) && (caller.app?.permissions.has(permission) ?? true)
  if (![...permissionsOf(role, false)].every(within)) refuse('account.role_forbidden', { role })
}
