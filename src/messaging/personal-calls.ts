// One person's calls among what personal-data.ts looks through: records, what went over the wire, what scripts did (with counts of what was
// gathered), recordings, and what webhooks told. Digits and speech that were gathered are kept nowhere but in these.

import type { CallRow } from '#store/calls.ts'
import { eraseMaskings, personsMaskings } from '#store/maskings.ts'
import {
  eraseCalls,
  eraseCallSessions,
  forgetToldRecordings,
  legsOfSession,
  personsCalls,
  personsCallSessions,
  recordingsWith,
} from '#store/personal-calls.ts'
import { purgeRecordings } from '#store/recording-retention.ts'
import type { RecordingRow } from '#store/recordings.ts'
import type { EraseDeed, EraseMeans, PersonalItem, PersonalPlace, ShowMeans } from './personal-place.ts'
import { eraseAttemptsOf, eraseTraces, shownTraces } from './personal-traces.ts'

/** The wire of a call is looked at as a whole: what is found around each of these touches what is found around the next. */
const stepMs = 4_000
const lastMs = 5_000

function momentsOf({ created_ms: from, ended_ms: ended }: Pick<CallRow, 'created_ms' | 'ended_ms'>, nowMs: number): number[] {
  const to = (ended ?? nowMs) + lastMs
  const moments: number[] = []
  for (let at = from; at < to; at += stepMs) moments.push(at)
  return [...moments, to]
}

/** Of the row, what is of the call and not an id of ours. */
const parts = ['headers', 'raw', 'source', 'identity', 'clientLogin', 'faceData', 'pages', 'verbs'] as const

async function shownCall(means: ShowMeans, row: CallRow): Promise<PersonalItem> {
  const detail = JSON.parse(row.detail) as Record<string, unknown>
  const traces = await shownTraces(means, 'calls', row.id, momentsOf(row, means.nowMs))
  return {
    noun: 'call',
    data: {
      direction: row.direction,
      from: row.caller,
      fromName: row.caller_name,
      to: row.called,
      forwardedFrom: row.forwarded_from,
      state: row.state,
      reason: row.reason,
      cause: row.cause,
      reference: row.client_ref,
      durationMs: row.duration_ms,
      media: row.media && (JSON.parse(row.media) as unknown),
      detail: Object.fromEntries(parts.flatMap((name) => (detail[name] === undefined ? [] : [[name, detail[name]]]))),
      createdMs: row.created_ms,
      answeredMs: row.answered_ms,
      endedMs: row.ended_ms,
      ...traces,
    },
  }
}

function shownRecording({ recordingUrl }: ShowMeans, row: RecordingRow): PersonalItem {
  const { state, source, channels, duration_ms: durationMs, size_bytes: sizeBytes, created_ms: createdMs } = row
  const url = state === 'ready' ? recordingUrl?.(row) : undefined
  return {
    noun: 'recording',
    data: { state, source, channels, durationMs, sizeBytes, createdMs, ...(url !== undefined && { url }) },
  }
}

/** Each once, though several legs of a session are the person's. */
function bySession(rows: readonly CallRow[]): readonly CallRow[] {
  return [...new Map(rows.map((row) => [row.session_id, row])).values()]
}

export const callsPlace: PersonalPlace = {
  name: 'calls',
  kinds: ['phone'],
  async show(means, account, { value }, after) {
    const { rows, next } = await personsCalls(means.slow, account, value, after)
    const items: PersonalItem[] = []
    for (const row of rows) items.push(await shownCall(means, row))
    const recordings = new Map<number, RecordingRow>()
    for (const row of rows) for (const one of await recordingsWith(means.read, account, row)) recordings.set(one.id, one)
    for (const one of recordings.values()) items.push(shownRecording(means, one))
    return { items, next }
  },
  async erase(means, deed, after) {
    const { rows, next } = await personsCalls(means.store.slow, deed.account, deed.person.value, after)
    let erased = 0
    let isOpen = false
    for (const row of bySession(rows)) {
      const done = await eraseSession(means, deed, row)
      erased += done.erased
      isOpen ||= done.isOpen
    }
    return { erased, next: isOpen ? 'again' : next }
  },
}

async function eraseSession(means: EraseMeans, deed: EraseDeed, row: CallRow): Promise<{ erased: number; isOpen: boolean }> {
  const { store } = means
  const { account, person, hash, actor, now } = deed
  const legs = await legsOfSession(store, account, row.session_id)
  const recordings = await recordingsWith(store, account, row)
  if (legs.some(({ ended_ms }) => ended_ms === null) || recordings.some(({ state }) => state === 'recording'))
    return { erased: 0, isOpen: true }
  for (const leg of legs) await eraseTraces(store, 'calls', leg.id, momentsOf(leg, now))
  await store.noted()
  const gone = await eraseRecordings(means, account, recordings)
  const wish = { account, person: person.value, hash, actor, now }
  const { erased, open } = await store.write(eraseCalls, { ...wish, sessions: [row.session_id] })
  return { erased: erased + gone, isOpen: open.length > 0 }
}

/** Files first: a crash in between leaves a row to find the file by. */
async function eraseRecordings(
  { store, recordings }: EraseMeans,
  account: number,
  rows: readonly RecordingRow[],
): Promise<number> {
  if (rows.length === 0) return 0
  for (const { id, file } of rows) {
    await recordings?.removeFile(file)
    await eraseAttemptsOf(store, 'recordings', id)
  }
  const ids = rows.map(({ id }) => id)
  await store.write(forgetToldRecordings, { ids })
  return store.write(purgeRecordings, { account, ids })
}

export const maskingsPlace: PersonalPlace = {
  name: 'maskings',
  kinds: ['phone'],
  async show({ slow }, account, { value }, after) {
    const { rows, next } = await personsMaskings(slow, account, value, after)
    const items = rows.map(
      ({ number, party_a: partyA, party_b: partyB, client_ref: reference, created_ms: createdMs, ended_ms: endedMs }) => ({
        noun: 'masking',
        data: { number, partyA, partyB, reference, createdMs, endedMs },
      }),
    )
    return { items, next }
  },
  async erase({ store }, { account, person }, after) {
    const { rows, next } = await personsMaskings(store.slow, account, person.value, after)
    return { erased: await store.write(eraseMaskings, { account, ids: rows.map(({ id }) => id) }), next }
  },
}

export const callSessionsPlace: PersonalPlace = {
  name: 'call_sessions',
  kinds: ['phone'],
  async show({ slow }, account, { value }, after) {
    const { rows, next } = await personsCallSessions(slow, account, value, after)
    const items = rows.map(
      ({ caller, called, state, client_ref: reference, note, created_ms: createdMs, ended_ms: endedMs }) => ({
        noun: 'call_session',
        data: { from: caller, to: called, state, reference, note, createdMs, endedMs },
      }),
    )
    return { items, next }
  },
  async erase({ store }, { account, person, hash, actor, now }, after) {
    const { rows, next } = await personsCallSessions(store.slow, account, person.value, after)
    const some = rows.map(({ id, caller, called, ended_ms }) => ({ id, caller, called, ended_ms }))
    const { erased, open } = await store.write(eraseCallSessions, { account, person: person.value, hash, actor, now, rows: some })
    return { erased, next: open.length > 0 ? 'again' : next }
  },
}
