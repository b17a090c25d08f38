// call-log-sync (reference 8.1): the newest calls of a frame at first, then what began or changed in it. The token is sealed: it holds
// where the log stood and the frame, never the count, and is good for the log it was made for. Nothing is kept here between two calls.

import { lifetimesOf } from './applications.ts'
import { callChangesOperation } from '#operations/calls/call-log.ts'
import { listCallsOperation } from '#operations/calls/list-calls.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import type { Pairs } from '#protocols/http/query.ts'
import { refuse } from '#reasons/refusal.ts'
import { isDetailed, logUri, oneOf, ownerOf, recordedOf } from './call-log.ts'
import { lastReset } from './call-log-reset.ts'
import { callRecords, type CallShown, isReceived } from './call-record.ts'
import { isoTime } from './formats.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { moment, one, yesOrNo } from './query-fields.ts'

/** Which calls are synchronised. */
interface Frame {
  readonly from: number
  readonly missed: boolean
  readonly recorded?: 'any' | 'api' | 'script'
  readonly showsDeleted: boolean
}

interface Token {
  readonly for: 'call-log-sync'
  readonly account: number
  /** null: of the account. */
  readonly user: number | null
  readonly cursor: string
  readonly atMs: number
  readonly frame: Frame
}

const recordsAtMost = 250
const dayMs = 24 * 3_600_000

export async function syncCallLog(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { query } = knock
  const type = oneOf(query, 'syncType', ['FSync', 'ISync'] as const) ?? 'FSync'
  const count = countOf(query, type)
  return type === 'FSync' ? fullSync(room, knock, count!) : changesOnly(room, knock, count ?? 0)
}

/** Gives request.parameter_missing, request.parameter_invalid. */
function countOf(query: Pairs, type: 'FSync' | 'ISync'): number | undefined {
  const text = one(query, 'recordCount')
  if (text === undefined) {
    if (type === 'FSync') refuse('request.parameter_missing', { parameter: 'recordCount' })
    return undefined
  }
  const least = type === 'FSync' ? 1 : 0
  const count = /^[0-9]{1,9}$/.test(text) ? Number(text) : -1
  if (count < least || count > recordsAtMost) {
    const expected = `a whole number from ${least} to ${recordsAtMost}`
    refuse('request.parameter_invalid', { parameter: 'recordCount', value: text.slice(0, 100), expected })
  }
  return count
}

async function fullSync(room: Room, knock: RingCentralKnock, count: number): Promise<HttpAnswer> {
  const { query } = knock
  const recorded = recordedOf(query)
  const now = room.parts.clock.nowMs()
  // What is older than the log is kept is cut, not refused.
  const from = Math.max(moment(query, 'dateFrom') ?? 0, now - 30 * dayMs)
  const frame: Frame = {
    from,
    missed: oneOf(query, 'statusGroup', ['Missed', 'All'] as const) === 'Missed',
    showsDeleted: yesOrNo(query, 'showDeleted') ?? false,
    ...(recorded && { recorded }),
  }
  isDetailed(query)
  // Before the rows are read: what comes in between is told again rather than never.
  const user = ownerOf(knock)
  const { cursor } = await room.parts.run(callChangesOperation, knock.target!.caller, { ...(user !== undefined && { user }) })
  const { items, next } = await listFrame(room, knock, frame, count)
  // What did not fit is outside of the frame from now on.
  const seen: Frame = next === null ? frame : { ...frame, from: items.at(-1)?.createdAt ?? from }
  return answer(room, knock, 'FSync', items, cursor, seen)
}

