// VoIP groups and users (reference section 13): groups of clients in the core, and the clients in them. A user's `login`, the
// user part of its SIP address, is its name, a dot and the group.

import Type, { type Static } from 'typebox'
import { addMemberOperation } from '#operations/client-groups/add-member.ts'
import { createClientGroupOperation } from '#operations/client-groups/create-group.ts'
import { deleteClientGroupOperation } from '#operations/client-groups/delete-group.ts'
import { deleteMemberOperation, endMemberOperation } from '#operations/client-groups/end-member.ts'
import type { MemberView } from '#operations/client-groups/group-view.ts'
import { listClientGroupsOperation, readClientGroupOperation } from '#operations/client-groups/read-group.ts'
import { listMembersOperation, readMemberOperation } from '#operations/client-groups/read-member.ts'
import { updateMemberOperation } from '#operations/client-groups/update-member.ts'
import { OneOf, Optional } from '#operations/fields.ts'
import { refuse } from '#reasons/refusal.ts'
import { given, route, type Body, type Call, type Fields } from './call.ts'
import { gmtOf, localTime, plainNumber, readLocalTime } from './formats.ts'
import { pageAsked, totalOf } from './paging.ts'

type Group = Static<typeof readClientGroupOperation.output>
type User = Static<typeof MemberView>

const groupNames = { name: 'group' }
const userNames = { name: 'user_name', number: 'default_number', expiresAt: 'expiry_time' }
const states = { active: 'active', suspended: 'suspended', expired: 'expired', ended: 'terminated' } as const

const groupBody = (call: Call, { name, members, createdAt }: Group): Body => ({
  group: name,
  users: members,
  create_time: localTime(call.caller.account, createdAt),
  gmt: gmtOf(call.caller.account, call.nowMs),
})

function userBody({ caller: { account }, nowMs }: Call, user: User): Body {
  return {
    group: user.group,
    user_name: user.name,
    login: user.login,
    state: states[user.state],
    default_number: user.number === null ? '' : plainNumber(user.number),
    expiry_time: user.expiresAt === null ? '' : localTime(account, user.expiresAt),
    gmt: gmtOf(account, nowMs),
  }
}

const CreateGroup = Type.Object({ group: createClientGroupOperation.input.properties.name })

const createGroup = route({
  method: 'POST',
  path: '/voip/v1/groups',
  needs: [createClientGroupOperation],
  read({ body, check }) {
    check(CreateGroup, body)
    return { name: body['group'] as string }
  },
  perform: (call, input) => call.ask(createClientGroupOperation, input, { names: groupNames }),
  write: groupBody,
  made: (_, { name }) => `/voip/v1/groups/${name}`,
})

const listGroups = route({
  method: 'GET',
  path: '/voip/v1/groups',
  needs: [listClientGroupsOperation],
  read: ({ query }) => pageAsked(query),
  perform: async (call, asked) => ({ asked, page: await call.ask(listClientGroupsOperation, { ...asked }) }),
  write: (call, { asked, page }) => ({ groups: page.items.map((group) => groupBody(call, group)), ...totalOf(page, asked) }),
})

/** The group of a path, checked by the same rules as one in a body: what cannot be a group is none. */
function groupInPath({ params }: Call): string {
  return params['group']!
}

/** A name in a path that no group can have finds none; the rules of names are for making them. */
const looksLikeName = (text: string): boolean => /^[A-Za-z0-9_.-]{3,31}$/.test(text)

function known(group: string, user?: string): void {
  if (!looksLikeName(group) || group.includes('.')) refuse('voip_user.group_not_found', { group: group.slice(0, 60) })
  if (user !== undefined && !looksLikeName(user)) refuse('voip_user.not_found', { user: user.slice(0, 60) })
}

const readGroup = route({
  method: 'GET',
  path: '/voip/v1/groups/:group',
  needs: [readClientGroupOperation],
  read: groupInPath,
  async perform(call, name) {
    known(name)
    return call.ask(readClientGroupOperation, { name })
  },
  write: groupBody,
})

const deleteGroup = route({
  method: 'DELETE',
  path: '/voip/v1/groups/:group',
  needs: [deleteClientGroupOperation],
  read: groupInPath,
  async perform(call, name) {
    known(name)
    await call.ask(deleteClientGroupOperation, { name })
    return name
  },
  write: (_, group) => ({ group }),
})

