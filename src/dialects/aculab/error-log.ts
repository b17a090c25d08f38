// The account's error log, reference section 17: what happened to calls and applications with nobody waiting for an answer, in the codes from
// 2001 up. It is no list of its own: the records of calls say how each ended, and refusals what was wrong with a script meanwhile.

import type { Static } from 'typebox'
import { listRefusalsOperation, type RefusalView } from '#operations/audit/read-refusal.ts'
import { listCallsOperation } from '#operations/calls/list-calls.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { codeOf } from '#reasons/dictionary.ts'
import { detailOf, Refusal, type Params } from '#reasons/refusal.ts'
import { returnCodeOf, type CallSeen } from './application-state.ts'
import { memoryOf, shownParty } from './call-info.ts'
import { codes } from './codes.ts'
import { faceName } from './auth.ts'
import { stamp } from './formats.ts'
import { wholeList } from './paging.ts'
import type { Asked } from './routes.ts'

export interface ErrorRow {
  readonly atMs: number
  readonly code: string
  readonly text: string
  readonly instance: string
  readonly ddi: string
  readonly cli: string
  readonly parameters: string
}

const isLogged = (code: string | null): code is string => code !== null && /^2\d{3}$/.test(code)

function wordsOf(reason: Slug, params: Params): { code: string; text: string } | undefined {
  const { code, message } = codeOf(codes, { reason, params })
  return isLogged(code) ? { code, text: `${message}. ${detailOf(new Refusal(reason, params))}` } : undefined
}

/** Of these it matters whose end it was: a call's that came in, one's that was up, an application's. */
const bySubject: ReadonlySet<string> = new Set(['credit.exhausted', 'account.on_hold', 'account.usage_limit_exceeded'])
const outOfCredit: ReadonlySet<string> = new Set(['credit.insufficient', 'credit.deduction_failed'])

function* endsOf(call: CallSeen): Generator<{ code: string; text: string }> {
  if (!call.reason) return
  const { slug, params } = call.reason
  const reason: Slug = outOfCredit.has(slug) ? 'credit.exhausted' : (slug as Slug)
  if (bySubject.has(reason)) {
    const subject = call.direction === 'in' && call.answeredAt === null ? 'incoming_call' : 'call'
    const ended = wordsOf(reason, { ...(params as Params), subject })
    if (ended) yield ended
    // The application that ran on it was stopped with it.
    const stopped =
      call.answeredAt !== null && call.origin !== 'dial' && wordsOf(reason, { ...(params as Params), subject: 'application' })
    if (stopped && stopped.code !== ended?.code) yield stopped
    return
  }
  const own = wordsOf(reason, params as Params)
  if (own) return void (yield own)
  const status = returnCodeOf(call)
  if (status >= 0 || call.origin === 'dial') return
  const ended = wordsOf('application.runtime_failed', { status })
  if (ended) yield { ...ended, text: `${ended.text} ${call.reason.detail}` }
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** Oldest first. */
export async function errorRows(asked: Pick<Asked, 'parts' | 'caller' | 'instances'>, span: Span): Promise<ErrorRow[]> {
  const calls = await callsEnded(asked, span)
  const rows = calls.flatMap((call) =>
    [...endsOf(call)].map((said) => ({ atMs: call.endedAt ?? call.createdAt, ...said, ...partiesOf(asked, call) })),
  )
  // One that a script was told of and that has a record too stands here once.
  const known = new Set(calls.map(({ errorId }) => errorId))
  return [...rows, ...(await refusedMeanwhile(asked, span, known))].toSorted((a, b) => a.atMs - b.atMs)
}

export const callsEnded = ({ parts, caller }: Pick<Asked, 'parts' | 'caller'>, { fromMs, toMs }: Span): Promise<CallSeen[]> =>
  wholeList((page) => parts.run(listCallsOperation, caller, { ...page, endedSince: fromMs, endedUntil: toMs }))

const partiesOf = ({ instances }: Pick<Asked, 'instances'>, call: CallSeen) => ({
  instance: call.origin === 'dial' ? '' : instances.instanceOf(call.id),
  ddi: shownParty(call.to),
  cli: shownParty(call.from),
  parameters: call.face === faceName ? memoryOf(call.faceData).applicationParameters : '',
})

const refusalsAtOnce = 1000

/** What a script asked for and did not get; it has no answer of its own, so its status is 0. */
async function refusedMeanwhile(
  { parts, caller }: Pick<Asked, 'parts' | 'caller'>,
  { fromMs, toMs }: Span,
  known: ReadonlySet<string | null>,
): Promise<ErrorRow[]> {
  const rows: ErrorRow[] = []
  for (let after: string | undefined; ;) {
    const page: { items: Static<typeof RefusalView>[]; next: string | null } = await parts.run(listRefusalsOperation, caller, {
      limit: refusalsAtOnce,
      ...(after !== undefined && { after }),
    })
    for (const { at, face, status, reason, params, errorId } of page.items) {
      if (at < fromMs || at >= toMs || face !== faceName || status !== 0 || known.has(errorId)) continue
      const said = wordsOf(reason as Slug, params as Params)
      const { number = '' } = params as { number?: string }
      const isCaller = reason === ('call.caller_not_whitelisted' satisfies Slug)
      const shown = shownParty(String(number))
      if (said)
        rows.push({ atMs: at, ...said, instance: '', ddi: isCaller ? '' : shown, cli: isCaller ? shown : '', parameters: '' })
    }
    const last = page.items.at(-1)
    if (page.next === null || (last && last.at < fromMs)) return rows
    after = page.next
  }
}

export const errorColumns: readonly (readonly [string, (row: ErrorRow) => string | number])[] = [
  ['Date_Time', ({ atMs }) => stamp(atMs)],
  ['Error Code', ({ code }) => code],
  ['Error Text', ({ text }) => text],
  ['Application Instance ID', ({ instance }) => instance],
  ['DDI', ({ ddi }) => ddi],
  ['CLI', ({ cli }) => cli],
  ['Application Parameters', ({ parameters }) => parameters],
]
