// A department: an extension that several users share. What is sent to it goes to each of them; nobody logs in as it.

import type { UserRow } from '#store/users.ts'

/** What a user's detail tells of it. */
export interface DepartmentDetail {
  readonly kind?: 'person' | 'department'
  /** Ids of the users who share it; some may be gone since. */
  readonly members?: readonly number[]
}

export const isDepartment = (detail: DepartmentDetail): boolean => detail.kind === 'department'

/** Undefined for a person. */
export function membersOf({ detail }: Pick<UserRow, 'detail'>): readonly number[] | undefined {
  const { kind, members = [] } = JSON.parse(detail) as DepartmentDetail
  return kind === 'department' ? members : undefined
}
