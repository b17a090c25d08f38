// Groups of clients and their members as the operations show them, and how both are found.

import Type, { type Static } from 'typebox'
import type { Caller } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readGroup, readMember, type GroupRow, type Member } from '#store/client-groups.ts'
import type { Reader } from '#store/store.ts'
import { Id, Moment, OneOf } from '../fields.ts'

/** A group's name is part of SIP addresses, where case does not tell names apart for people. */
export const GroupName = Type.String({
  pattern: '^[A-Za-z0-9_-]+$',
  'x-characters': '[A-Za-z0-9_-]',
  minLength: 3,
  maxLength: 31,
  description: 'Name of the group: letters, digits, _ and -; case does not count.',
})

export const MemberName = Type.String({
  pattern: '^[A-Za-z0-9_.-]+$',
  'x-characters': '[A-Za-z0-9_.-]',
  minLength: 3,
  maxLength: 31,
  description: 'Name of the client in its group: letters, digits and _ . -; it begins and ends with a letter or digit.',
})

export const GroupView = Type.Object({
  id: Id('clientGroup'),
  name: Type.String(),
  members: Type.Integer({ description: 'How many clients belong to it.' }),
  createdAt: Moment('When it was made.'),
})

export const groupView = (row: GroupRow): Static<typeof GroupView> => ({
  id: row.id,
  name: row.name,
  members: Number(row.members),
  createdAt: row.created_ms,
})

const memberStates = ['active', 'suspended', 'expired', 'ended'] as const
export type MemberState = (typeof memberStates)[number]

export const MemberView = Type.Object({
  id: Id('client'),
  group: Type.String(),
  name: Type.String(),
  login: Type.String({ description: 'User part of its SIP address.' }),
  state: OneOf(memberStates, 'Only an active client may register; an ended one never again.'),
  number: Type.Union([Type.String({ description: 'The number it calls from, E.164.' }), Type.Null()]),
  expiresAt: Type.Union([Moment('Until when it is good.'), Type.Null()]),
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When it was last changed.'),
})

export function stateOf(member: Pick<Member, 'ended' | 'expires_ms' | 'enabled'>, nowMs: number): MemberState {
  if (member.ended === 1) return 'ended'
  if ((member.expires_ms ?? Infinity) <= nowMs) return 'expired'
  return member.enabled === 1 ? 'active' : 'suspended'
}

export function memberView(member: Member, group: string, nowMs: number): Static<typeof MemberView> {
  return {
    id: member.client_id,
    group,
    name: member.name,
    login: member.login,
    state: stateOf(member, nowMs),
    number: member.number,
    expiresAt: member.expires_ms,
    createdAt: member.created_ms,
    updatedAt: member.updated_ms,
  }
}

/** A group of the caller's account. Gives voip_user.group_not_found, also for another account's. */
export async function groupOf(read: Reader, caller: Caller, name: string): Promise<GroupRow> {
  const row = await readGroup(read, name.toLowerCase())
  if (!row || row.account_id !== caller.account.id) refuse('voip_user.group_not_found', { group: name })
  return row
}

/** Gives voip_user.group_not_found, voip_user.not_found. */
export async function memberOf(
  read: Reader,
  caller: Caller,
  group: string,
  name: string,
): Promise<{ group: GroupRow; member: Member }> {
  const row = await groupOf(read, caller, group)
  const member = await readMember(read, row.id, name.toLowerCase())
  if (!member) refuse('voip_user.not_found', { user: name })
  return { group: row, member }
}