async function changesOnly(room: Room, knock: RingCentralKnock, count: number): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const { cursor: since, frame } = await tokenOf(room, knock)
  const user = ownerOf(knock)
  const { items, cursor } = await room.parts.run(callChangesOperation, caller, { since, ...(user !== undefined && { user }) })
  const changed = items.filter((call) => isIn(frame, call))
  if (changed.length > recordsAtMost) refuse('call_log.sync_token_invalid', { fault: 'too_many_changes' })
  const older = Math.min(count, recordsAtMost - changed.length)
  if (older === 0) return answer(room, knock, 'ISync', changed, cursor, frame)
  const past = await listFrame(room, knock, { ...frame, from: 0 }, older, frame.from)
  const wider: Frame = { ...frame, from: past.items.at(-1)?.createdAt ?? frame.from }
  return answer(room, knock, 'ISync', [...changed, ...past.items], cursor, wider)
}

const missedStates = ['busy', 'no_answer', 'canceled', 'failed'] as const

function isIn({ from, missed, showsDeleted }: Frame, call: CallShown): boolean {
  if (call.parentId !== null || call.createdAt < from || (call.hidden && !showsDeleted)) return false
  return !missed || (isReceived(call) && (missedStates as readonly string[]).includes(call.state))
}

function listFrame(room: Room, knock: RingCentralKnock, frame: Frame, limit: number, until?: number) {
  const userId = ownerOf(knock)
  const { from, missed, recorded, showsDeleted } = frame
  return room.parts.run(listCallsOperation, knock.target!.caller, {
    first: true,
    limit,
    since: from,
    ...(until !== undefined && { until }),
    ...(missed && { seenAs: 'in', states: missedStates }),
    ...(recorded && { recorded }),
    ...(userId !== undefined && { userId, ...(!showsDeleted && { hidden: false }) }),
  })
}

async function answer(
  room: Room,
  knock: RingCentralKnock,
  syncType: 'FSync' | 'ISync',
  calls: readonly CallShown[],
  cursor: string,
  frame: Frame,
): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const user = ownerOf(knock)
  const atMs = room.parts.clock.nowMs()
  const token: Token = { for: 'call-log-sync', account: caller.account.id, user: user ?? null, cursor, atMs, frame }
  const syncToken = room.parts.key.seal(JSON.stringify(token))
  const record = callRecords(room, knock, { userId: user, isDetailed: isDetailed(knock.query) })
  const asked = new URLSearchParams(knock.query.filter(([name]) => name !== 'access_token'))
  const uri = `${logUri(room, knock, user)}/call-log-sync${asked.size > 0 ? `?${asked}` : ''}`
  const records = await Promise.all(calls.map(record))
  return json({ uri, records, syncInfo: { syncType, syncToken, syncTime: isoTime(atMs) } })
}

/** In the order of reference 12.6. Gives request.parameter_missing, call_log.sync_token_invalid. */
async function tokenOf(room: Room, knock: RingCentralKnock): Promise<Token> {
  const { caller } = knock.target!
  const sealed = one(knock.query, 'syncToken')
  if (sealed === undefined) refuse('request.parameter_missing', { parameter: 'syncToken' })
  const token = opened(room, sealed)
  if (!token) refuse('call_log.sync_token_invalid', { fault: 'malformed' })
  const user = ownerOf(knock) ?? null
  if (token.for !== 'call-log-sync' || token.account !== caller.account.id || token.user !== user)
    refuse('call_log.sync_token_invalid', { fault: 'other_owner' })
  if (user !== null && (await lastReset(room, user)) >= token.atMs) refuse('call_log.sync_token_invalid', { fault: 'log_reset' })
  const keptMs = lifetimesOf(caller.app!).syncTokenS * 1000
  if (token.atMs < room.parts.clock.nowMs() - keptMs) refuse('call_log.sync_token_invalid', { fault: 'expired' })
  return token
}

/** Of whatever this server sealed as a token of a synchronisation. */
function opened(room: Room, sealed: string): Token | undefined {
  try {
    const token = JSON.parse(room.parts.key.open(sealed)) as Partial<Token> | null
    return token?.for !== undefined && token.atMs !== undefined ? (token as Token) : undefined
  } catch {
    return undefined
  }
}
