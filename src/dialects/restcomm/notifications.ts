// Notifications (reference 10): what went wrong in the account, so that its developers see it. Here they are the refusals
// that the platform keeps for a week, of whichever door, in this vendor's codes; among them what is wrong with the URLs and the
// markup of applications. A notification's sid is the error id.

import type { Static } from 'typebox'
import { listAccountsOperation } from '#operations/accounts/list-accounts.ts'
import { readCallOperation } from '#operations/calls/read-call.ts'
import { listRefusalsOperation, readRefusalOperation, type RefusalView } from '#operations/audit/read-refusal.ts'
import type { Caller } from '#accounts/caller.ts'
import { actFor } from '#accounts/act-for.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { codeOf } from '#reasons/dictionary.ts'
import { refuse } from '#reasons/refusal.ts'
import { codes } from './codes.ts'
import { apiVersion, dateText, dayOf, endOf, isoText } from './formats.ts'
import { errorIdOf, faceName, notificationSid } from './ids.ts'
import type { Ask } from './knock.ts'
import { codeOfUnserved, isNotificationCode, notificationCodes, plainCode, warningMark, type Log } from './notification-codes.ts'
import { envelopeOf, readPage, readSort, type PageAsked } from './paging.ts'
import { writeOne, writePage, type Shown } from './write.ts'

type RefusalShown = Static<typeof RefusalView>

interface Row {
  readonly refusal: RefusalShown
  readonly accountSid: string
}

/** Of an account, filters and orders look through the newest of its notifications. */
const maxSearched = 2000
const step = 1000
/** Accounts that SubAccounts=true takes in. */
const maxAccounts = 100

/** What was refused with nobody waiting for an answer: in a session of messages, in a call. */
const isOfSession = ({ refusal: { face, status } }: Row): boolean => face === faceName && status === 0

/** Sessions have codes of their own (reference 29); the dictionary has the rest. */
function codeOfRow(row: Row): number {
  const refused = { reason: row.refusal.reason as never, params: row.refusal.params as never }
  if (isOfSession(row)) {
    const told = plainCode(row.refusal.code)
    const own = isNotificationCode(told) ? told : codeOfUnserved(refused)
    if (own !== undefined) return Number(own)
  }
  const { code, http } = codeOf(codes, refused)
  return Number(code ?? http)
}

/** 0 is an error, 1 a warning. */
function logOfRow(row: Row): Log {
  const { code } = row.refusal
  if (!isOfSession(row)) return 0
  if (code.startsWith(warningMark)) return 1
  return isNotificationCode(code) ? notificationCodes[code].log : 0
}

function view({ means, json }: Ask, row: Row): Shown {
  const { refusal, accountSid } = row
  const sid = notificationSid(refusal.errorId)
  const links = means.parts.settings.helpLinks() ?? means.parts.settings.publicUrl()
  return {
    sid,
    date_created: dateText(refusal.at),
    date_updated: dateText(refusal.at),
    account_sid: accountSid,
    call_sid: refusal.callId === null ? null : means.sids.ofCall(refusal.callId),
    api_version: apiVersion,
    log: logOfRow(row),
    error_code: codeOfRow(row),
    more_info: `${links}/reasons/${refusal.reason}`,
    message_text: refusal.detail,
    message_date: isoText(refusal.at),
    request_url: refusal.path || null,
    request_method: refusal.method || null,
    request_variables: null,
    response_headers: null,
    response_body: null,
    uri: `/${apiVersion}/Accounts/${accountSid}/Notifications/${sid}${json ? '.json' : ''}`,
  }
}

/** Text filters take SQL's wildcards (reference 4.2); without one the whole text is meant. */
function likeTest(text: string): (value: string) => boolean {
  const wanted = text.toLowerCase()
  if (!/[%_]/.test(wanted)) return (value) => value.toLowerCase() === wanted
  return (value) => matches(value.toLowerCase(), wanted)
}

/** SQL's LIKE, in time that grows with the product of the lengths and no faster. */
function matches(value: string, wanted: string): boolean {
  let at = 0
  let mark = -1
  let from = 0
  for (let i = 0; i < value.length;) {
    if (at < wanted.length && wanted[at] !== '%' && (wanted[at] === '_' || wanted[at] === value[i])) {
      at += 1
      i += 1
    } else if (wanted[at] === '%') {
      mark = at
      from = i
      at += 1
    } else if (mark >= 0) {
      at = mark + 1
      from += 1
      i = from
    } else return false
  }
  while (wanted[at] === '%') at += 1
  return at === wanted.length
}

function testsIn({ fields, means, params }: Ask): ((row: Row) => boolean)[] {
  const tests: ((row: Row) => boolean)[] = []
  const call = params['call']
  if (call !== undefined) {
    const id = means.sids.readCall(call)
    tests.push(({ refusal }) => id !== undefined && refusal.callId === id)
  }
  const since = fields.filled('StartTime')
  const until = fields.filled('EndTime')
  const code = fields.filled('ErrorCode')
  const url = fields.filled('RequestUrl')
  const message = fields.filled('MessageText')
  if (since !== undefined) {
    const ms = dayOf('StartTime', since)
    tests.push(({ refusal }) => refusal.at >= ms)
  }
  if (until !== undefined) {
    const ms = endOf('EndTime', until)
    tests.push(({ refusal }) => refusal.at <= ms)
  }
  if (code !== undefined) {
    const wanted = fields.count('ErrorCode', 0)
    tests.push((row) => codeOfRow(row) === wanted)
  }
  if (url !== undefined) {
    const fits = likeTest(url)
    tests.push(({ refusal }) => fits(refusal.path))
  }
  if (message !== undefined) {
    const fits = likeTest(message)
    tests.push(({ refusal }) => fits(refusal.detail))
  }
  return tests
}

