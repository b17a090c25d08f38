// message-sync (reference 7.1): all of a frame at first, then what changed in it. The token is sealed: it holds where the log
// stood and the frame, and is good for the extension it was made for. Nothing is kept here between two calls.

import { listMailboxOperation, mailboxChangesOperation } from '#operations/mailbox/mailbox.ts'
import type { EntryShown } from '#operations/mailbox/entry-view.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import type { Pairs } from '#protocols/http/query.ts'
import { refuse } from '#reasons/refusal.ts'
import { extensionUri } from './extension-view.ts'
import { isoTime } from './formats.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { conversationOf, directionOf, kindsOf, messageTypes, periodOf } from './message-fields.ts'
import { messageRecords, stubOf } from './message-record.ts'
import { moment, one, several, yesOrNo } from './query-fields.ts'

/** Which messages are synchronised. */
interface Frame {
  readonly from: number
  readonly until?: number
  readonly direction?: 'out' | 'in'
  readonly kinds?: readonly EntryShown['kind'][]
  readonly thread?: number
  /** Of each conversation the newest. */
  readonly newest?: boolean
}

interface Token {
  readonly for: 'message-sync'
  readonly account: number
  readonly user: number
  readonly cursor: string
  readonly atMs: number
  readonly frame: Frame
}

/** So long the log surely has all that changed. */
const tokenKeptForMs = 30 * 24 * 3_600_000
const recordsAtMost = 250

export async function syncMessages(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { query } = knock
  const [type = 'FSync'] = several(query, 'syncType', ['FSync', 'ISync'] as const)
  const count = countOf(query)
  return type === 'FSync' ? fullSync(room, knock, count ?? recordsAtMost) : changesOnly(room, knock, count)
}

/** Gives request.parameter_invalid. */
function countOf(query: Pairs): number | undefined {
  const text = one(query, 'recordCount')
  if (text === undefined) return undefined
  const count = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0
  if (count < 1)
    refuse('request.parameter_invalid', {
      parameter: 'recordCount',
      value: text.slice(0, 100),
      expected: 'a whole number from 1',
    })
  return Math.min(count, recordsAtMost)
}

async function fullSync(room: Room, knock: RingCentralKnock, count: number): Promise<HttpAnswer> {
  const { query } = knock
  const { caller, userId } = knock.target!
  const { from, until } = periodOf(query, room.parts.clock.nowMs())
  const direction = directionOf(query)
  const kinds = kindsOf(several(query, 'messageType', messageTypes))
  const thread = conversationOf(room, query)
  const frame: Frame = {
    from,
    ...(until !== undefined && { until }),
    ...(direction && { direction }),
    ...(kinds && { kinds }),
    ...(thread !== undefined && { thread }),
    ...(yesOrNo(query, 'distinctConversations') && { newest: true }),
  }
  // Before the rows are read: what comes in between is told again rather than never.
  const { cursor } = await room.parts.run(mailboxChangesOperation, caller, { user: userId! })
  const { items, next } = await listFrame(room, knock, frame, count)
  // What did not fit is outside of the frame from now on.
  const seen: Frame = next === null ? frame : { ...frame, from: items.at(-1)?.createdAt ?? from }
  return answer(room, knock, 'FSync', await Promise.all(items.map(messageRecords(room, knock))), cursor, seen, {
    olderRecordsExist: await older(room, knock, seen),
  })
}

