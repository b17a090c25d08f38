// Calls (reference 13): placed, listed, read.

import { listCallsOperation } from '#operations/calls/list-calls.ts'
import { placeCallOperation } from '#operations/calls/place-call.ts'
import { readCallOperation } from '#operations/calls/read-call.ts'
import { listRecordingsOperation } from '#operations/recordings/list-recordings.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { parseE164 } from '#values/e164.ts'
import { allRows } from './bare-list.ts'
import { callView, type CallShown } from './call-view.ts'
import { headersOf } from './dial-verb.ts'
import type { Fields } from './fields.ts'
import { dayOf, endOf } from './formats.ts'
import type { Ask } from './knock.ts'
import { pageAnswer } from './page-answer.ts'
import { readPage, readSort } from './paging.ts'
import { recordingView } from './recordings.ts'
import { partyOf } from './send-fields.ts'
import { methodOf, sent, urlOf } from './urls.ts'
import { writeBare, writeList, writeOne } from './write.ts'

const names = {
  from: 'From',
  to: 'To',
  url: 'Url',
  method: 'Method',
  fallbackUrl: 'FallbackUrl',
  fallbackMethod: 'FallbackMethod',
  statusUrl: 'StatusCallback',
  statusMethod: 'StatusCallbackMethod',
  statusEvents: 'StatusCallbackEvent',
  timeoutSeconds: 'Timeout',
  record: 'Record',
  sipUser: 'Username',
  sipPassword: 'Password',
}

/** A ring of less or more than this is not asked of anybody. */
const ringSeconds = { least: 5, most: 600, usual: 60 }
const events = ['initiated', 'ringing', 'answered', 'completed'] as const

/** An address: SIP where it has an @, a client where it begins so, else a number. `?X-A=1` behind it are headers (reference 13.1). */
function calledOf(fields: Fields, country: string): { readonly to: string; readonly headers: Readonly<Record<string, string>> } {
  const text = fields.required('To').trim()
  const cut = text.indexOf('?')
  const address = cut < 0 ? text : text.slice(0, cut)
  const headers = cut < 0 ? {} : headersOf(text.slice(cut + 1), (header) => refuse('call.sip_header_invalid', { header }))
  if (address.includes('@') && !address.startsWith('client:'))
    return { to: /^sips?:/i.test(address) ? address : `sip:${address}`, headers }
  if (address.startsWith('client:')) return { to: address, headers }
  return { to: parseE164(address, { country })?.number ?? address, headers }
}

/** A full URL: no application stands behind a call that is placed (reference 13.1). */
function scriptUrlOf(fields: Fields, name: string): string | undefined {
  const url = urlOf(fields, name) ?? undefined
  if (url !== undefined && !/^https?:/i.test(url)) refuse('request.url_invalid', { parameter: name, value: url.slice(0, 100) })
  return url
}

/** Separated by spaces in one generation's documents, by commas in the other's. */
function eventsOf(fields: Fields): (typeof events)[number][] | undefined {
  const words = fields.texts('StatusCallbackEvent').flatMap((text) => text.toLowerCase().split(/[\s,]+/))
  const wanted = words.filter((word) => word !== '')
  if (wanted.length === 0) return undefined
  for (const word of wanted)
    if (!(events as readonly string[]).includes(word))
      refuse('request.parameter_invalid', {
        parameter: 'StatusCallbackEvent',
        value: word.slice(0, 60),
        expected: `any of ${events.join(', ')}`,
      })
  return events.filter((event) => wanted.includes(event))
}

export async function placeCall(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json, accountSid, idempotencyKey } = ask
  const { country } = caller.account.settings
  const from = fields.required('From')
  const { to, headers } = calledOf(fields, country)
  const url = scriptUrlOf(fields, 'Url') ?? fields.required('Url')
  const timeout = fields.count('Timeout', ringSeconds.usual)
  const input = {
    from: partyOf(from, country),
    to,
    headers,
    url,
    timeoutSeconds: Math.min(Math.max(timeout, ringSeconds.least), ringSeconds.most),
    ...sent({
      method: methodOf(fields, 'Method'),
      fallbackUrl: scriptUrlOf(fields, 'FallbackUrl'),
      fallbackMethod: methodOf(fields, 'FallbackMethod'),
      statusUrl: scriptUrlOf(fields, 'StatusCallback'),
      statusMethod: methodOf(fields, 'StatusCallbackMethod'),
      statusEvents: eventsOf(fields),
      record: fields.truth('Record') ? ('mixed' as const) : undefined,
      sipUser: fields.filled('Username'),
      sipPassword: fields.filled('Password'),
    }),
  }
  const call = await means.parts.run(placeCallOperation, caller, input, { idempotencyKey, names })
  return writeBare(json, 'Call', callView(means, accountSid, json, call))
}

