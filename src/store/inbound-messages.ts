// Messages from the network: one row each once they are whole. Segments wait for one another in inbound_parts; the last
// one makes the message, in the commit that takes the parts away. What a network sends again does no harm:
//
//   part 2 again, while others are missing     stands already: nothing changes
//   part 2 again, after the message is whole   the mark says so for a while: nothing changes
//   part 2 of another message, same reference  the old set ends as it is, a new one begins
//
// The mark is the part numbered 0, with the hashes of all parts; the reaper takes it away with what never became whole.

import { hash } from 'node:crypto'
import { insertMessage } from './accept-messages.ts'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { fileMessage, threadOf } from './mailbox.ts'
import { keepMedia, type NewMedia } from './media.ts'
import { liftAll, setOptOut } from './opt-outs.ts'
import { lockKey } from './lock-key.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import { freshMessage, type MessageRow } from './messages.ts'
import type { Row } from './schema.ts'

export type InboundPartRow = Row<'inbound_parts'>
type Set = Pick<InboundPartRow, 'carrier_id' | 'sender' | 'recipient' | 'reference' | 'total'>

/** Whose message it is, as the number it came to says. */
export interface InboundOwner {
  readonly account: number
  /** Fixes the form in which it is told. */
  readonly face: string
  readonly numberId: number
  readonly applicationId: number | null
  /** The user who has the number: it goes to their mailbox. */
  readonly userId?: number | undefined
  readonly currency: string
}

const network: Actor = { face: 'network' }

/** Whether the recipient asks for no more messages or for messages again. */
export type OptOutWord = 'stop' | 'start'

export interface NewInbound {
  readonly id: number
  readonly carrier: number
  readonly owner: InboundOwner
  readonly kind: 'sms' | 'mms'
  readonly sender: string
  readonly recipient: string
  readonly text: string
  readonly coding: string
  readonly subject?: string | undefined
  readonly media: readonly NewMedia[]
  /** How many files it came with and could not be had, so that they are not among its media. */
  readonly mediaNotHad?: number
  /** The account's files may come to so much, in bytes; what came from the network and has no room is not kept, and said so. */
  readonly mediaAtMost: number
  readonly optOut?: OptOutWord | undefined
  /** The sender as what is left of somebody after an erasure: whose opt-out may stand under it. */
  readonly senderHash?: string | undefined
  readonly now: number
}

export interface InboundTaken {
  readonly id: number
  /** Whether the word changed anything: who says STOP twice is answered once. */
  readonly optOutChanged: boolean
}

interface Content {
  readonly text: string
  readonly segments: number
  readonly missing: readonly number[]
  /** Ids of the files that were kept, in their order, and how many were not. */
  readonly media: readonly number[]
  readonly mediaLost: number
}

function rowOf(one: Omit<NewInbound, 'text'>, { text, segments, missing, media, mediaLost }: Content): MessageRow {
  const { id, carrier, owner, kind, sender, recipient, coding, subject, now } = one
  const detail = {
    numberId: owner.numberId,
    ...(owner.applicationId !== null && { applicationId: owner.applicationId }),
    ...(subject !== undefined && { subject }),
    ...(media.length > 0 && { media }),
    ...(mediaLost > 0 && { mediaLost }),
    ...(missing.length > 0 && { incomplete: true, missing }),
  }
  const incomplete = missing.length > 0
  return {
    ...freshMessage,
    id,
    account_id: owner.account,
    direction: 'in',
    kind,
    face: owner.face,
    sender,
    recipient,
    body: text,
    coding,
    segments,
    state: 'received',
    reason: incomplete ? 'message.segment_missing' : mediaLost > 0 ? 'message.media_unusable' : null,
    carrier_id: carrier,
    currency: owner.currency,
    detail: JSON.stringify(detail),
    created_ms: now,
    ended_ms: now,
    updated_ms: now,
  }
}

