// Finds the messages of an export, oldest first, in steps small enough that no request waits long behind one, and sets where each of its
// files ends. A step that was done before a crash is not done again: see stepMessageExport.

import type { Loop, LoopParts } from '#loops/loop.ts'
import {
  nextMessageExport,
  purgeMessageExports,
  stepMessageExport,
  type ExportFile,
  type ExportFilter,
  type MessageExportRow,
} from '#store/message-exports.ts'
import { listMessages, type MessageRow } from '#store/messages.ts'
import type { Reader } from '#store/store.ts'
import { parseE164 } from '#values/e164.ts'

/** Looked at in one step. */
const perStep = 1000
/** Steps of one run; the next run goes on. */
const stepsAtMost = 50
/** A file has so many messages, or up to a step's more. */
const perFile = 10_000
const purgedAtOnce = 200

const countryOf = ({ direction, sender, recipient }: MessageRow): string =>
  parseE164(direction === 'in' ? sender : recipient)?.country ?? ''

/** The next of those that an export looks at, and whether there are more. */
async function look(read: Reader, account: number, filter: ExportFilter, after: number) {
  const { from, until, number, countries } = filter
  const where = { from, until, number }
  const seen = await listMessages(read, { scope: account, after, limit: perStep, oldestFirst: true, where })
  const rows = countries === undefined ? seen : seen.filter((row) => countries.includes(countryOf(row)))
  return { rows, to: seen.at(-1)?.id ?? after, last: seen.length < perStep }
}

export const messageExportsLoop: Loop<LoopParts> = {
  name: 'message-exports',
  everyMs: 250,
  async do({ store, clock }) {
    let steps = await store.write(purgeMessageExports, { beforeMs: clock.nowMs(), limit: purgedAtOnce })
    while (steps < stepsAtMost) {
      const row = await nextMessageExport(store)
      if (!row) break
      let { cursor, found } = row
      let files = JSON.parse(row.files) as ExportFile[]
      for (let isOver = false; !isOver && steps < stepsAtMost; steps += 1) {
        const filter = JSON.parse(row.wanted) as ExportFilter
        const page = await look(store.slow, row.account_id, filter, cursor)
        const room = row.row_limit === 0 ? Infinity : row.row_limit - found
        const taken = page.rows.slice(0, room)
        const isFull = taken.length === room
        const to = isFull ? (taken.at(-1)?.id ?? page.to) : page.to
        found += taken.length
        files = joined(files, taken)
        const last = page.last || isFull
        const done = await store.write(stepMessageExport, { row, cursor, to, last, found, files, now: clock.nowMs() })
        isOver = last || !done
        cursor = to
      }
    }
    return steps
  },
}

function joined(files: readonly ExportFile[], rows: readonly MessageRow[]): ExportFile[] {
  const end = rows.at(-1)
  if (!end) return [...files]
  const current = files.at(-1)
  if (!current || current.rows >= perFile) return [...files, { upTo: end.id, rows: rows.length }]
  return [...files.slice(0, -1), { upTo: end.id, rows: current.rows + rows.length }]
}

/** The messages of one file, from 0, as they are now; undefined when there is no such file. */
export async function exportedMessages(read: Reader, row: MessageExportRow, file: number): Promise<MessageRow[] | undefined> {
  const files = JSON.parse(row.files) as ExportFile[]
  const found = files[file]
  if (!found || row.status !== 'succeeded') return undefined
  const filter = JSON.parse(row.wanted) as ExportFilter
  const rows: MessageRow[] = []
  let after = files[file - 1]?.upTo ?? -1
  for (;;) {
    const page = await look(read, row.account_id, filter, after)
    for (const one of page.rows) if (one.id <= found.upTo) rows.push(one)
    if (page.last || page.to >= found.upTo) return rows
    after = page.to
  }
}
