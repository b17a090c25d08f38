// Evidence: the bytes that went over the wire for a message or a call, and steps of calls. Unsynchronised, packed many records to a row, capped in size;
// the oldest rows go first. It has no index by message: whoever asks for a message's evidence knows when things happened
// to it, and the rows of those moments are searched.
//
// A record, all integers big-endian:
//
//   length   message id   at (ms UTC)   direction    protocol        bytes
//   u32      u64          u64           u8 0 out,1 in u8 length, text ...       length counts what follows it

import { sql } from 'kysely'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export interface EvidenceRecord {
  /** Of the message or the call: ids are of one sequence. */
  readonly messageId: number
  readonly direction: 'out' | 'in'
  readonly protocol: string
  readonly bytes: Uint8Array
  readonly atMs: number
}

export type EvidenceRow = Row<'evidence'>

const headBytes = 4 + 8 + 8 + 1 + 1

export const packedBytes = (record: EvidenceRecord): number => headBytes + record.protocol.length + record.bytes.length

/** Writes a record at `at`, which must have room for it; gives where the next one goes. */
export function packRecord(into: Buffer, at: number, record: EvidenceRecord): number {
  const { messageId, direction, protocol, bytes, atMs } = record
  const end = at + packedBytes(record)
  into.writeUInt32BE(end - at - 4, at)
  writeSafe(into, messageId, at + 4)
  writeSafe(into, atMs, at + 12)
  into[at + 20] = direction === 'out' ? 0 : 1
  into[at + 21] = protocol.length
  into.write(protocol, at + 22, 'latin1')
  into.set(bytes, at + 22 + protocol.length)
  return end
}

/** 53 bits as 64, without a BigInt. */
function writeSafe(into: Buffer, value: number, at: number): void {
  into.writeUInt32BE(Math.floor(value / 2 ** 32), at)
  into.writeUInt32BE(value % 2 ** 32, at + 4)
}

const readSafe = (from: Buffer, at: number): number => from.readUInt32BE(at) * 2 ** 32 + from.readUInt32BE(at + 4)

/** The records that `wanted` lets through, in the order in which they were kept. */
function unpack(records: Uint8Array, wanted: (messageId: number) => boolean): EvidenceRecord[] {
  const from = Buffer.from(records.buffer, records.byteOffset, records.byteLength)
  const found: EvidenceRecord[] = []
  for (let at = 0; at + headBytes <= from.length;) {
    const end = at + 4 + from.readUInt32BE(at)
    const messageId = readSafe(from, at + 4)
    if (wanted(messageId)) {
      const text = at + 22
      const bytes = text + from[at + 21]!
      found.push({
        messageId,
        direction: from[at + 20] === 0 ? 'out' : 'in',
        protocol: from.toString('latin1', text, bytes),
        bytes: new Uint8Array(from.subarray(bytes, end)),
        atMs: readSafe(from, at + 12),
      })
    }
    at = end
  }
  return found
}

const insert = statement<EvidenceRow>((db) =>
  db
    .insertInto('evidence')
    .values({
      id: bind('id'),
      from_ms: bind('from_ms'),
      to_ms: bind('to_ms'),
      size_bytes: bind('size_bytes'),
      records: bind('records'),
    })
    .onConflict((conflict) => conflict.column('id').doNothing()),
)

export interface EvidenceBatch {
  readonly id: number
  readonly fromMs: number
  readonly toMs: number
  readonly records: Uint8Array
}

/** For `store.note(keepEvidence, batch)`. */
export const keepEvidence = defineWrite('evidence.keep', async (tx, batch: EvidenceBatch): Promise<null> => {
  const { id, fromMs, toMs, records } = batch
  await tx.run(insert, { id, from_ms: fromMs, to_ms: toMs, size_bytes: records.length, records })
  return null
})

/** A row holds no more than so long: whoever fills one flushes it by then. */
export const evidenceSpanMs = 1000
/** How far the moment of a record may be from that of the change it belongs to. */
const slackMs = 2000
/** Rows read at once, of up to some 64 KB each. */
const rowsAtOnce = 16

const overlapping = statement<{ from: number; to: number; after: number; limit: number }, EvidenceRow>((db) =>
  db
    .selectFrom('evidence')
    .selectAll()
    .where('to_ms', '>=', bind('from'))
    .where('to_ms', '<=', bind('to'))
    .where('id', '>', bind('after'))
    .orderBy('id')
    .limit(bind('limit')),
)

