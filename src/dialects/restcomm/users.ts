// Identity access management (reference 6): people of the account, and their access keys. Names of fields follow the
// reference; the paths are our reading of it.

import type { Static } from 'typebox'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { deleteKeyOperation } from '#operations/keys/delete-key.ts'
import { listKeysOperation } from '#operations/keys/list-keys.ts'
import { readKeyOperation } from '#operations/keys/read-key.ts'
import { updateKeyOperation } from '#operations/keys/update-key.ts'
import type { KeyView } from '#operations/keys/key-view.ts'
import { createUserOperation } from '#operations/users/create-user.ts'
import { deleteUserOperation } from '#operations/users/delete-user.ts'
import { listUsersOperation } from '#operations/users/list-users.ts'
import { readUserOperation } from '#operations/users/read-user.ts'
import { updateUserOperation } from '#operations/users/update-user.ts'
import type { UserView } from '#operations/users/user-view.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { randomToken } from '#values/secrets.ts'
import { allRows } from './bare-list.ts'
import { apiVersion, dateText, roleName, roleOf } from './formats.ts'
import { faceName } from './ids.ts'
import type { Ask } from './knock.ts'
import { sent } from './urls.ts'
import { writeList, writeNothing, writeOne, type Shown } from './write.ts'

type User = Static<typeof UserView>
type Key = Static<typeof KeyView>

const names = {
  login: 'Email',
  name: 'Name',
  role: 'Role',
  status: 'Status',
  password: 'Password',
  'detail.phoneNumber': 'PhoneNumber',
}

const uriOf = ({ accountSid, json }: Ask, rest: string): string =>
  `/restcomm/${apiVersion}/Accounts/${accountSid}/Users/${rest}${json ? '.json' : ''}`

function view(ask: Ask, user: User, password?: string): Shown {
  const sid = ask.means.sids.show('US', user.id)
  return {
    sid,
    account_sid: ask.accountSid,
    date_created: dateText(user.createdAt),
    date_updated: dateText(user.updatedAt),
    name: user.name,
    email: user.login,
    phone_number: user.detail.phoneNumber ?? null,
    role: roleName(user.role),
    status: user.status,
    password,
    uri: uriOf(ask, sid),
  }
}

function userId({ means, params }: Ask): number {
  const sid = params['user']!
  const id = means.sids.read('US', sid)
  if (id === undefined) refuse('account.user_unknown', { user: sid.slice(0, 60) })
  return id
}

function inputOf({ fields }: Ask) {
  const role = fields.filled('Role')
  const phoneNumber = fields.text('PhoneNumber')
  return sent({
    name: fields.filled('Name'),
    role: role === undefined ? undefined : roleOf(role),
    status: fields.filled('Status')?.toLowerCase() as 'active' | undefined,
    detail: phoneNumber === undefined ? undefined : { phoneNumber },
  })
}

export async function listUsers(ask: Ask): Promise<HttpAnswer> {
  const rows = await allRows(ask, (page) => ask.means.parts.run(listUsersOperation, ask.caller, page))
  return writeList(
    ask.json,
    'Users',
    'User',
    rows.map((row) => view(ask, row)),
  )
}

/** A password that was not given is made, and shown in this answer alone; the same again for a repeated idempotency key. */
function passwordFor({ means: { parts }, fields, accountSid, idempotencyKey }: Ask, email: string): string {
  const given = fields.filled('Password')
  if (given !== undefined) return given
  if (idempotencyKey === undefined) return `${randomToken(20)}-7aZ`
  return `${parts.key.mac('restcomm user password', `${accountSid}\n${email}\n${idempotencyKey}`).slice(0, 28)}-7aZ`
}

export async function createUser(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json, idempotencyKey } = ask
  const email = fields.required('Email')
  if (!/^[^@\s]+@[^@\s]+$/.test(email))
    refuse('request.parameter_invalid', { parameter: 'Email', value: email.slice(0, 60), expected: 'an e-mail address' })
  const password = passwordFor(ask, email)
  const made = await means.parts.run(
    createUserOperation,
    caller,
    { login: email, password, ...inputOf(ask) },
    { idempotencyKey, names },
  )
  return writeOne(json, 'User', view(ask, made, password))
}

