// What an extension may do (reference section 5): its permissions, whether it has a particular one, and the grants that
// others gave it. Permissions come from the role alone; nobody can give a grant here, so that list is empty.

import type { Caller } from '#accounts/caller.ts'
import { readUserOperation } from '#operations/users/read-user.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { face } from './applications.ts'
import { extensionUri } from './extension-view.ts'
import { userNamed } from './extensions.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { cut, listAnswer, pageOf } from './paging.ts'
import { userMay, userPermissions, type UserPermission } from './permissions.ts'
import { one } from './query-fields.ts'
import { extensionUnknown } from './target.ts'

const known = Object.keys(userPermissions) as UserPermission[]

const changes = (id: UserPermission): boolean => !id.startsWith('Read')

/** An administrator's permissions reach over the whole account. */
function entry(subject: Caller, id: UserPermission) {
  const role = subject.user!.role
  return {
    permission: {
      id,
      siteCompatible: 'Incompatible',
      readOnly: !changes(id),
      assignable: false,
      permissionsCapabilities: { enabled: true },
    },
    effectiveRole: { id: role },
    scopes: [role === 'administrator' ? 'AllExtensions' : changes(id) ? 'Self' : 'AccountReadOnly'],
  }
}

async function subjectOf(room: Room, knock: RingCentralKnock): Promise<Caller> {
  const { caller, userId } = knock.target!
  const named = knock.params['extensionId']!
  if (userId === caller.user!.id) return caller
  const user = await userNamed(room, caller, userId!, named)
  return (await room.parts.identity.byUserId(face, user.id)) ?? extensionUnknown(named)
}

export async function readAuthzProfile(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const subject = await subjectOf(room, knock)
  const uri = `${extensionUri(room, knock, subject.account.id, subject.user!.id)}/authz-profile`
  return json({ uri, permissions: known.filter((id) => userMay(subject, id)).map((id) => entry(subject, id)) })
}

export async function checkPermission(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const subject = await subjectOf(room, knock)
  const asked = one(knock.query, 'permissionId')
  if (asked === undefined) refuse('request.parameter_missing', { parameter: 'permissionId', location: 'parameter' })
  const id = known.find((name) => name === asked)
  if (id === undefined) refuse('resource.not_found', { noun: 'permission', parameter: 'permissionId', id: asked.slice(0, 60) })
  const target = one(knock.query, 'targetExtensionId')
  const itself = target === undefined || (await isItself(room, knock.target!.caller, subject, target))
  const successful = userMay(subject, id) && (itself || subject.user!.role === 'administrator' || !changes(id))
  const query = new URLSearchParams({ permissionId: id, ...(target !== undefined && { targetExtensionId: target }) })
  const uri = `${extensionUri(room, knock, subject.account.id, subject.user!.id)}/authz-profile/check?${query}`
  return json({ uri, successful, ...(successful && { details: entry(subject, id) }) })
}

async function isItself(room: Room, caller: Caller, subject: Caller, target: string): Promise<boolean> {
  const id = room.ids.read('user', target)
  if (id === subject.user!.id) return true
  try {
    if (id !== undefined) await room.parts.run(readUserOperation, caller, { id })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    refuse('resource.not_found', { noun: 'extension', parameter: 'targetExtensionId', id: target.slice(0, 40) })
  }
  if (id === undefined)
    refuse('resource.not_found', { noun: 'extension', parameter: 'targetExtensionId', id: target.slice(0, 40) })
  return false
}

export async function listGrants(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const user = await userNamed(room, caller, userId!, knock.params['extensionId']!)
  const wanted = pageOf(knock.query)
  return listAnswer(knock, `${extensionUri(room, knock, caller.account.id, user.id)}/grant`, wanted, cut([], wanted))
}
