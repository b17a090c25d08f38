// POST .../company-pager (reference 6.2): a message from one extension to others. It never leaves the platform.

import { listUsersOperation } from '#operations/users/list-users.ts'
import { readUserOperation } from '#operations/users/read-user.ts'
import { sendInternalOperation } from '#operations/messages/send-internal.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refusal, refuse, refuseAll } from '#reasons/refusal.ts'
import { inner, shown, text, type Fields } from './json-body.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { messageUnknown } from './message-fields.ts'
import { messageRecords } from './message-record.ts'

const charactersAtMost = 1024

const names = { to: 'to', text: 'text', replyTo: 'replyOn' }

export async function sendPage(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const fields = knock.body as Fields
  const replyTo = replyOf(room, fields)
  await requireOwnSender(room, knock, inner(fields, 'from'))
  const to = await recipientsOf(room, knock, fields['to'], replyTo !== undefined)
  const said = textOf(fields)
  const wish = { from: userId!, text: said, ...(to && { to }), ...(replyTo !== undefined && { replyTo }) }
  const idempotencyKey = knock.request.headers['idempotency-key']
  const entry = await room.parts.run(sendInternalOperation, caller, wish, { names, idempotencyKey })
  return json(await messageRecords(room, knock)(entry))
}

/** Gives resource.not_found. */
function replyOf(room: Room, fields: Fields): number | undefined {
  const given = fields['replyOn']
  if (given === undefined || given === null) return undefined
  return room.ids.read('message', String(given)) ?? messageUnknown(shown(given), 'replyOn')
}

/** Gives message.sender_extension_mismatch, request.reference_unknown. */
async function requireOwnSender(room: Room, knock: RingCentralKnock, from: Fields): Promise<void> {
  const { caller, userId } = knock.target!
  const { extensionId, extensionNumber } = from
  const named = extensionId ?? extensionNumber
  if (named === undefined || named === null) return
  const id = await extensionNamed(room, knock, from, 'from')
  if (id === userId) return
  if (id === undefined && extensionId !== undefined) extensionUnknown('from.extensionId', named)
  const { detail } = await room.parts.run(readUserOperation, caller, { id: userId! })
  if (extensionNumber === undefined || extensionNumber !== detail.extensionNumber)
    refuse('message.sender_extension_mismatch', { extension: shown(named) })
}

/** All faults at once. Undefined where a reply names nobody. */
async function recipientsOf(
  room: Room,
  knock: RingCentralKnock,
  given: unknown,
  isReply: boolean,
): Promise<number[] | undefined> {
  if (isReply && (given === undefined || given === null)) return undefined
  if (!Array.isArray(given) || given.length === 0) {
    const value = given === undefined || given === null ? {} : { value: shown(given) }
    refuse('request.parameter_invalid', { parameter: 'to', ...value, expected: 'at least one extension' })
  }
  const ids: number[] = []
  const faults: Refusal[] = []
  for (const one of given as unknown[]) {
    const party = typeof one === 'object' && one !== null ? (one as Fields) : {}
    const named = party['extensionId'] ?? party['extensionNumber']
    const id = named === undefined ? undefined : await extensionNamed(room, knock, party, 'to')
    if (id !== undefined) ids.push(id)
    // Whoever has a number only is no extension.
    else if (named === undefined)
      faults.push(refusal('request.parameter_invalid', { parameter: 'to', value: shown(one), expected: 'an extension' }))
    else faults.push(unknown(party['extensionId'] === undefined ? 'to.extensionNumber' : 'to.extensionId', named))
  }
  if (faults.length > 0) refuseAll(faults)
  return ids
}

/** The user behind an id or a number of the account; undefined: there is none. */
async function extensionNamed(room: Room, knock: RingCentralKnock, party: Fields, field: string): Promise<number | undefined> {
  const { caller } = knock.target!
  const { extensionId, extensionNumber } = party
  if (extensionId !== undefined && extensionId !== null) {
    const id = String(extensionId) === '~' ? caller.user?.id : room.ids.read('user', String(extensionId))
    if (id === undefined) return undefined
    try {
      return (await room.parts.run(readUserOperation, caller, { id })).id
    } catch (error) {
      if (error instanceof Refusal && error.reason === 'account.user_unknown') return undefined
      throw error
    }
  }
  const digits = String(extensionNumber)
  if (!/^[0-9]{1,8}$/.test(digits))
    refuse('request.parameter_invalid', {
      parameter: `${field}.extensionNumber`,
      value: shown(extensionNumber),
      expected: '1 to 8 digits',
    })
  const { items } = await room.parts.run(listUsersOperation, caller, { extensionNumber: digits, limit: 1 })
  return items[0]?.id
}

const unknown = (parameter: string, value: unknown): Refusal =>
  refusal('resource.not_found', { noun: 'extension', parameter, id: shown(value) })

function extensionUnknown(parameter: string, value: unknown): never {
  throw unknown(parameter, value)
}

function textOf(fields: Fields): string {
  const said = text(fields, 'text') ?? ''
  if (said.trim() === '' || said.length > charactersAtMost)
    refuse('request.parameter_invalid', {
      parameter: 'text',
      value: shown(said),
      expected: `1 to ${charactersAtMost} characters`,
    })
  return said
}