/** The id in a path, in either form. */
export function callIdOf({ means, params }: Pick<Ask, 'means' | 'params'>): number | undefined {
  return means.sids.readCall(params['sid']!)
}

async function readTheCall(ask: Ask): Promise<CallShown> {
  const { means, caller, params } = ask
  const id = callIdOf(ask)
  if (id === undefined) return refuse('resource.not_found', { noun: 'call', id: params['sid']!.slice(0, 80) })
  return means.parts.run(readCallOperation, caller, { id })
}

export async function readCall(ask: Ask): Promise<HttpAnswer> {
  const { means, json, accountSid } = ask
  return writeOne(json, 'Call', callView(means, accountSid, json, await readTheCall(ask)))
}

const sortBys = {
  From: 'from',
  To: 'to',
  Direction: 'direction',
  Status: 'state',
  Duration: 'duration',
  Price: 'price',
} as const

const filterNames = [
  'To',
  'From',
  'Status',
  'StartTime',
  'EndTime',
  'ParentCallSid',
  'ConferenceSid',
  'SubAccounts',
  'localOnly',
  'Reverse',
  'SortBy',
]

/** `not-found` and `wait-for-answer` are words of the vendor that no call has here. */
const states = {
  queued: 'queued',
  ringing: 'ringing',
  'in-progress': 'answered',
  completed: 'completed',
  busy: 'busy',
  failed: 'failed',
  'no-answer': 'no_answer',
  canceled: 'canceled',
} as const
const emptyStates = ['not-found', 'wait-for-answer']

function stateIn(fields: Fields): (typeof states)[keyof typeof states] | 'none' | undefined {
  const text = fields.filled('Status')?.toLowerCase().replaceAll('_', '-')
  if (text === undefined) return undefined
  if (Object.hasOwn(states, text)) return states[text as keyof typeof states]
  if (emptyStates.includes(text)) return 'none'
  return refuse('request.parameter_invalid', {
    parameter: 'Status',
    value: text.slice(0, 60),
    expected: `one of ${[...Object.keys(states), ...emptyStates].join(', ')}`,
  })
}

/** Newest first unless told otherwise; `Reverse` is an older way to tell it. */
function orderOf(fields: Fields) {
  const sort = readSort(fields, ['DateCreated', ...Object.keys(sortBys)])
  if (!sort) {
    const reverse = fields.truth('Reverse')
    return reverse === undefined ? {} : { oldestFirst: !reverse }
  }
  if (sort.by === 'DateCreated') return { oldestFirst: !sort.descending }
  return { sortBy: sortBys[sort.by as keyof typeof sortBys], descending: sort.descending }
}

const path = 'Calls'

export async function listCalls(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json } = ask
  const asked = readPage(fields)
  const since = fields.filled('StartTime')
  const until = fields.filled('EndTime')
  const state = stateIn(fields)
  const parent = fields.filled('ParentCallSid')
  const conference = fields.filled('ConferenceSid')
  const parentId = parent === undefined ? undefined : means.sids.readCall(parent)
  const conferenceId = conference === undefined ? undefined : means.sids.read('CF', conference)
  const common = { asked, path, filterNames, key: 'calls', element: 'Call' } as const
  // What names nothing has no calls.
  const isEmpty =
    state === 'none' ||
    (parent !== undefined && parentId === undefined) ||
    (conference !== undefined && conferenceId === undefined)
  if (isEmpty) return pageAnswer(ask, { ...common, total: 0, rows: [] })
  const page = await means.parts.run(
    listCallsOperation,
    caller,
    {
      limit: asked.pageSize,
      skip: asked.skip,
      counted: true,
      ...orderOf(fields),
      ...sent({
        fromLike: fields.filled('From'),
        toLike: fields.filled('To'),
        state,
        parentId,
        conferenceId,
        since: since === undefined ? undefined : dayOf('StartTime', since),
        until: until === undefined ? undefined : endOf('EndTime', until) + 1,
        below: fields.truth('SubAccounts') || undefined,
      }),
    },
    { names: { fromLike: 'From', toLike: 'To' }, location: 'parameter' },
  )
  const rows = await Promise.all(
    page.items.map(async (one) => callView(means, await means.sids.ofAccount(one.accountId), json, one)),
  )
  return pageAnswer(ask, { ...common, total: page.total ?? 0, rows })
}

export async function listCallRecordings(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, json, accountSid } = ask
  const { id: callId } = await readTheCall(ask)
  const rows = await allRows(ask, (page) => means.parts.run(listRecordingsOperation, caller, { ...page, callId }))
  return writeList(
    json,
    'Recordings',
    'Recording',
    rows.map((row) => recordingView(means, accountSid, json, row)),
  )
}
