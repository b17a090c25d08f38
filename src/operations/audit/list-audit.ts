import Type from 'typebox'
import { happeningsOfAccount } from '#store/happenings.ts'
import { Moment, Optional } from '../fields.ts'
import { operation } from '../operation.ts'

/** Every change in the account, newest first: what, who, through which face. */
export const listAuditOperation = operation({
  name: 'audit.list',
  summary: 'List what changed in the account, and who did it',
  permission: 'audit.read',
  input: Type.Object(
    {
      limit: Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Rows a page; 50 unless told.' })),
      after: Optional(Type.Integer({ minimum: 0, 'x-cursor': true, description: 'The cursor of the page before.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        sequence: Type.Integer(),
        noun: Type.String(),
        nounId: Type.Integer({ 'x-noun-of': 'noun' }),
        kind: Type.String(),
        actor: Type.Record(Type.String(), Type.Unknown()),
        data: Type.Unknown(),
        at: Moment('When it happened.'),
      }),
    ),
    next: Type.Union([Type.Integer({ 'x-cursor': true }), Type.Null()]),
  }),
  reasons: [],
  route: { method: 'GET', path: '/audit' },
  async run({ caller, read }, { limit = 50, after }) {
    const rows = await happeningsOfAccount(read, caller.account.id, limit + 1, after)
    const shown = rows.slice(0, limit)
    return {
      items: shown.map((row) => ({
        sequence: row.seq,
        noun: row.noun,
        nounId: row.noun_id,
        kind: row.kind,
        actor: JSON.parse(row.actor) as Record<string, unknown>,
        data: JSON.parse(row.data) as unknown,
        at: row.at_ms,
      })),
      next: rows.length > limit ? shown.at(-1)!.seq : null,
    }
  },
})
