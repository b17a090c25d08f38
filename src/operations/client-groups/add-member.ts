import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { createMember, type Member, type MemberRefused, type MemberRow } from '#store/client-groups.ts'
import type { ClientRow } from '#store/clients.ts'
import { Moment, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireStrong } from '../users/user-rules.ts'
import { GroupName, groupOf, MemberName, MemberView, memberView } from './group-view.ts'
import { ownNumber, requireMemberName } from './member-rules.ts'

type Result = ({ refused: MemberRefused } | { refused: null; member: Member }) & {
  group: string
  name: string
  number: string | null
}

function shown({ clock }: Means, result: Result) {
  const { group, name: user, number } = result
  if (result.refused === null) return memberView(result.member, group, clock.nowMs())
  if (result.refused === 'group') refuse('voip_user.group_not_found', { group })
  if (result.refused === 'number') refuse('voip_user.default_number_conflict', { user, ...(number !== null && { number }) })
  refuse('voip_user.exists', { user })
}

/** Its login, by which it registers, is its name, a dot and the group. */
export const addMemberOperation = operation({
  name: 'client_groups.addMember',
  summary: 'Create a client in a group',
  permission: 'clients.write',
  input: Type.Object(
    {
      group: GroupName,
      name: MemberName,
      password: Type.String({ minLength: 1, maxLength: 200, description: 'At least 8 characters of several kinds.' }),
      number: Optional(Type.String({ minLength: 1, maxLength: 64, description: 'The number it calls from.' })),
      expiresAt: Optional(Moment('Until when it is good.')),
    },
    { additionalProperties: false },
  ),
  output: MemberView,
  reasons: [
    'voip_user.group_not_found',
    'voip_user.exists',
    'voip_user.invalid',
    'voip_user.default_number_conflict',
    'number.invalid',
    'number.not_found',
    'number.not_occupied',
    'number.not_owned',
    'account.password_weak',
    'account.not_active',
  ],
  creates: true,
  route: { method: 'POST', path: '/client-groups/{group}/members', status: 201 },
  async run(means, { group, name: asked, password, number, expiresAt }) {
    const { caller, read, nextId, clock, key } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    const name = asked.toLowerCase()
    requireMemberName(name)
    requireStrong(password)
    const { id: groupId, name: groupName } = await groupOf(read, caller, group)
    const numberId = number === undefined ? null : await ownNumber(read, caller, number)
    const id = nextId()
    const now = clock.nowMs()
    const client: ClientRow = {
      id,
      account_id: account.id,
      realm_id: account.rootId,
      login: `${name}.${groupName}`,
      name,
      password_sealed: key.seal(password),
      enabled: 1,
      detail: '{}',
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    const member: MemberRow = {
      client_id: id,
      group_id: groupId,
      account_id: account.id,
      name,
      number_id: numberId,
      expires_ms: expiresAt ?? null,
      ended: 0,
    }
    const reveal = { group: groupName, name, number: number ?? null }
    return shown(means, await means.write(createMember, { client, member, actor: actorOf(caller) }, reveal))
  },
  shown,
})
