import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { updateMember, type Member, type MemberRow } from '#store/client-groups.ts'
import { Moment, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireStrong } from '../users/user-rules.ts'
import { GroupName, MemberName, memberOf, MemberView, memberView, stateOf } from './group-view.ts'
import { ownNumber } from './member-rules.ts'

export const rowOf = ({ client_id, group_id, account_id, name, number_id, expires_ms, ended }: Member): MemberRow => ({
  client_id,
  group_id,
  account_id,
  name,
  number_id,
  expires_ms,
  ended,
})

/** What may be changed depends on the state: an ended client never, an expired one with a new end, a suspended one with `enabled`. */
function requireChangeable(
  member: Member,
  nowMs: number,
  enabled: boolean | undefined,
  expiresAt: number | null | undefined,
): void {
  const user = member.name
  const state = stateOf(member, nowMs)
  if (state === 'ended' || (state === 'suspended' && enabled !== true)) refuse('voip_user.not_active', { user })
  const renewed = expiresAt === null || (expiresAt !== undefined && expiresAt > nowMs)
  if (state === 'expired' && !renewed) refuse('voip_user.expired', { user })
}

/** The number asked for, as a row's id; one that is set must be cleared before another is. */
async function numberFor({ read, caller }: Means, member: Member, number: string | null | undefined): Promise<number | null> {
  if (number === undefined) return member.number_id
  if (number === null) return null
  const id = await ownNumber(read, caller, number)
  if (member.number_id !== null && member.number_id !== id) {
    refuse('voip_user.default_number_conflict', { user: member.name, ...(member.number !== null && { number: member.number }) })
  }
  return id
}

export const updateMemberOperation = operation({
  name: 'client_groups.updateMember',
  summary: 'Change a client of a group',
  permission: 'clients.write',
  input: Type.Object(
    {
      group: GroupName,
      name: MemberName,
      password: Optional(Type.String({ minLength: 1, maxLength: 200, description: 'At least 8 characters of several kinds.' })),
      enabled: Optional(Type.Boolean({ description: 'Whether it may register.' })),
      number: Optional(
        Type.Union([Type.String({ minLength: 1, maxLength: 64, description: 'The number it calls from.' }), Type.Null()]),
      ),
      expiresAt: Optional(Type.Union([Moment('Until when it is good.'), Type.Null()])),
    },
    { additionalProperties: false },
  ),
  output: MemberView,
  reasons: [
    'voip_user.group_not_found',
    'voip_user.not_found',
    'voip_user.not_active',
    'voip_user.expired',
    'voip_user.default_number_conflict',
    'number.invalid',
    'number.not_found',
    'number.not_occupied',
    'number.not_owned',
    'account.password_weak',
  ],
  route: { method: 'PATCH', path: '/client-groups/{group}/members/{name}' },
  async run(means, { group, name, password, enabled, number, expiresAt }) {
    const { caller, read, clock, key } = means
    const found = await memberOf(read, caller, group, name)
    const now = clock.nowMs()
    requireChangeable(found.member, now, enabled, expiresAt)
    if (password !== undefined) requireStrong(password)
    const number_id = await numberFor(means, found.member, number)
    const changed = Object.entries({ password, enabled, number, expiresAt }).flatMap(([field, value]) =>
      value === undefined ? [] : [field],
    )
    const done = await means.write(updateMember, {
      member: { ...rowOf(found.member), number_id, expires_ms: expiresAt === undefined ? found.member.expires_ms : expiresAt },
      enabled: enabled === undefined ? found.member.enabled : enabled ? 1 : 0,
      password: password === undefined ? null : key.seal(password),
      changed,
      actor: actorOf(caller),
      now,
    })
    if (done.refused === null) return memberView(done.member, found.group.name, now)
    if (done.refused === 'gone') refuse('voip_user.not_active', { user: found.member.name })
    refuse('voip_user.default_number_conflict', { user: found.member.name, ...(typeof number === 'string' && { number }) })
  },
})
