// What the routes of the message store read from a path or a query alike.

import type { EntryShown } from '#operations/mailbox/entry-view.ts'
import { readEntryOperation } from '#operations/mailbox/mailbox.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import type { Pairs } from '#protocols/http/query.ts'
import type { RingCentralKnock, Room } from './knock.ts'
import { moment, one, several } from './query-fields.ts'

export const directions = ['Inbound', 'Outbound'] as const
export const messageTypes = ['Fax', 'SMS', 'VoiceMail', 'Pager', 'Text'] as const

const kindsOfType: Readonly<Record<string, readonly EntryShown['kind'][]>> = {
  SMS: ['sms', 'flash', 'mms'],
  VoiceMail: ['voicemail'],
  Pager: ['internal'],
  Text: ['sms', 'flash', 'mms', 'internal'],
}

/** Undefined: all; an empty list: only kinds that there are none of here. */
export function kindsOf(types: readonly string[]): EntryShown['kind'][] | undefined {
  if (types.length === 0) return undefined
  return [...new Set(types.flatMap((type) => kindsOfType[type] ?? []))]
}

/** One of both, or either. */
export function directionOf(query: Pairs): 'out' | 'in' | undefined {
  const wanted = new Set(several(query, 'direction', directions))
  if (wanted.size !== 1) return undefined
  return wanted.has('Outbound') ? 'out' : 'in'
}

/** Gives request.parameter_invalid. */
export function conversationIn(room: Room, text: string): number {
  const thread = room.ids.read('conversation', text)
  if (thread === undefined)
    refuse('request.parameter_invalid', { parameter: 'conversationId', value: text.slice(0, 100), expected: 'a conversation' })
  return thread
}

export function conversationOf(room: Room, query: Pairs): number | undefined {
  const text = one(query, 'conversationId')
  return text === undefined ? undefined : conversationIn(room, text)
}

/** A number with or without its plus, which a query may have as a blank; short codes as they are. */
export function partyOf(text: string): string {
  const digits = text.replaceAll(/[^0-9]/g, '').slice(0, 40)
  return digits.length > 8 ? `+${digits}` : digits
}

const dayMs = 24 * 3_600_000

/** A day up to `dateTo` unless told. Gives request.parameter_invalid. */
export function periodOf(query: Pairs, now: number): { from: number; until: number | undefined } {
  const until = moment(query, 'dateTo')
  return { from: moment(query, 'dateFrom') ?? (until ?? now) - dayMs, until }
}

/** Gives resource.not_found, which names the path's own parameter. */
export function messageUnknown(named: string, parameter = 'messageId'): never {
  refuse('resource.not_found', { noun: 'message', parameter, id: named.slice(0, 40) })
}

/** A message of the extension in the path that is not purged. Gives resource.not_found. */
export async function entryNamed(room: Room, knock: RingCentralKnock, mayBePurged = false): Promise<EntryShown> {
  const { caller, userId } = knock.target!
  const named = knock.params['messageId']!
  const id = room.ids.read('message', named) ?? messageUnknown(named)
  try {
    const entry = await room.parts.run(readEntryOperation, caller, { id })
    if (entry.userId !== userId || (entry.place === 'purged' && !mayBePurged)) messageUnknown(named)
    return entry
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'resource.not_found') messageUnknown(named)
    throw error
  }
}
