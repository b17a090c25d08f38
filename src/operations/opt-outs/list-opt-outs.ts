import Type from 'typebox'
import { listOptOuts, type OptOutRow } from '#store/opt-outs.ts'
import { Optional, pageLimit } from '../fields.ts'
import { e164 } from '../numbers/number-input.ts'
import { operation } from '../operation.ts'
import { optOutView, OptOutView, readPair, Recipient, Sender, senderOf, showPair } from './opt-out-view.ts'

const Limit = (most: number, usual: number) =>
  Optional(Type.Integer({ minimum: 1, maximum: most, description: `Rows a page; ${usual} unless told.` }))
const After = Optional(Type.String({ minLength: 1, maxLength: 200, description: 'The cursor of the page before.' }))
const Next = Type.Union([Type.String({ description: 'The cursor of the next page.' }), Type.Null()])

const nextOf = (rows: readonly OptOutRow[], limit: number): string | null =>
  rows.length > limit ? showPair(rows[limit - 1]!) : null

/** In the order of the numbers. Persons who were erased are in force and not shown. */
export const listOptOutsOperation = operation({
  name: 'opt_outs.list',
  summary: 'List who wants no messages',
  permission: 'messages.read',
  input: Type.Object(
    { limit: Limit(1000, 50), after: After, to: Optional(Recipient), from: Optional(Sender) },
    { additionalProperties: false },
  ),
  output: Type.Object({ items: Type.Array(OptOutView), next: Next }),
  reasons: ['number.invalid', 'message.sender_invalid', 'request.cursor_invalid'],
  route: { method: 'GET', path: '/opt-outs' },
  async run({ caller, read }, { limit: asked, after, to, from }) {
    const limit = pageLimit(asked)
    const rows = await listOptOuts(read, {
      account: caller.account.id,
      recipient: to === undefined ? undefined : e164(to),
      sender: from === undefined ? undefined : senderOf(from),
      hashed: false,
      after: after === undefined ? undefined : readPair(after),
      limit: limit + 1,
    })
    return { items: rows.slice(0, limit).map(optOutView), next: nextOf(rows, limit) }
  },
})

/** RFC 4180 2. */
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** The list as comma-separated values, a large page at a time; the first page begins with the names of the columns. */
export const exportOptOutsOperation = operation({
  name: 'opt_outs.export',
  summary: 'Export who wants no messages, as comma-separated values',
  permission: 'messages.read',
  input: Type.Object({ limit: Limit(50_000, 10_000), after: After }, { additionalProperties: false }),
  output: Type.Object({ csv: Type.String({ description: 'Columns to, from, origin, at.' }), next: Next }),
  reasons: ['request.cursor_invalid'],
  route: { method: 'GET', path: '/opt-outs/export' },
  async run({ caller, slow }, { limit = 10_000, after }) {
    const rows = await listOptOuts(slow, {
      account: caller.account.id,
      hashed: false,
      after: after === undefined ? undefined : readPair(after),
      limit: limit + 1,
    })
    const lines = rows
      .slice(0, limit)
      .map((row) => `${quoted(row.recipient)},${quoted(row.sender)},${row.origin},${new Date(row.at_ms).toISOString()}\r\n`)
    return { csv: `${after === undefined ? 'to,from,origin,at\r\n' : ''}${lines.join('')}`, next: nextOf(rows, limit) }
  },
})