type Order = (a: Row, b: Row) => number

const orders: Readonly<Record<string, Order>> = {
  DateCreated: (a, b) => a.refusal.at - b.refusal.at,
  Log: (a, b) => logOfRow(a) - logOfRow(b),
  ErrorCode: (a, b) => codeOfRow(a) - codeOfRow(b),
  CallSid: (a, b) => (a.refusal.callId ?? 0) - (b.refusal.callId ?? 0),
  MessageText: (a, b) => (a.refusal.detail < b.refusal.detail ? -1 : a.refusal.detail > b.refusal.detail ? 1 : 0),
}

/** The caller on the account and, where asked for, on those below it. */
async function accountsIn({ means: { parts }, caller, fields }: Ask): Promise<Caller[]> {
  const found = [caller]
  if (!fields.truth('SubAccounts')) return found
  for (let i = 0; i < found.length && found.length < maxAccounts; i += 1) {
    const below = await parts.run(listAccountsOperation, found[i]!, { limit: maxAccounts, oldestFirst: true })
    for (const account of below.items) if (found.length < maxAccounts) found.push(await actFor(parts.store, caller, account.id))
  }
  return found
}

async function newestOf({ means: { parts, sids } }: Ask, caller: Caller): Promise<Row[]> {
  const accountSid = await sids.ofAccount(caller.account.id)
  const rows: Row[] = []
  let after: string | undefined
  do {
    const page = await parts.run(listRefusalsOperation, caller, { limit: step, ...(after !== undefined && { after }) })
    rows.push(...page.items.map((refusal) => ({ refusal, accountSid })))
    after = page.next ?? undefined
  } while (after !== undefined && rows.length < maxSearched)
  return rows
}

interface Found {
  readonly rows: Row[]
  readonly total: number
}

async function find(ask: Ask, asked: PageAsked): Promise<Found> {
  const { means, caller, accountSid, fields } = ask
  const tests = testsIn(ask)
  const sort = readSort(fields, Object.keys(orders))
  if (tests.length === 0 && !sort && !fields.truth('SubAccounts')) {
    const page = await means.parts.run(listRefusalsOperation, caller, { limit: asked.pageSize, skip: asked.skip, counted: true })
    return { rows: page.items.map((refusal) => ({ refusal, accountSid })), total: page.total ?? 0 }
  }
  const accounts = await accountsIn(ask)
  const all: Row[] = []
  for (const account of accounts)
    for (const row of await newestOf(ask, account)) if (tests.every((fits) => fits(row))) all.push(row)
  if (sort) all.sort((a, b) => (sort.descending ? -1 : 1) * orders[sort.by]!(a, b))
  else if (accounts.length > 1) all.sort((a, b) => b.refusal.at - a.refusal.at)
  return { rows: all.slice(asked.skip, asked.skip + asked.pageSize), total: all.length }
}

const filterNames = ['StartTime', 'EndTime', 'ErrorCode', 'RequestUrl', 'MessageText', 'SubAccounts', 'SortBy']

/** Those of a call that is there; of one that is not 404, as for the call itself. */
export async function listCallNotifications(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, params } = ask
  const id = means.sids.readCall(params['call']!)
  if (id === undefined) refuse('resource.not_found', { noun: 'call', id: params['call']!.slice(0, 80) })
  await means.parts.run(readCallOperation, caller, { id })
  return listNotifications(ask)
}

export async function listNotifications(ask: Ask): Promise<HttpAnswer> {
  const { means, fields, accountSid, json, params } = ask
  const path = params['call'] === undefined ? 'Notifications' : `Calls/${params['call']}/Notifications`
  const asked = readPage(fields)
  const { rows, total } = await find(ask, asked)
  const envelope = envelopeOf({
    asked,
    total,
    rows: rows.length,
    lastSid: rows.length > 0 ? notificationSid(rows.at(-1)!.refusal.errorId) : undefined,
    uri: `/restcomm/${apiVersion}/Accounts/${accountSid}/${path}${json ? '.json' : ''}`,
    filters: filterNames.flatMap((one) => (fields.text(one) === undefined ? [] : [[one, fields.text(one)!] as const])),
    absent: means.parts.settings.options()['plainNulls'] === true ? null : 'null',
  })
  return writePage(
    json,
    envelope,
    'notifications',
    'Notification',
    rows.map((row) => view(ask, row)),
  )
}

export async function readNotification(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, params, accountSid, json } = ask
  const sid = params['sid']!
  const errorId = errorIdOf(sid)
  if (errorId === undefined) refuse('resource.not_found', { noun: 'notification', id: sid.slice(0, 60) })
  const refusal = await means.parts.run(readRefusalOperation, caller, { errorId })
  return writeOne(json, 'Notification', view(ask, { refusal, accountSid }))
}