async function insertInbound(tx: Transaction, one: Omit<NewInbound, 'text'>, content: Content): Promise<void> {
  const row = rowOf(one, content)
  await tx.run(insertMessage, row)
  const { userId } = one.owner
  if (userId !== undefined)
    await fileMessage(tx, row, { userId, thread: threadOf(row.account_id, [row.sender, row.recipient]), batchId: null })
  await count(tx, row.account_id, 'messages', 1)
  const { id, account_id: accountId, state, sender: from, recipient: to, segments } = row
  const data = {
    state,
    from,
    to,
    segments,
    ...(content.missing.length > 0 && { reason: row.reason, missing: content.missing }),
    ...(one.optOut !== undefined && { optOut: one.optOut }),
  }
  await happened(tx, { accountId, noun: 'messages', nounId: id, kind: 'received', actor: network, data, atMs: one.now })
}

/** A whole message, and what its word leads to, in one commit. */
export const takeInbound = defineWrite('inbound.take', async (tx, one: NewInbound): Promise<InboundTaken> => {
  const media: number[] = []
  for (const file of one.media) if ((await keepMedia(tx, file, one.mediaAtMost)) === 'kept') media.push(file.row.id)
  const mediaLost = one.media.length - media.length + (one.mediaNotHad ?? 0)
  await insertInbound(tx, one, { text: one.text, segments: 1, missing: [], media, mediaLost })
  const { owner, sender: recipient, recipient: sender, optOut, now } = one
  const deed = { account: owner.account, recipient, sender, origin: 'message', actor: network, now }
  if (optOut === 'stop') return { id: one.id, optOutChanged: await setOptOut(tx, deed) }
  // Whoever asks for messages again asks for those of this sender; one that stands for all senders goes with it.
  if (optOut === 'start') {
    const lifted = await liftAll(tx, deed)
    const hidden = one.senderHash === undefined ? 0 : await liftAll(tx, { ...deed, recipient: one.senderHash })
    return { id: one.id, optOutChanged: lifted + hidden > 0 }
  }
  return { id: one.id, optOutChanged: false }
})

