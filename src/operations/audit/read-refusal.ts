import Type, { type Static } from 'typebox'
import { catalogue, type Slug } from '#reasons/catalogue.ts'
import { detailOf, refusal, refuse } from '#reasons/refusal.ts'
import { countRefusals, findRefusal, listRefusals, refusalOfEnd, type RefusalRow } from '#store/refusals.ts'
import { readCallByError, type CallRow } from '#store/calls.ts'
import { readMessageByError, type MessageRow } from '#store/messages.ts'
import { Id, maximumSkip, Moment, Optional } from '../fields.ts'
import type { RefusedCall } from '../knock.ts'
import { operation } from '../operation.ts'

export const RefusalView = Type.Object({
  errorId: Type.String({ description: 'The id that the answer showed.' }),
  reason: Type.String(),
  fault: Type.String(),
  retry: Type.String(),
  title: Type.String(),
  detail: Type.String(),
  remedy: Type.String(),
  params: Type.Record(Type.String(), Type.Unknown()),
  errors: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  face: Type.String({ description: 'The API that was asked.' }),
  method: Type.String(),
  path: Type.String(),
  status: Type.Integer({ description: 'Status of the answer: of HTTP, or of SIP where the face is sip.' }),
  code: Type.String({ description: 'The code that the face gave, where it has codes.' }),
  source: Type.String({ description: 'Address of the client.' }),
  traceId: Type.String(),
  callId: Type.Union([Id('call', 'The call whose script it was in.'), Type.Null()]),
  turnedAway: Type.Union(
    [
      Type.Object({
        from: Type.String({ description: 'Who rang.' }),
        to: Type.String({ description: 'The number or name that was called.' }),
        carrierId: Type.Union([Id('carrier', 'The trunk that it came over.'), Type.Null()]),
        clientId: Type.Union([Id('client', 'The phone that it came from.'), Type.Null()]),
      }),
      Type.Null(),
    ],
    { description: 'Of a call or a registration over SIP that was refused before there was a record of it.' },
  ),
  leftOut: Type.Integer({
    description: 'So many refusals of the same source came since the one that was kept before, and were counted alone.',
  }),
  at: Moment('When it was refused.'),
})

/** The `params` column: parameters of the refusal, and further faults of the same request. */
interface KeptParams {
  params: Record<string, unknown>
  errors: { reason: string; params: Record<string, unknown> }[]
  call?: number
  turnedAway?: RefusedCall
  leftOut?: number
}

function refusalView(row: RefusalRow): Static<typeof RefusalView> {
  const slug = row.reason as Slug
  const { fault, retry, title, remedy } = catalogue[slug]
  const { params, errors, call = null, turnedAway = null, leftOut = 0 } = JSON.parse(row.params) as KeptParams
  return {
    errorId: row.error_id,
    reason: slug,
    fault,
    retry,
    title,
    detail: detailOf(refusal(slug, params as never)),
    remedy,
    params,
    errors: errors.map((one) => ({ reason: one.reason, params: one.params })),
    face: row.face,
    method: row.method,
    path: row.path,
    status: row.status,
    code: row.code,
    source: row.source,
    traceId: row.trace_id,
    callId: call,
    turnedAway,
    leftOut,
    at: row.at_ms,
  }
}

function endedView(row: MessageRow | CallRow): Static<typeof RefusalView> {
  const { ended_ms: endedMs, created_ms: createdMs } = row
  const ended = { errorId: row.error_id!, reason: row.reason!, params: row.params ?? '{}', atMs: endedMs ?? createdMs }
  return refusalView(refusalOfEnd(row, ended))
}

/** A refusal by the id that its answer showed, or that the record of a message or a call shows: the account's own; the operator finds everybody's, also strangers'. */
export const readRefusalOperation = operation({
  name: 'refusals.read',
  summary: 'Look up a refusal by its error id',
  permission: 'refusals.read',
  input: Type.Object(
    { errorId: Type.String({ pattern: '^[0-9a-fA-F-]{32,36}$', maxLength: 36, description: 'The error id, a UUID.' }) },
    { additionalProperties: false },
  ),
  output: RefusalView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/refusals/{errorId}' },
  async run({ caller, notes, noted, read }, { errorId }) {
    const id = errorId.toLowerCase()
    const everybodys = caller.permissions.has('operator')
    const find = () => findRefusal(notes, everybodys ? null : caller.account.id, id)
    // Its answer may have been faster than its note.
    const row = (await find()) ?? (await noted().then(find))
    if (row) return refusalView(row)
    const ended = (await readMessageByError(read, id)) ?? (await readCallByError(read, id))
    if (!ended || (!everybodys && ended.account_id !== caller.account.id))
      refuse('resource.not_found', { noun: 'refusal', id: errorId })
    return endedView(ended)
  },
})

/** The account's refusals, newest first; kept for seven days. The operator may ask for those of nobody's account. */
export const listRefusalsOperation = operation({
  name: 'refusals.list',
  summary: "List the account's refusals",
  permission: 'refusals.read',
  input: Type.Object(
    {
      limit: Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Rows a page; 50 unless told.' })),
      strangers: Optional(
        Type.Boolean({
          description:
            "Those of nobody's account, such as calls to numbers that nobody has. The operator alone may ask for them.",
        }),
      ),
      after: Optional(
        Type.String({ pattern: '^[0-9]+\\.[0-9a-f-]{36}$', maxLength: 60, description: 'The cursor of the page before.' }),
      ),
      skip: Optional(
        Type.Integer({
          minimum: 0,
          maximum: maximumSkip,
          'x-hidden': true,
          description: 'Rows to pass over; serves page numbers.',
        }),
      ),
      counted: Optional(Type.Boolean({ 'x-hidden': true, description: 'Tell the total, counted as far as page numbers reach.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    items: Type.Array(RefusalView),
    next: Type.Union([Type.String(), Type.Null()]),
    total: Optional(Type.Integer()),
  }),
  reasons: ['permission.denied'],
  route: { method: 'GET', path: '/refusals' },
  async run({ caller, notes, noted }, { limit = 50, after, skip, counted, strangers }) {
    if (strangers && !caller.permissions.has('operator')) refuse('permission.denied', { permission: 'operator' })
    const account = strangers ? null : caller.account.id
    const cut = after?.indexOf('.') ?? 0
    const last = after === undefined ? undefined : { at_ms: Number(after.slice(0, cut)), error_id: after.slice(cut + 1) }
    await noted()
    const rows = await listRefusals(notes, account, limit + 1, last, skip)
    const shown = rows.slice(0, limit)
    const end = shown.at(-1)
    const total = counted ? await countRefusals(notes, account, maximumSkip + 1000) : undefined
    return {
      ...(total !== undefined && { total }),
      items: shown.map(refusalView),
      next: rows.length > limit && end ? `${end.at_ms}.${end.error_id}` : null,
    }
  },
})
