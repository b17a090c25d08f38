// Recordings (reference 17): listed, read, deleted, and heard. The sound needs no login: whoever knows the sid, which nobody can guess, hears
// it until it is deleted.

import type { Static } from 'typebox'
import { deleteRecordingOperation } from '#operations/recordings/delete-recording.ts'
import { listRecordingsOperation } from '#operations/recordings/list-recordings.ts'
import { readRecordingContentOperation, readRecordingOperation } from '#operations/recordings/read-recording.ts'
import type { RecordingView } from '#operations/recordings/recording-view.ts'
import { bytesAnswer } from '#protocols/http/bytes-answer.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { apiVersion, dateText, dayOf, endOf } from './formats.ts'
import { faceName } from './ids.ts'
import type { Ask, Means } from './knock.ts'
import { pageAnswer } from './page-answer.ts'
import { readPage, readSort } from './paging.ts'
import { sent } from './urls.ts'
import { writeNothing, writeOne, type Shown } from './write.ts'

type RecordingShown = Static<typeof RecordingView>

export function recordingView({ sids, parts }: Means, accountSid: string, json: boolean, recording: RecordingShown): Shown {
  const sid = sids.show('RE', recording.id)
  const at = `/restcomm/${apiVersion}/Accounts/${accountSid}/Recordings/${sid}`
  return {
    sid,
    date_created: dateText(recording.createdAt),
    date_updated: dateText(recording.endedAt ?? recording.createdAt),
    account_sid: accountSid,
    call_sid: recording.callId === null ? null : sids.ofCall(recording.callId),
    duration: (recording.durationMs / 1000).toFixed(1),
    api_version: apiVersion,
    uri: `${at}${json ? '.json' : ''}`,
    file_uri: `${parts.settings.publicUrl()}${at}.wav`,
  }
}

const sortBys = { Duration: 'duration', CallSid: 'call' } as const
const filterNames = ['StartTime', 'EndTime', 'CallSid', 'SubAccounts', 'SortBy']

function orderOf(ask: Ask) {
  const sort = readSort(ask.fields, ['DateCreated', ...Object.keys(sortBys)])
  if (!sort) return {}
  if (sort.by === 'DateCreated') return { oldestFirst: !sort.descending }
  return { sortBy: sortBys[sort.by as keyof typeof sortBys], descending: sort.descending }
}

export async function listRecordings(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json } = ask
  const asked = readPage(fields)
  const order = orderOf(ask)
  const since = fields.filled('StartTime')
  const until = fields.filled('EndTime')
  const call = fields.filled('CallSid')
  const callId = call === undefined ? undefined : means.sids.readCall(call)
  const common = { asked, path: 'Recordings', filterNames, key: 'recordings', element: 'Recording' } as const
  if (call !== undefined && callId === undefined) return pageAnswer(ask, { ...common, total: 0, rows: [] })
  const page = await means.parts.run(listRecordingsOperation, caller, {
    limit: asked.pageSize,
    skip: asked.skip,
    counted: true,
    ...order,
    ...sent({
      callId,
      since: since === undefined ? undefined : dayOf('StartTime', since),
      until: until === undefined ? undefined : endOf('EndTime', until) + 1,
      below: fields.truth('SubAccounts') || undefined,
    }),
  })
  const rows = await Promise.all(
    page.items.map(async (one) => recordingView(means, await means.sids.ofAccount(one.accountId), json, one)),
  )
  return pageAnswer(ask, { ...common, total: page.total ?? 0, rows })
}

/** Gives resource.not_found for what this face did not make. */
function idOf({ means }: Pick<Ask, 'means'>, sid: string): number {
  return means.sids.read('RE', sid) ?? refuse('resource.not_found', { noun: 'recording', id: sid.slice(0, 60) })
}

export async function readRecording(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, params, json, accountSid } = ask
  const recording = await means.parts.run(readRecordingOperation, caller, { id: idOf(ask, params['sid']!) })
  if (recording.state === 'deleted') refuse('recording.not_found', {})
  return writeOne(json, 'Recording', recordingView(means, accountSid, json, recording))
}

export async function deleteRecording(ask: Ask): Promise<HttpAnswer> {
  await ask.means.parts.run(deleteRecordingOperation, ask.caller, { id: idOf(ask, ask.params['sid']!) })
  return writeNothing(200)
}

/** `/Accounts/AC.../Recordings/RE....wav`, asked by anybody. */
const soundPath = /^\/Accounts\/([^/]+)\/Recordings\/(RE[0-9a-f]{32})\.(wav|mp4)$/

export const isSoundPath = (path: string): boolean => soundPath.test(path)

/** Gives resource.not_found, recording.not_found, recording.deleted and what the file gives. There is no video. */
export async function hearRecording(means: Means, path: string, range: string | undefined): Promise<HttpAnswer> {
  const [, account = '', sid = '', type = ''] = soundPath.exec(path) ?? []
  const accountId = await means.sids.account(account)
  // As the account: what is asked for is proven by its name alone, whether the account is active or not.
  const caller = accountId === undefined ? undefined : await means.parts.identity.byAccountId(faceName, accountId, null)
  if (!caller || type !== 'wav') return refuse('recording.not_found', {})
  const file = await means.parts.run(readRecordingContentOperation, caller, { id: idOf({ means }, sid) })
  return bytesAnswer(file, range)
}
