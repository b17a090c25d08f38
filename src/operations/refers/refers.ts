// REFERs that scripts asked for: who was to call whom, and what the party said to it.

import Type, { type Static } from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { countRefers, listRefers, readRefer, type ReferRow } from '#store/refers.ts'
import { Id, Moment, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'

const Status = (description: string) => Type.Union([Type.Integer({ description }), Type.Null()])

const ReferView = Type.Object({
  id: Id('refer'),
  accountId: Id('account'),
  callId: Id('call', 'Whose party was asked.'),
  from: Type.String({ description: 'The caller of that call.' }),
  to: Type.String({ description: 'Whom the party was asked to call.' }),
  sipStatus: Status('What it answered to the REFER; null: nothing.'),
  notifiedStatus: Status('What it told of how that call went; null: nothing.'),
  createdAt: Moment('When it was known how it came out.'),
})

export type ReferShown = Static<typeof ReferView>

const referView = (row: ReferRow): ReferShown => ({
  id: row.id,
  accountId: row.account_id,
  callId: row.call_id,
  from: row.caller,
  to: row.target,
  sipStatus: row.sip_status,
  notifiedStatus: row.notified_status,
  createdAt: row.created_ms,
})

export const listRefersOperation = operation({
  name: 'refers.list',
  summary: 'List transfers that scripts asked for',
  permission: 'calls.read',
  input: PageOf({
    callId: Optional(Id('call', 'Of this call.')),
    counted: Optional(Type.Boolean({ 'x-hidden': true, description: 'Tell the total.' })),
  }),
  output: Page(ReferView),
  reasons: [],
  route: { method: 'GET', path: '/refers' },
  async run({ caller, read, slow }, { limit: asked, after, skip, oldestFirst, callId, counted }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const where = { call: callId }
    const rows = await listRefers(read, { scope, after, skip, oldestFirst, limit: limit + 1, where })
    return pageFrom(rows, limit, referView, counted ? await countRefers(slow, { scope, where }) : undefined)
  },
})

export const readReferOperation = operation({
  name: 'refers.read',
  summary: 'Read a transfer that a script asked for',
  permission: 'calls.read',
  input: Type.Object({ id: Id('refer') }, { additionalProperties: false }),
  output: ReferView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/refers/{id}' },
  run: async ({ caller, read }, { id }) =>
    referView((await readRefer(read, caller.account.id, id)) ?? refuse('resource.not_found', { noun: 'refer' })),
})