const listUsers = route({
  method: 'GET',
  path: '/voip/v1/groups/:group/users',
  needs: [listMembersOperation],
  read: (call) => ({ group: groupInPath(call), asked: pageAsked(call.query) }),
  async perform(call, { group, asked }) {
    known(group)
    return { asked, page: await call.ask(listMembersOperation, { group, ...asked }) }
  },
  write: (call, { asked, page }) => ({ users: page.items.map((user) => userBody(call, user)), ...totalOf(page, asked) }),
})

const memberFields = addMemberOperation.input.properties
const time = Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Null()]))
const number = Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()]))

const CreateUser = Type.Object({
  user_name: memberFields.name,
  password: memberFields.password,
  default_number: number,
  expiry_time: time,
})

/** An empty text and null clear a value; undefined leaves it. */
const cleared = (value: unknown): string | null | undefined => (value === '' ? null : (value as string | null | undefined))

function expiry({ caller, body }: Call): number | null | undefined {
  const text = cleared(body['expiry_time'])
  return typeof text === 'string' ? readLocalTime(caller.account, 'expiry_time', text) : text
}

const createUser = route({
  method: 'POST',
  path: '/voip/v1/groups/:group/users',
  needs: [addMemberOperation],
  read(call) {
    const { body, check } = call
    check(CreateUser, body)
    return given({
      group: groupInPath(call),
      name: body['user_name'] as string,
      password: body['password'] as string,
      number: cleared(body['default_number']) ?? undefined,
      expiresAt: expiry(call) ?? undefined,
    })
  },
  async perform(call, input) {
    known(input.group)
    return call.ask(addMemberOperation, input, { names: userNames })
  },
  write: userBody,
  made: (_, { group, name }) => `/voip/v1/groups/${group}/users/${name}`,
})

interface UserPath {
  readonly group: string
  readonly name: string
}

const userInPath = (call: Call): UserPath => ({ group: groupInPath(call), name: call.params['user_name']! })

const readUser = route({
  method: 'GET',
  path: '/voip/v1/groups/:group/users/:user_name',
  needs: [readMemberOperation],
  read: userInPath,
  async perform(call, { group, name }) {
    known(group, name)
    return call.ask(readMemberOperation, { group, name })
  },
  write: userBody,
})

const UpdateUser = Type.Object({
  user_name: Optional(Type.String({ maxLength: 64 })),
  password: Optional(memberFields.password),
  default_number: number,
  expiry_time: time,
  state: Optional(OneOf(['active', 'suspended'], 'What the user is to be.')),
})

function changeFrom(call: Call): UserPath & Fields {
  const { body, check } = call
  check(UpdateUser, body)
  const { group, name } = userInPath(call)
  const named = body['user_name'] as string | undefined
  if (named !== undefined && named.toLowerCase() !== name.toLowerCase()) refuse('voip_user.name_mismatch', { user: named })
  const state = body['state'] as 'active' | 'suspended' | undefined
  return given({
    group,
    name,
    password: body['password'],
    number: cleared(body['default_number']),
    expiresAt: expiry(call),
    enabled: state === undefined ? undefined : state === 'active',
  })
}

const update = {
  path: '/voip/v1/groups/:group/users/:user_name',
  needs: [updateMemberOperation],
  read: changeFrom,
  async perform(call: Call, input: UserPath & Fields) {
    known(input.group, input.name)
    return call.ask(updateMemberOperation, input, { names: userNames })
  },
  write: userBody,
}

const terminate = route({
  method: 'POST',
  path: '/voip/v1/groups/:group/users/:user_name/terminate',
  needs: [endMemberOperation],
  read: userInPath,
  async perform(call, { group, name }) {
    known(group, name)
    return call.ask(endMemberOperation, { group, name })
  },
  write: userBody,
})

const deleteUser = route({
  method: 'DELETE',
  path: '/voip/v1/groups/:group/users/:user_name',
  needs: [deleteMemberOperation],
  read: userInPath,
  async perform(call, { group, name }) {
    known(group, name)
    await call.ask(deleteMemberOperation, { group, name })
    return { group, user_name: name }
  },
  write: (_, user) => user,
})

// PATCH is the update of -204: what is not given stays as it is, with PUT as well.
export const voipRoutes = [
  createGroup,
  listGroups,
  readGroup,
  deleteGroup,
  createUser,
  listUsers,
  readUser,
  route({ method: 'PUT', ...update }),
  route({ method: 'PATCH', ...update }),
  terminate,
  deleteUser,
]