export async function readUser(ask: Ask): Promise<HttpAnswer> {
  return writeOne(ask.json, 'User', view(ask, await ask.means.parts.run(readUserOperation, ask.caller, { id: userId(ask) })))
}

export async function updateUser(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json } = ask
  const input = { id: userId(ask), ...sent({ password: fields.filled('Password') }), ...inputOf(ask) }
  return writeOne(json, 'User', view(ask, await means.parts.run(updateUserOperation, caller, input, { names })))
}

export async function deleteUser(ask: Ask): Promise<HttpAnswer> {
  await ask.means.parts.run(deleteUserOperation, ask.caller, { id: userId(ask) })
  return writeNothing(204)
}

function keyShown(ask: Ask, key: Key): Shown {
  const user = ask.params['user']!
  return {
    sid: key.publicId,
    account_sid: ask.accountSid,
    user_sid: user,
    date_created: dateText(key.createdAt),
    date_updated: dateText(key.updatedAt),
    friendly_name: key.name,
    status: key.status === 'active' ? 'active' : 'inactive',
    secret: key.secret,
    uri: uriOf(ask, `${user}/Keys/${key.publicId}`),
  }
}

/** The account's own key, which follows a password, is no access key. */
const isAccessKey = (key: Key): boolean => key.publicId.startsWith('AK')

/** A key of the user in the path, by the id that its client shows. Gives resource.not_found, account.user_unknown. */
async function keyIn(ask: Ask): Promise<Key> {
  const { means, caller, params } = ask
  const sid = params['key']!
  const user = userId(ask)
  const id = means.sids.read('AK', sid)
  if (id === undefined) refuse('resource.not_found', { noun: 'key', id: sid.slice(0, 60) })
  const key = await means.parts.run(readKeyOperation, caller, { id })
  if (key.face !== faceName || key.userId !== user || !isAccessKey(key))
    refuse('resource.not_found', { noun: 'key', id: sid.slice(0, 60) })
  return key
}

export async function listKeys(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, json } = ask
  const user = userId(ask)
  await means.parts.run(readUserOperation, caller, { id: user })
  const rows = await allRows(ask, (page) => means.parts.run(listKeysOperation, caller, { ...page, face: faceName, user }))
  return writeList(
    json,
    'Keys',
    'Key',
    rows.filter(isAccessKey).map((row) => keyShown(ask, row)),
  )
}

/** The secret is shown in this answer alone. */
export async function createKey(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json, idempotencyKey } = ask
  const input = { face: faceName, userId: userId(ask), ...sent({ name: fields.filled('FriendlyName') }) }
  const made = await means.parts.run(createKeyOperation, caller, input, { idempotencyKey, names: { name: 'FriendlyName' } })
  return writeOne(json, 'Key', keyShown(ask, made))
}

export async function readKey(ask: Ask): Promise<HttpAnswer> {
  return writeOne(ask.json, 'Key', keyShown(ask, await keyIn(ask)))
}

export async function updateKey(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json } = ask
  const key = await keyIn(ask)
  const status = fields.filled('Status')?.toLowerCase()
  if (status !== undefined && status !== 'active' && status !== 'inactive') {
    refuse('request.parameter_invalid', { parameter: 'Status', value: status.slice(0, 60), expected: 'one of active, inactive' })
  }
  const change = sent({
    name: fields.filled('FriendlyName'),
    status: status === undefined ? undefined : status === 'active' ? ('active' as const) : ('disabled' as const),
  })
  return writeOne(
    json,
    'Key',
    keyShown(
      ask,
      await means.parts.run(updateKeyOperation, caller, { id: key.id, ...change }, { names: { name: 'FriendlyName' } }),
    ),
  )
}

export async function deleteKey(ask: Ask): Promise<HttpAnswer> {
  const key = await keyIn(ask)
  await ask.means.parts.run(deleteKeyOperation, ask.caller, { id: key.id })
  return writeNothing(204)
}
