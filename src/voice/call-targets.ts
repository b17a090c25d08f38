// Who is told of what happens to a call, and to a recording, besides an account's own endpoints: the URL that came with the call, which for
// one that came in is the status URL of its number, and the one that its script gave for the recording. Each is told in the form of
// the face whose it is. Nothing is sent here, and a call that is gone is told of no more.

import type { Account } from '#accounts/account.ts'
import { listRecordings, readRecordingById } from '#store/recordings.ts'
import { readToldCalls, type CallRow } from '#store/calls.ts'
import type { Happening } from '#store/happenings.ts'
import type { MaybePromise, Reader } from '#store/store.ts'
import type { Target, TargetsOf } from '#webhooks/webhook-form.ts'
import { callSubject, isCallHappening, recordingSubject, type CallHappening } from './call-subject.ts'
import type { CallCallback } from './call-wish.ts'

export interface CallTargetParts {
  readonly read: Reader
  accountOf(id: number): MaybePromise<Account | undefined>
  /** Faces whose forms tell calls; of others nobody is told. */
  readonly tellsCalls: ReadonlySet<string>
  /** The same of recordings. */
  readonly tellsRecordings?: ReadonlySet<string>
}

const none: readonly Target[] = []

/** The words of `events` in a callback. */
const eventOf: Readonly<Record<CallHappening, string>> = {
  created: 'initiated',
  ringing: 'ringing',
  answered: 'answered',
  ended: 'completed',
}

const recordingEnds = new Set(['ready', 'absent', 'failed'])
const recordingsAtMost = 50

/** For the happenings of the nouns `calls` and `recordings`; those of other nouns have no targets here. */
export function callTargets(parts: CallTargetParts): TargetsOf {
  const targetsOf: TargetsOf = async (happenings) => {
    const isTold = happenings.map(
      ({ noun, kind }) => (noun === 'calls' && isCallHappening(kind)) || (noun === 'recordings' && recordingEnds.has(kind)),
    )
    if (!isTold.includes(true)) return happenings.map(() => none)
    // One read for all calls, however much happened to each since the last time; and of most nobody is told.
    const ids = new Set<number>()
    for (const [index, { noun, noun_id: id }] of happenings.entries()) if (isTold[index] && noun === 'calls') ids.add(id)
    const found = ids.size > 0 ? await readToldCalls(parts.read, [...ids]) : []
    const rows = new Map(found.map((row) => [row.id, row]))
    return Promise.all(
      happenings.map(async (happening, index) => {
        if (!isTold[index]) return none
        if (happening.noun === 'recordings') return recording(parts, happening)
        const row = rows.get(happening.noun_id)
        return row ? call(parts, row, happening) : none
      }),
    )
  }
  return Object.assign(targetsOf, { wants: {} })
}

async function call(parts: CallTargetParts, row: CallRow, happening: Happening): Promise<readonly Target[]> {
  if (row.callback === null || !parts.tellsCalls.has(row.face)) return none
  const callback = JSON.parse(row.callback) as CallCallback
  const kind = happening.kind as CallHappening
  if (callback.events && callback.events.length > 0 && !callback.events.includes(eventOf[kind])) return none
  const recordings =
    kind === 'ended' && row.answered_ms !== null
      ? await listRecordings(parts.read, {
          scope: row.account_id,
          limit: recordingsAtMost,
          oldestFirst: true,
          where: { call: row.id },
        })
      : []
  const subject = callSubject(row, happening, recordings)
  return [
    {
      ...(await common(parts, row.account_id, callback)),
      face: row.face,
      kind: 'call.status',
      noun: 'calls',
      nounId: row.id,
      subject,
      errorId: subject.errorId,
    },
  ]
}

async function recording(parts: CallTargetParts, { noun_id: id }: Happening): Promise<readonly Target[]> {
  const row = await readRecordingById(parts.read, id)
  if (!row || row.callback === null || !parts.tellsRecordings?.has(row.face)) return none
  const callback = JSON.parse(row.callback) as CallCallback
  return [
    {
      ...(await common(parts, row.account_id, callback)),
      face: row.face,
      kind: 'recording.status',
      noun: 'recordings',
      nounId: row.id,
      subject: recordingSubject(row),
    },
  ]
}

async function common(parts: CallTargetParts, accountId: number, { url, method, fallbackUrl, fallbackMethod }: CallCallback) {
  const account = await parts.accountOf(accountId)
  const loopback = account?.settings.features.includes('loopback_urls') ?? false
  return { accountId, endpointId: null, url, method, fallbackUrl, fallbackMethod, loopback }
}
