// What the operations on one key share: finding it in the caller's account, who may change it, and what its face lets it say.

import type { CredentialForm } from '#accounts/credential-form.ts'
import { permissionsOf, isPermission, type Permission, type Role } from '#accounts/permissions.ts'
import type { Caller } from '#accounts/caller.ts'
import { refusal, refuse, refuseAll } from '#reasons/refusal.ts'
import { readCredentialById, type CredentialRow } from '#store/credentials.ts'
import type { Reader } from '#store/store.ts'
import { readUser } from '#store/users.ts'

/** A key of the caller's account. Gives resource.not_found. */
export async function keyOfAccount(read: Reader, caller: Caller, id: number): Promise<CredentialRow> {
  const row = await readCredentialById(read, id)
  if (!row || row.account_id !== caller.account.id) refuse('resource.not_found', { noun: 'key' })
  return row
}

/**
 * A key that the caller may change or see the secret of: none that may do more than the caller, or changing it would be a
 * way up. Gives resource.not_found, permission.denied.
 */
export async function changeableKey(read: Reader, caller: Caller, id: number): Promise<CredentialRow> {
  const row = await keyOfAccount(read, caller, id)
  const stronger = (await permissionsOfKey(read, caller, row)).find((permission) => !caller.permissions.has(permission))
  if (stronger) refuse('permission.denied', { permission: stronger })
  return row
}

async function permissionsOfKey(read: Reader, caller: Caller, row: CredentialRow): Promise<Permission[]> {
  if (row.permissions !== null) return (JSON.parse(row.permissions) as string[]).filter(isPermission)
  const user = row.user_id === null ? undefined : await readUser(read, row.user_id)
  return [...permissionsOf((user?.role ?? 'administrator') as Role, caller.account.parentId === null)]
}

/** Gives request.parameter_invalid, once for each member that the face does not take. */
export function requireDetail(form: CredentialForm | undefined, detail: Readonly<Record<string, unknown>>): void {
  const faults = form?.faults?.(detail) ?? []
  if (faults.length === 0) return
  refuseAll(
    faults.map(({ field, problem }) => refusal('request.parameter_invalid', { parameter: `detail.${field}`, expected: problem })),
  )
}
