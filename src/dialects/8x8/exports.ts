// Log export (reference section 6.8): a job that finds messages, and files of comma-separated values that are written when they are
// fetched. An export has several files when it is long. Text and the end of numbers are masked as where messages are read.

import {
  cancelMessageExportOperation,
  createMessageExportOperation,
  readExportFileOperation,
  readMessageExportOperation,
} from '#operations/messages/message-exports.ts'
import type { MessageValue } from '#operations/messages/message-view.ts'
import { refuse } from '#reasons/refusal.ts'
import { parseE164 } from '#values/e164.ts'
import { csvLine } from './csv.ts'
import { empty, json, timestamp } from './formats.ts'
import type { Ids } from './ids.ts'
import type { Route, Visit } from './knock.ts'
import { detailShown, standOf } from './message-shown.ts'
import { momentIn } from './moments.ts'
import { statusShown } from './message-status.ts'

const dayMs = 24 * 60 * 60_000

/** As `messages` of section 20, so that a job that is not there has code 4018. */
function notFound(): never {
  refuse('resource.not_found', { noun: 'batch', parameter: 'jobId' })
}

/** A day means its beginning in `from` and its end in `to`, UTC. */
function rangeEnd(body: Readonly<Record<string, unknown>>, parameter: 'from' | 'to'): number | undefined {
  const value = body[parameter]
  if (value === undefined || value === null) return undefined
  const day = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)
  const ms = day ? Date.parse(`${value}T00:00:00Z`) : momentIn(value)
  if (ms === undefined || Number.isNaN(ms))
    refuse('request.parameter_invalid', {
      parameter,
      value: String(value).slice(0, 60),
      expected: 'a day or a moment of ISO 8601',
    })
  return day && parameter === 'to' ? ms + dayMs : ms
}

async function start({ parts, ids, caller, body, idempotencyKey }: Visit) {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>
  const { phoneNumber, countries, limit } = given
  const from = rangeEnd(given, 'from')
  const until = rangeEnd(given, 'to')
  const number = phoneNumber === undefined || phoneNumber === null ? undefined : numberOf(phoneNumber)
  const input = {
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
    ...(number !== undefined && { number }),
    ...(Array.isArray(countries) && countries.length > 0 && { countries: countries.map((one) => String(one).toUpperCase()) }),
    ...(limit !== undefined && limit !== null && { limit }),
  }
  const job = await parts.run(createMessageExportOperation, caller, input, { idempotencyKey, names: { countries: 'country' } })
  return json(202, { jobId: ids.guid('messageExport', job.id) })
}

function numberOf(value: unknown): string {
  const text = String(value).trim()
  const number = parseE164(text.startsWith('+') ? text : `+${text}`)
  return number?.isPossible ? number.number : refuse('message.recipient_invalid', { number: text.slice(0, 40) })
}

/** Gives resource.not_found, also for what cannot be the id of a job. */
function jobIn({ ids, params }: Visit): number {
  const text = params['jobId']!
  const id = /^[0-9a-fA-F-]{32,36}$/.test(text) ? ids.readGuid('messageExport', 'jobId', text) : undefined
  return id ?? notFound()
}

const statuses: Readonly<Record<string, string>> = { canceled: 'cancelled' }

async function asJob<T>(ask: Promise<T>): Promise<T> {
  try {
    return await ask
  } catch (error) {
    if (error instanceof Error && 'reason' in error && error.reason === 'resource.not_found') notFound()
    throw error
  }
}

async function read(visit: Visit) {
  const { parts, ids, caller, params } = visit
  const id = jobIn(visit)
  const { status, files, expiresAt } = await asJob(parts.run(readMessageExportOperation, caller, { id }))
  const base = `${parts.settings.publicUrl()}/8x8/api/v1/subaccounts/${params['subAccountId']}/messages/download`
  return json(200, {
    status: statuses[status] ?? status,
    ...(files > 0 && {
      data: Array.from({ length: files }, (_, at) => `${base}/${ids.guid('messageExport', id)}.${at}`),
      expires: timestamp(expiresAt!),
    }),
  })
}

