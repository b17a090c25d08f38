// Call queues, as the vendor calls departments by now: which there are, who is in them, and who comes and goes. Each is an extension; its
// calls go where its number says, as there is no queue that would hold them.

import type { Caller } from '#accounts/caller.ts'
import { listUsersOperation } from '#operations/users/list-users.ts'
import { readUserOperation } from '#operations/users/read-user.ts'
import { updateUserOperation } from '#operations/users/update-user.ts'
import type { UserShown } from '#operations/users/user-view.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { accountUri, extensionType, extensionUri } from './extension-view.ts'
import { shown, type Fields } from './json-body.ts'
import type { RingCentralKnock, Room } from './knock.ts'
import { stateWords } from './log-in.ts'
import { cut, listAnswer, pageOf } from './paging.ts'

export async function listCallQueues(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const wanted = pageOf(knock.query)
  const uri = `${accountUri(room, knock, caller.account.id)}/call-queues`
  const { items, next } = await room.parts.run(listUsersOperation, caller, {
    kind: 'department',
    limit: wanted.perPage,
    skip: wanted.skip,
    oldestFirst: true,
  })
  const records = items.map((user) => ({
    ...extensionOf(room, knock, caller, user),
    name: user.name,
    status: stateWords[user.status] ?? 'Disabled',
  }))
  return listAnswer(knock, uri, wanted, { records, more: next !== null })
}

function extensionOf(room: Room, knock: RingCentralKnock, caller: Caller, { id, detail }: UserShown) {
  const { extensionNumber } = detail
  return {
    uri: extensionUri(room, knock, caller.account.id, id),
    id: String(room.ids.show('user', id)),
    ...(extensionNumber !== undefined && { extensionNumber }),
  }
}

export async function listQueueMembers(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const queue = await queueNamed(room, knock)
  const wanted = pageOf(knock.query)
  const page = cut(queue.detail.members ?? [], wanted)
  const found = await Promise.all(page.records.map((id) => userIfThere(room, caller, id)))
  // Whoever was deleted since is no member any more.
  const records = found.flatMap((user) => (user ? [extensionOf(room, knock, caller, user)] : []))
  const uri = `${accountUri(room, knock, caller.account.id)}/call-queues/${room.ids.show('user', queue.id)}/members`
  return listAnswer(knock, uri, wanted, { ...page, records })
}

/** Gives resource.not_found, request.parameter_invalid. */
export async function assignQueueMembers(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const queue = await queueNamed(room, knock)
  const fields = knock.body as Fields
  const removed = new Set(await extensionsIn(room, caller, fields, 'removedExtensionIds'))
  const added = await extensionsIn(room, caller, fields, 'addedExtensionIds')
  const members = [...new Set([...(queue.detail.members ?? []), ...added])].filter((id) => !removed.has(id))
  await room.parts.run(updateUserOperation, caller, { id: queue.id, detail: { members } })
  return { status: 204, headers: {}, body: '' }
}

async function extensionsIn(room: Room, caller: Caller, fields: Fields, name: string): Promise<number[]> {
  const given = fields[name] ?? []
  const wrong = (value: unknown): never =>
    refuse('request.parameter_invalid', { parameter: name, value: shown(value), expected: 'ids of extensions of people' })
  if (!Array.isArray(given)) return wrong(given)
  const ids: number[] = []
  for (const one of given as unknown[]) {
    const id = room.ids.read('user', String(one))
    const user = id === undefined ? undefined : await userIfThere(room, caller, id)
    if (!user || extensionType(user) !== 'User') return wrong(one)
    ids.push(user.id)
  }
  return ids
}

async function queueNamed(room: Room, knock: RingCentralKnock): Promise<UserShown> {
  const named = knock.params['groupId']!
  const id = room.ids.read('user', named)
  const user = id === undefined ? undefined : await userIfThere(room, knock.target!.caller, id)
  if (!user || extensionType(user) !== 'Department')
    refuse('resource.not_found', { noun: 'call queue', parameter: 'groupId', id: named.slice(0, 40) })
  return user
}

async function userIfThere(room: Room, caller: Caller, id: number): Promise<UserShown | undefined> {
  try {
    return await room.parts.run(readUserOperation, caller, { id })
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'account.user_unknown') return undefined
    throw error
  }
}