const insertPart = statement<InboundPartRow>((db) =>
  db
    .insertInto('inbound_parts')
    .values({
      carrier_id: bind('carrier_id'),
      sender: bind('sender'),
      recipient: bind('recipient'),
      reference: bind('reference'),
      total: bind('total'),
      part: bind('part'),
      body: bind('body'),
      coding: bind('coding'),
      at_ms: bind('at_ms'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)
const ofSet = statement<Set, InboundPartRow>((db) =>
  db
    .selectFrom('inbound_parts')
    .selectAll()
    .where('carrier_id', '=', bind('carrier_id'))
    .where('sender', '=', bind('sender'))
    .where('recipient', '=', bind('recipient'))
    .where('reference', '=', bind('reference'))
    .where('total', '=', bind('total'))
    .orderBy('part'),
)
const dropSet = statement<Set>((db) =>
  db
    .deleteFrom('inbound_parts')
    .where('carrier_id', '=', bind('carrier_id'))
    .where('sender', '=', bind('sender'))
    .where('recipient', '=', bind('recipient'))
    .where('reference', '=', bind('reference'))
    .where('total', '=', bind('total')),
)

/** Two parts that come at once must see one another. */
const keyOf = (set: Set): string => `inbound ${set.carrier_id} ${set.sender} ${set.recipient} ${set.reference} ${set.total}`

const markPart = 0
const fingerprint = (body: string): string => hash('sha256', body, 'base64url').slice(0, 22)

export interface NewInboundPart extends Omit<NewInbound, 'media' | 'mediaNotHad' | 'mediaAtMost' | 'optOut'> {
  readonly reference: number
  readonly total: number
  /** From 1. */
  readonly part: number
  /** For the old message when this part shows that it will never be whole. */
  readonly spareId: number
}

export interface InboundPartTaken {
  /** Ids of the messages that it made: whole, or ended as it was. */
  readonly made: readonly number[]
  readonly again: boolean
}

/** One segment, and with the last one the message. Answers after the commit that makes it durable. */
export const takeInboundPart = defineWrite('inbound.part', async (tx, one: NewInboundPart): Promise<InboundPartTaken> => {
  const { carrier, sender, recipient, reference, total, part, text, coding, now } = one
  const set: Set = { carrier_id: carrier, sender, recipient, reference, total }
  const mine: InboundPartRow = { ...set, part, body: text, coding, at_ms: now }
  const made: number[] = []
  await lockKey(tx, keyOf(set))
  let stands = await tx.all(ofSet, set)
  const mark = stands.find((row) => row.part === markPart)
  const twin = stands.find((row) => row.part === part)
  if (mark && (JSON.parse(mark.body) as string[])[part - 1] === fingerprint(text)) return { made, again: true }
  if (twin && twin.body === text) return { made, again: true }
  if (mark || twin) {
    // The reference has come round: what stands belongs to an older message.
    if (twin) {
      await endSet(tx, one, one.spareId, stands)
      made.push(one.spareId)
    }
    await tx.run(dropSet, set)
    stands = []
  }
  await tx.run(insertPart, mine)
  const parts = [...stands, mine]
  if (parts.length < total) return { made, again: false }
  parts.sort((a, b) => a.part - b.part)
  await insertInbound(
    tx,
    { ...one, media: [], mediaAtMost: 0, coding: codingOf(parts) },
    { text: parts.map(({ body }) => body).join(''), segments: total, missing: [], media: [], mediaLost: 0 },
  )
  await tx.run(dropSet, set)
  const body = JSON.stringify(parts.map((row) => fingerprint(row.body)))
  await tx.run(insertPart, { ...mine, part: markPart, body })
  return { made: [...made, one.id], again: false }
})

/** Parts may differ: the widest alphabet tells most. */
const codingOf = (parts: readonly InboundPartRow[]): string =>
  parts.find(({ coding }) => coding === 'ucs2')?.coding ?? parts[0]!.coding

/** Where a segment is missing. */
const gap = '[…]'

async function endSet(
  tx: Transaction,
  one: Omit<NewInbound, 'text' | 'media' | 'mediaAtMost' | 'coding'>,
  id: number,
  parts: readonly InboundPartRow[],
): Promise<void> {
  const came = parts.filter(({ part }) => part !== markPart)
  const { total } = parts[0]!
  const texts: string[] = []
  const missing: number[] = []
  for (let part = 1; part <= total; part += 1) {
    const found = came.find((row) => row.part === part)
    if (!found) missing.push(part)
    if (found) texts.push(found.body)
    else if (texts.at(-1) !== gap) texts.push(gap)
  }
  await insertInbound(
    tx,
    { ...one, id, media: [], mediaAtMost: 0, coding: codingOf(came) },
    { text: texts.join(''), segments: total, missing, media: [], mediaLost: 0 },
  )
}

const oldest = statement<{ before: number; limit: number }, InboundPartRow>((db) =>
  db.selectFrom('inbound_parts').selectAll().where('at_ms', '<=', bind('before')).orderBy('at_ms').limit(bind('limit')),
)

/** Parts that have waited since `before`, and marks that have stood so long. */
export const oldParts = (reader: Reader, before: number, limit: number) => reader.all(oldest, { before, limit })

export interface OldSet extends Omit<NewInbound, 'text' | 'media' | 'mediaAtMost' | 'coding' | 'optOut' | 'owner'> {
  readonly reference: number
  readonly total: number
  /** null: nobody owns the number any more, and the parts go with no message. */
  readonly owner: InboundOwner | null
  /** The set is looked at again: a part that came later keeps it waiting. */
  readonly before: number
}

/** Ends a set that did not become whole in time: what came is the message, and says what is missing. False: it still waits. */
export const endInboundSet = defineWrite(
  'inbound.end',
  async (tx, one: OldSet): Promise<{ ended: boolean; id: number | null }> => {
    const { carrier, sender, recipient, reference, total, before, owner } = one
    const set: Set = { carrier_id: carrier, sender, recipient, reference, total }
    const parts = await tx.all(ofSet, set)
    if (parts.length === 0 || parts.some(({ at_ms }) => at_ms > before)) return { ended: false, id: null }
    const came = parts.some(({ part }) => part !== markPart)
    if (came && owner) await endSet(tx, { ...one, owner }, one.id, parts)
    await tx.run(dropSet, set)
    return { ended: true, id: came && owner ? one.id : null }
  },
)
