// Reports, reference section 12: applications (`adr`), calls (`cdr`) and the error log (`err`), as CSV or JSON. A report is its name: it says what is in it and of
// which time, and its rows are read when the file is fetched. So none is ever running, and none has to be kept or cancelled.

import { listRefusalsOperation } from '#operations/audit/read-refusal.ts'
import { listCallsOperation } from '#operations/calls/list-calls.ts'
import { detailOf, Refusal, refusal, refuse } from '#reasons/refusal.ts'
import { applicationColumns, applicationRecords } from './application-records.ts'
import { returnCodeOf, type CallSeen } from './application-state.ts'
import { causeOf, shownParty } from './call-info.ts'
import { callsEnded, errorColumns, errorRows } from './error-log.ts'
import { dollars, stamp } from './formats.ts'
import { usualCloudId } from './ids.ts'
import { choice, flag, must, text, type Parameter } from './parameters.ts'
import { deed, SentFile, type Asked, type DeedTable } from './routes.ts'

const types = ['adr', 'cdr', 'csr', 'err', 'fdr', 'msg'] as const
type ReportType = (typeof types)[number]

const reportType = choice<ReportType>(new Map(types.map((type) => [type, type])), (given) =>
  refusal('report.type_unsupported', { type: given.slice(0, 40) }),
)
const fileTypes = choice<'csv' | 'json'>(
  new Map([
    ['csv', 'csv'],
    ['json', 'json'],
  ]),
  (given) => refusal('report.file_type_unsupported', { fileType: given.slice(0, 40) }),
)

/** `YYYY-MM-DD_hh:mm:ss`, UTC. */
const moment: Parameter<number> = {
  required: false,
  read(value, name) {
    const ms = momentOf(value)
    return ms === undefined ? refusal('report.datetime_malformed', { parameter: name, value: value.slice(0, 40) }) : ms
  },
}

function momentOf(value: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d$/.test(value)) return undefined
  const ms = Date.parse(`${value.replace('_', 'T')}Z`)
  return Number.isNaN(ms) || stamp(ms) !== value ? undefined : ms
}

/** So many calendar months on: a month that is too short ends the sooner. */
function plusMonths(ms: number, months: number): number {
  const at = new Date(ms)
  const day = at.getUTCDate()
  at.setUTCDate(1)
  at.setUTCMonth(at.getUTCMonth() + months)
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate()
  at.setUTCDate(Math.min(day, last))
  return at.getTime()
}

/** The first moment of the month that is five before this one: six with the current one. */
function oldestMs(nowMs: number): number {
  const now = new Date(nowMs)
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 5, 1)
}

const monthsAtMost = 2

const start = deed({
  parameters: { report: must(reportType), from: must(moment), to: must(moment), filetype: fileTypes, full: flag },
  operations: [listCallsOperation],
  async answer(asked) {
    const { report, from, to, filetype = 'csv', full = false } = asked.fields
    if (full && filetype !== 'json') refuse('report.full_requires_json', {})
    if (from >= to) refuse('report.range_reversed', {})
    if (to > plusMonths(from, monthsAtMost)) refuse('report.range_too_long', {})
    if (from < oldestMs(asked.parts.clock.nowMs())) refuse('report.start_too_old', {})
    if (!Object.hasOwn(tables, report)) refuse('platform.not_implemented', { operation: `reports of type ${report}` })
    return { filename: `${ownPrefix(asked)}${report}_${stamp(from)}_${stamp(to)}.${filetype}` }
  },
})

const ownPrefix = ({ parts, caller }: Pick<Asked, 'parts' | 'caller'>): string =>
  `${String(parts.settings.options()['cloudId'] ?? usualCloudId)}_${caller.user?.login ?? ''}_`

/** None is running: each is made when it is fetched. */
const progress = deed({ operations: [listCallsOperation], answer: async () => ({}) })

const fileForm = /^(adr|cdr|err)_(\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d)_(\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d)\.(csv|json)$/

const get = deed({
  parameters: { filename: text(/^[^\p{Cc}]{1,300}$/u, 'the name of a report') },
  operations: [listCallsOperation, listRefusalsOperation],
  async answer(asked) {
    const name = asked.fields.filename ?? refuse('file.parameter_missing', { parameter: 'filename' })
    const prefix = ownPrefix(asked)
    const [, type, from = '', to = '', fileType] = fileForm.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '') ?? []
    const fromMs = momentOf(from)
    const toMs = momentOf(to)
    if (fromMs === undefined || toMs === undefined) return refuse('file.not_found', { file: name })
    const table = await tables[type as keyof typeof tables](asked, { fromMs, toMs })
    const bytes = Buffer.from(fileType === 'json' ? asJson(table) : asCsv(table))
    return new SentFile({ bytes, type: fileType === 'json' ? 'application/json' : 'text/csv; charset=utf-8', name })
  },
})

interface Table {
  readonly names: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

type Columns<T> = readonly (readonly [string, (row: T) => string | number])[]

const tableOf = <T>(columns: Columns<T>, rows: readonly T[]): Table => ({
  names: columns.map(([name]) => name),
  rows: rows.map((row) => columns.map(([, value]) => value(row))),
})

const errors = async (asked: Asked, span: { fromMs: number; toMs: number }): Promise<Table> =>
  tableOf(errorColumns, await errorRows(asked, span))

const applications = async (asked: Asked, span: { fromMs: number; toMs: number }): Promise<Table> =>
  tableOf(applicationColumns, await applicationRecords(asked, span))

const orNothing = (ms: number | null): string => (ms === null ? '' : stamp(ms))

async function calls(asked: Asked, span: { fromMs: number; toMs: number }): Promise<Table> {
  const { instances } = asked
  const columns: Columns<CallSeen> = [
    ['Date_Time of record', ({ endedAt }) => orNothing(endedAt)],
    ['Application Instance ID', ({ id, sessionId, origin }) => instances.instanceOf(origin === 'dial' ? sessionId : id)],
    ['Call ID', ({ id }) => instances.instanceOf(id)],
    ['Direction', ({ direction }) => direction],
    ['From', ({ from }) => shownParty(from)],
    ['To', ({ to }) => shownParty(to)],
    ['Start Datetime', ({ createdAt }) => stamp(createdAt)],
    ['Answer Datetime', ({ answeredAt }) => orNothing(answeredAt)],
    ['Stop Datetime', ({ endedAt }) => orNothing(endedAt)],
    ['Duration', ({ durationMs }) => Math.round((durationMs ?? 0) / 1000)],
    ['Cause', (call) => causeOf({ ...call, reason: call.reason?.slug ?? null, answeredMs: call.answeredAt }, call)],
    ['Raw Cause', ({ sipStatus }) => sipStatus ?? ''],
    ['Reason', ({ reason }) => (reason ? detailOf(new Refusal(reason.slug as never, reason.params as never)) : '')],
    ['Return Code', (call) => returnCodeOf(call)],
    ['Total cost', ({ priceMicro, currency }) => dollars(priceMicro, currency) ?? ''],
  ]
  return tableOf(
    columns,
    (await callsEnded(asked, span)).toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0)),
  )
}

const tables = { adr: applications, cdr: calls, err: errors }

/** RFC 4180. What a spreadsheet would take for a formula is made text. */
function asCsv({ names, rows }: Table): string {
  const cell = (value: string | number): string => {
    const text = typeof value === 'string' && /^[=+@\t\r]|^-(?!\d)/.test(value) ? `'${value}` : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [names, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

const asJson = ({ names, rows }: Table): string =>
  JSON.stringify(rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]]))))

export const reportOperations: DeedTable = { report_start: start, report_progress: progress, report_get: get }