async function changesOnly(room: Room, knock: RingCentralKnock, count: number | undefined): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const token = tokenOf(room, knock)
  const { frame } = token
  const dateFrom = moment(knock.query, 'dateFrom')
  const { items, gone, cursor } = await room.parts.run(mailboxChangesOperation, caller, { user: userId!, since: token.cursor })
  const record = messageRecords(room, knock)
  const changed = items.filter((entry) => isIn(frame, entry))
  const records: object[] = await Promise.all(
    changed.map((entry) => (entry.place === 'kept' ? record(entry) : stubOf(room, knock, userId!, entry.id, entry.place))),
  )
  records.push(...gone.map((id) => stubOf(room, knock, userId!, id, 'purged')))
  const widens = count !== undefined || (dateFrom !== undefined && dateFrom < frame.from)
  if (!widens) return answer(room, knock, 'ISync', records, cursor, frame, {})
  const past: Frame = { ...frame, from: dateFrom ?? 0, until: frame.from }
  const { items: added, next } = await listFrame(room, knock, past, count ?? recordsAtMost)
  const wider: Frame = {
    ...frame,
    from: next === null && dateFrom !== undefined ? dateFrom : (added.at(-1)?.createdAt ?? frame.from),
  }
  const told = [...records, ...(await Promise.all(added.map(record)))]
  return answer(room, knock, 'ISync', told, cursor, wider, { olderRecordsExist: await older(room, knock, wider) })
}

function isIn({ from, until, direction, kinds, thread }: Frame, entry: EntryShown): boolean {
  return (
    entry.createdAt >= from &&
    (until === undefined || entry.createdAt < until) &&
    (direction === undefined || entry.direction === direction) &&
    (kinds === undefined || kinds.includes(entry.kind)) &&
    (thread === undefined || entry.thread === thread)
  )
}

async function listFrame(room: Room, knock: RingCentralKnock, { newest, ...frame }: Frame, limit: number) {
  const { caller, userId } = knock.target!
  // Faxes: there are none.
  if (frame.kinds?.length === 0) return { items: [], next: null }
  const narrow = { ...frame, ...(newest && { newestOfThread: true }) }
  return room.parts.run(listMailboxOperation, caller, { user: userId!, limit, ...narrow })
}

/** Whether there is something before the frame. */
async function older(room: Room, knock: RingCentralKnock, frame: Frame): Promise<boolean> {
  return (await listFrame(room, knock, { ...frame, from: 0, until: frame.from }, 1)).items.length > 0
}

function answer(
  room: Room,
  knock: RingCentralKnock,
  syncType: 'FSync' | 'ISync',
  records: readonly object[],
  cursor: string,
  frame: Frame,
  more: { olderRecordsExist?: boolean },
): HttpAnswer {
  const { caller, userId } = knock.target!
  const atMs = room.parts.clock.nowMs()
  const token: Token = { for: 'message-sync', account: caller.account.id, user: userId!, cursor, atMs, frame }
  const syncToken = room.parts.key.seal(JSON.stringify(token))
  const asked = new URLSearchParams(knock.query.filter(([name]) => name !== 'access_token'))
  const uri = `${extensionUri(room, knock, caller.account.id, userId!)}/message-sync${asked.size > 0 ? `?${asked}` : ''}`
  return json({ uri, records, syncInfo: { syncType, syncToken, syncTime: isoTime(atMs), ...more } })
}

/** Gives request.parameter_missing, request.parameter_invalid, message.full_sync_required. */
function tokenOf(room: Room, knock: RingCentralKnock): Token {
  const { caller, userId } = knock.target!
  const sealed = one(knock.query, 'syncToken')
  if (sealed === undefined) refuse('request.parameter_missing', { parameter: 'syncToken' })
  const token = opened(room, sealed)
  if (!token)
    refuse('request.parameter_invalid', {
      parameter: 'syncToken',
      value: sealed.slice(0, 100),
      expected: 'a token of this server',
    })
  const isTooOld = token.atMs < room.parts.clock.nowMs() - tokenKeptForMs
  if (token.account !== caller.account.id || token.user !== userId || isTooOld) refuse('message.full_sync_required')
  return token
}

function opened(room: Room, sealed: string): Token | undefined {
  try {
    const token = JSON.parse(room.parts.key.open(sealed)) as Partial<Token> | null
    return token?.for === 'message-sync' ? (token as Token) : undefined
  } catch {
    return undefined
  }
}
