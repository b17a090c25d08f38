// Exports of messages: asked for, found by a loop, and fetched file by file while they are kept.

import Type, { type Static } from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { exportedMessages } from '#messaging/message-exports.ts'
import { refuse } from '#reasons/refusal.ts'
import {
  cancelMessageExport,
  createMessageExport,
  readMessageExport,
  type ExportFile,
  type ExportFilter,
  type MessageExportRow,
} from '#store/message-exports.ts'
import { Done, Id, Moment, OneOf, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { messageView, MessageView } from './message-view.ts'

const ExportView = Type.Object({
  id: Id('messageExport'),
  status: OneOf(['queued', 'running', 'succeeded', 'empty', 'canceled'], 'How far it is; empty: no message fits.'),
  found: Type.Integer({ description: 'Messages found so far.' }),
  files: Type.Integer({ description: 'How many files there are to fetch.' }),
  createdAt: Moment('When it was asked for.'),
  expiresAt: Type.Union([Moment('Until when its files are kept.'), Type.Null()]),
})

function exportView(row: MessageExportRow): Static<typeof ExportView> {
  const { id, status, found, created_ms: createdAt, expires_ms: expiresAt } = row
  const files = status === 'succeeded' ? (JSON.parse(row.files) as ExportFile[]).length : 0
  return { id, status: status as 'queued', found, files, createdAt, expiresAt }
}

const One = { id: Id('messageExport') }
const dayMs = 24 * 60 * 60_000
const usualDays = 7

const shown = (_: Means, row: MessageExportRow) => exportView(row)

function notFound(): never {
  refuse('resource.not_found', { noun: 'export', parameter: 'id' })
}

export const createMessageExportOperation = operation({
  name: 'message_exports.create',
  summary: 'Export messages',
  permission: 'messages.read',
  input: Type.Object(
    {
      from: Optional(Moment('Accepted at this moment or later; seven days ago unless told.')),
      until: Optional(Moment('Accepted before this moment; now unless told.')),
      number: Optional(Type.String({ maxLength: 64, description: 'Sender or recipient, exactly.' })),
      countries: Optional(
        Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), {
          minItems: 1,
          maxItems: 250,
          description: 'Countries of the other party, ISO 3166 alpha-2.',
        }),
      ),
      limit: Optional(Type.Integer({ minimum: 0, maximum: 100_000_000, description: 'At most so many; 0: all.' })),
    },
    { additionalProperties: false },
  ),
  output: ExportView,
  reasons: [],
  creates: true,
  route: { method: 'POST', path: '/message-exports', status: 202 },
  async run(means, { from, until, number, countries, limit = 0 }) {
    const { caller, nextId, clock } = means
    const now = clock.nowMs()
    const filter: ExportFilter = { from: from ?? now - usualDays * dayMs, until: until ?? now, number, countries }
    const actor = actorOf(caller)
    const row: MessageExportRow = {
      id: nextId(),
      account_id: caller.account.id,
      status: 'queued',
      wanted: JSON.stringify(filter),
      row_limit: limit,
      cursor: -1,
      found: 0,
      files: '[]',
      actor: JSON.stringify(actor),
      created_ms: now,
      updated_ms: now,
      expires_ms: null,
    }
    return shown(means, await means.write(createMessageExport, { row, actor }))
  },
  shown,
})

export const readMessageExportOperation = operation({
  name: 'message_exports.read',
  summary: 'Read how far an export of messages is',
  permission: 'messages.read',
  input: Type.Object(One, { additionalProperties: false }),
  output: ExportView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/message-exports/{id}' },
  async run({ caller, read }, { id }) {
    const row = await readMessageExport(read, caller.account.id, id)
    return row ? exportView(row) : notFound()
  },
})

/** About ten thousand messages, as they are now. */
export const readExportFileOperation = operation({
  name: 'message_exports.read_file',
  summary: 'Fetch a file of an export of messages',
  permission: 'messages.read',
  input: Type.Object(
    { ...One, file: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'From 0.' }) },
    { additionalProperties: false },
  ),
  output: Type.Object({ items: Type.Array(MessageView) }),
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/message-exports/{id}/files/{file}' },
  async run({ caller, read, slow }, { id, file }) {
    const row = await readMessageExport(read, caller.account.id, id)
    const rows = row && (await exportedMessages(slow, row, file))
    return { items: rows ? rows.map(messageView) : notFound() }
  },
})

export const cancelMessageExportOperation = operation({
  name: 'message_exports.cancel',
  summary: 'Call off an export of messages, and take its files away',
  permission: 'messages.read',
  input: Type.Object(One, { additionalProperties: false }),
  output: Done,
  reasons: ['resource.not_found'],
  route: { method: 'DELETE', path: '/message-exports/{id}', status: 204 },
  async run({ caller, write, clock }, { id }) {
    const { canceled } = await write(cancelMessageExport, {
      account: caller.account.id,
      id,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    return canceled ? { done: true } : notFound()
  },
})