/** Rows that hold something of these moments, each once. */
async function* rowsAround(notes: Reader, around: readonly number[]): AsyncGenerator<EvidenceRow> {
  const spans: { from: number; to: number }[] = []
  for (const ms of around.toSorted((a, b) => a - b)) {
    const from = ms - slackMs
    const to = ms + slackMs + evidenceSpanMs
    const last = spans.at(-1)
    if (last && from <= last.to) last.to = to
    else spans.push({ from, to })
  }
  for (const { from, to } of spans) {
    for (let after = -1; ;) {
      const rows = await notes.all(overlapping, { from, to, after, limit: rowsAtOnce })
      yield* rows
      if (rows.length < rowsAtOnce) break
      after = rows.at(-1)!.id
    }
  }
}

/** What is kept of a message, oldest first; `around` are the moments at which something happened to it. */
export async function evidenceOf(notes: Reader, messageId: number, around: readonly number[]): Promise<EvidenceRecord[]> {
  const needle = Buffer.alloc(8)
  writeSafe(needle, messageId, 0)
  const found: EvidenceRecord[] = []
  for await (const { records } of rowsAround(notes, around)) {
    const bytes = Buffer.from(records.buffer, records.byteOffset, records.byteLength)
    if (bytes.includes(needle)) found.push(...unpack(records, (id) => id === messageId))
  }
  return found.toSorted((a, b) => a.atMs - b.atMs)
}

const byId = statement<{ id: number }, EvidenceRow>((db) => db.selectFrom('evidence').selectAll().where('id', '=', bind('id')))
const replace = statement<{ id: number; records: Uint8Array; size_bytes: number }>((db) =>
  db
    .updateTable('evidence')
    .set({ records: bind('records'), size_bytes: bind('size_bytes') })
    .where('id', '=', bind('id')),
)

/** For `store.note(eraseEvidence, ...)`: takes what belongs to these messages out of a row. */
export const eraseEvidence = defineWrite(
  'evidence.erase',
  async (tx, input: { id: number; messageIds: readonly number[] }): Promise<null> => {
    const row = await tx.one(byId, { id: input.id })
    if (!row) return null
    const gone = new Set(input.messageIds)
    const kept = unpack(row.records, (id) => !gone.has(id))
    const records = Buffer.alloc(kept.reduce((sum, record) => sum + packedBytes(record), 0))
    let at = 0
    for (const record of kept) at = packRecord(records, at, record)
    await tx.run(replace, { id: input.id, records: new Uint8Array(records), size_bytes: records.length })
    return null
  },
)

/** Rows around these moments that hold something of one of the messages. */
export async function evidenceRowsOf(notes: Reader, messageIds: readonly number[], around: readonly number[]): Promise<number[]> {
  const wanted = new Set(messageIds)
  const found: number[] = []
  for await (const { id, records } of rowsAround(notes, around))
    if (unpack(records, (one) => wanted.has(one)).length > 0) found.push(id)
  return found
}

const total = statement<{}, { bytes: number | null }>((db) =>
  db.selectFrom('evidence').select((eb) => eb.fn.sum<number>('size_bytes').as('bytes')),
)

/** How much is kept: a sum over some thousand rows. */
export const evidenceBytes = async (notes: Reader): Promise<number> => Number((await notes.one(total, {}))?.bytes ?? 0)

const oldest = statement<{ limit: number }, { id: number; size_bytes: number; to_ms: number }>((db) =>
  db.selectFrom('evidence').select(['id', 'size_bytes', 'to_ms']).orderBy('to_ms').limit(bind('limit')),
)

/** The oldest rows, without what they hold. */
export const oldestEvidence = (notes: Reader, limit: number) => notes.all(oldest, { limit })

const drop = statement<{ before: number; limit: number }>((db) =>
  db
    .deleteFrom('evidence')
    .where(sql<boolean>`id in (select id from evidence where to_ms <= ${bind('before')} order by to_ms limit ${bind('limit')})`),
)

/** For `store.note(purgeEvidence, ...)`: at most `limit` rows that end no later than `untilMs`. */
export const purgeEvidence = defineWrite(
  'evidence.purge',
  async (tx, input: { untilMs: number; limit: number }): Promise<number> =>
    await tx.run(drop, { before: input.untilMs, limit: input.limit }),
)
