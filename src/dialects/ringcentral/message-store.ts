// The message store of an extension (reference section 7): list, read, mark, delete, restore, purge.

import type { EntryShown } from '#operations/mailbox/entry-view.ts'
import { changeMailboxOperation, listMailboxOperation } from '#operations/mailbox/mailbox.ts'
import { parseJson } from '#protocols/http/json-strict.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { extensionUri } from './extension-view.ts'
import { shown, text, type Fields } from './json-body.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import {
  conversationIn,
  conversationOf,
  directionOf,
  entryNamed,
  kindsOf,
  messageTypes,
  partyOf,
  periodOf,
  messageUnknown,
} from './message-fields.ts'
import { availabilities, messageRecords } from './message-record.ts'
import { cut, listAnswer, pageOf } from './paging.ts'
import { moment, one, several, yesOrNo } from './query-fields.ts'

type Place = EntryShown['place']

const readStatuses = ['Read', 'Unread'] as const
const placeOf: Readonly<Record<string, Place>> = { Alive: 'kept', Deleted: 'deleted', Purged: 'purged' }

export async function listMessages(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const { query } = knock
  const wanted = pageOf(query)
  const kinds = kindsOf(several(query, 'messageType', messageTypes))
  const places = several(query, 'availability', Object.values(availabilities)).map((word) => placeOf[word]!)
  const read = new Set(several(query, 'readStatus', readStatuses))
  const { from, until } = periodOf(query, room.parts.clock.nowMs())
  const number = one(query, 'phoneNumber')
  const fields = {
    user: userId!,
    direction: directionOf(query),
    thread: conversationOf(room, query),
    read: read.size === 1 ? read.has('Read') : undefined,
    number: number === undefined ? undefined : partyOf(number),
    newestOfThread: yesOrNo(query, 'distinctConversations'),
    from,
    until,
    kinds,
    places: places.length > 0 ? places : ['kept'],
  }
  const uri = `${extensionUri(room, knock, caller.account.id, userId!)}/message-store`
  // Faxes: there are none.
  if (kinds?.length === 0) return listAnswer(knock, uri, wanted, cut([], wanted))
  const { items, next, total } = await room.parts.run(listMailboxOperation, caller, {
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    limit: wanted.perPage,
    skip: wanted.skip,
    counted: true,
  })
  const records = await Promise.all(items.map(messageRecords(room, knock)))
  return listAnswer(knock, uri, wanted, { records, more: next !== null, total })
}

export async function readMessage(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const entry = await entryNamed(room, knock, true)
  return json(await messageRecords(room, knock)(entry))
}

/** Changes one, and gives it as it is then. Gives resource.not_found, message.state_invalid. */
async function change(
  room: Room,
  knock: RingCentralKnock,
  id: number,
  wish: { read?: boolean; place?: Place },
): Promise<EntryShown> {
  const { caller, userId } = knock.target!
  const { items } = await room.parts.run(changeMailboxOperation, caller, { user: userId!, ids: [id], ...wish })
  const { entry, open } = items[0]!
  if (open !== null) refuse('message.state_invalid', { state: open })
  return entry ?? messageUnknown(knock.params['messageId']!)
}

/** PUT marks as read or unread; PATCH also brings back what is deleted. */
export async function updateMessage(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const fields = knock.body as Fields
  const entry = await entryNamed(room, knock)
  const id = fields['id']
  if (id !== undefined && id !== null && String(id) !== String(room.ids.show('message', entry.id)))
    refuse('request.values_disagree', { parameter: 'id', places: 'path_body' })
  const readStatus = text(fields, 'readStatus')
  const availability = knock.method === 'PATCH' ? text(fields, 'availability') : undefined
  if (readStatus === undefined && availability === undefined) refuse('request.parameter_missing', { parameter: 'readStatus' })
  if (readStatus !== undefined && !(readStatuses as readonly string[]).includes(readStatus))
    refuse('request.parameter_invalid', { parameter: 'readStatus', value: shown(readStatus), expected: 'Read or Unread' })
  if (availability !== undefined && availability !== 'Alive')
    refuse('request.parameter_invalid', { parameter: 'availability', value: shown(availability), expected: 'Alive' })
  const changed = await change(room, knock, entry.id, {
    ...(readStatus !== undefined && { read: readStatus === 'Read' }),
    ...(availability !== undefined && { place: 'kept' }),
  })
  return json(await messageRecords(room, knock)(changed))
}

const done: HttpAnswer = { status: 204, headers: {}, body: '' }

/** What is deleted already, or with `purge`, goes for good. */
export async function deleteMessage(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const purge = yesOrNo(knock.query, 'purge') ?? false
  const thread = conversationOf(room, knock.query)
  const entry = await entryNamed(room, knock)
  if (thread !== undefined && entry.thread !== thread) messageUnknown(knock.params['messageId']!)
  await change(room, knock, entry.id, { place: purge || entry.place === 'deleted' ? 'purged' : 'deleted' })
  return done
}

const deletedTypes = ['Fax', 'SMS', 'VoiceMail', 'Pager', 'Text', 'All'] as const
const conversationsAtMost = 100
const atOnce = 1000

/** By filter. What is still to be sent stays, where all is to be purged. */
export async function deleteMessages(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const { query } = knock
  const threads = conversationsWanted(room, knock)
  const until = moment(query, 'dateTo')
  const types = several(query, 'type', deletedTypes)
  const kinds = types.includes('All') ? undefined : kindsOf(types)
  const purge = yesOrNo(query, 'purge') ?? false
  if (kinds?.length === 0) return done
  for (const thread of threads.length > 0 ? threads : [undefined]) {
    let after: number | undefined
    do {
      const { items, next } = await room.parts.run(listMailboxOperation, caller, {
        user: userId!,
        limit: atOnce,
        places: purge ? ['kept', 'deleted'] : ['kept'],
        ...(thread !== undefined && { thread }),
        ...(until !== undefined && { until }),
        ...(kinds && { kinds }),
        ...(after !== undefined && { after }),
      })
      const ids = items.map(({ id }) => id)
      const wish = { user: userId!, ids, place: purge ? 'purged' : 'deleted' }
      if (ids.length > 0) await room.parts.run(changeMailboxOperation, caller, wish)
      after = next ?? undefined
    } while (after !== undefined)
  }
  return done
}

/** In the query, repeated, or as a list in the body. Gives request.parameter_invalid, request.batch_too_large. */
function conversationsWanted(room: Room, { query, request }: RingCentralKnock): number[] {
  const body = request.body.length === 0 ? undefined : parseJson(request.body)
  const given = [
    ...query.filter(([name, value]) => name === 'conversationId' && value !== '').map(([, value]) => value),
    ...(Array.isArray(body) ? body.map((one) => (typeof one === 'number' ? String(one) : shown(one))) : []),
  ]
  if (given.length > conversationsAtMost) refuse('request.batch_too_large', { limit: conversationsAtMost })
  return [...new Set(given.map((one) => conversationIn(room, one)))]
}