async function stop(visit: Visit) {
  const { parts, caller } = visit
  await asJob(parts.run(cancelMessageExportOperation, caller, { id: jobIn(visit) }))
  return empty(204)
}

const columns = [
  'umid',
  'subaccountid',
  'direction',
  'country',
  'operator',
  'mcc',
  'mnc',
  'status_value',
  'status_details',
  'status_errorcode',
  'status_errormessage',
  'status_timestamp',
  'msisdn',
  'source',
  'encoding',
  'createdat',
  'smscount',
  'price_currency',
  'price_persms',
  'price_total',
  'clientmessageid',
  'clientbatchid',
  'batchid',
  'body',
] as const

type Cells = Partial<Record<(typeof columns)[number], string | number>>

interface Detail {
  readonly umid: string
  readonly country?: string
  readonly msisdn: string
  readonly source: string
  readonly body: string
  readonly encoding: string
  readonly createdAt: string
  readonly smsCount: number
  readonly price?: { readonly total: number; readonly perSms: number; readonly currency: string }
  readonly clientMessageId?: string
  readonly clientBatchId?: string
  readonly batchId?: string
}

interface Status {
  readonly state: string
  readonly detail?: string
  readonly errorCode?: number
  readonly errorMessage?: string
  readonly timestamp: string
}

/** What is not known, such as the operator, is empty. */
function lineOf(ids: Ids, message: MessageValue, subAccountId: string, isMasked: boolean): string {
  const detail = detailShown(ids, message, subAccountId, isMasked) as Detail
  const status = statusShown(standOf(message), 'detail') as Status
  const cells: Cells = {
    umid: detail.umid,
    subaccountid: subAccountId,
    direction: message.direction === 'out' ? 1 : 0,
    country: detail.country ?? '',
    status_value: status.state,
    status_details: status.detail ?? '',
    status_errorcode: status.errorCode ?? '',
    status_errormessage: status.errorMessage ?? '',
    status_timestamp: status.timestamp,
    msisdn: detail.msisdn,
    source: detail.source,
    encoding: detail.encoding,
    createdat: detail.createdAt,
    smscount: detail.smsCount,
    price_currency: detail.price?.currency ?? '',
    price_persms: detail.price?.perSms ?? '',
    price_total: detail.price?.total ?? '',
    clientmessageid: detail.clientMessageId ?? '',
    clientbatchid: detail.clientBatchId ?? '',
    batchid: detail.batchId ?? '',
    body: detail.body,
  }
  return csvLine(columns.map((name) => String(cells[name] ?? '')))
}

async function download(visit: Visit) {
  const { parts, ids, caller, params } = visit
  const [job = '', file = ''] = params['token']!.split('.')
  if (!/^\d{1,6}$/.test(file)) notFound()
  const id = jobIn({ ...visit, params: { ...params, jobId: job } })
  const { items } = await asJob(parts.run(readExportFileOperation, caller, { id, file: Number(file) }))
  const subAccountId = await ids.subAccountId(parts.store, caller.account.id)
  const isMasked = parts.settings.options()['masking'] !== false
  const lines = items.map((message) => lineOf(ids, message as MessageValue, subAccountId, isMasked))
  const headers = { 'content-type': 'text/csv; charset=utf-8', 'cache-control': 'no-store' }
  return { status: 200, headers, body: csvLine([...columns]) + lines.join('') }
}

const base = '/api/v1/subaccounts/{subAccountId}/messages'

export const exportRoutes: readonly Route[] = [
  { method: 'POST', path: `${base}/exports`, permission: 'messages.read', answer: start },
  { method: 'GET', path: `${base}/exports/{jobId}`, permission: 'messages.read', answer: read },
  { method: 'DELETE', path: `${base}/exports/{jobId}`, permission: 'messages.read', answer: stop },
  { method: 'GET', path: `${base}/download/{token}`, permission: 'messages.read', answer: download },
]
