// Recordings (reference section 12): those of a call session, their sound, and deleting them.

import type { Static } from 'typebox'
import { readCallLegsOperation } from '#operations/calls/read-call.ts'
import { deleteRecordingOperation } from '#operations/recordings/delete-recording.ts'
import { listRecordingsOperation } from '#operations/recordings/list-recordings.ts'
import { readRecordingContentOperation, readRecordingOperation } from '#operations/recordings/read-recording.ts'
import type { RecordingView } from '#operations/recordings/recording-view.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { route, type Body, type Call } from './call.ts'
import { gmtOf, localTime } from './formats.ts'
import { pageAsked, totalOf } from './paging.ts'

type Recording = Static<typeof RecordingView>

function recordingBody({ ids, caller: { account }, nowMs }: Call, recording: Recording): Body {
  const { sessionId, createdAt } = recording
  return {
    record_id: ids.show('recording', recording.id),
    session_id: sessionId === null ? '' : ids.show('call', sessionId),
    duration: Math.round(recording.durationMs / 1000),
    size: recording.sizeBytes,
    state: recording.state,
    record_url: recording.url,
    create_time: localTime(account, createdAt),
    gmt: gmtOf(account, nowMs),
  }
}

const list = route({
  method: 'GET',
  path: '/record/v1/recordings',
  needs: [listRecordingsOperation],
  read({ query, ids }) {
    const asked = pageAsked(query)
    const text = query['session_id']
    if (text === undefined) return { asked, sessionId: undefined }
    return { asked, sessionId: ids.read('call', String(text)) ?? refuse('call.not_found', {}) }
  },
  async perform(call, { asked, sessionId }) {
    if (sessionId !== undefined) await requireCall(call, sessionId)
    const page = await call.ask(listRecordingsOperation, { ...asked, ...(sessionId !== undefined && { sessionId }) })
    return { asked, page }
  },
  write: (call, { asked, page }) => ({
    recordings: page.items.map((recording) => recordingBody(call, recording)),
    ...totalOf(page, asked),
  }),
})

/** Gives call.not_found. */
async function requireCall(call: Call, id: number): Promise<void> {
  try {
    await call.ask(readCallLegsOperation, { id })
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.record_not_found') refuse('call.not_found', {})
    throw error
  }
}

const recordInPath = ({ ids, params }: Call): { id: number } => ({
  id: ids.read('recording', params['record_id']!) ?? refuse('recording.not_found', {}),
})

const read = route({
  method: 'GET',
  path: '/record/v1/recordings/:record_id',
  needs: [readRecordingOperation],
  read: recordInPath,
  perform: (call, input) => call.ask(readRecordingOperation, input),
  write: recordingBody,
})

const file = route({
  method: 'GET',
  path: '/record/v1/recordings/:record_id/file',
  needs: [readRecordingContentOperation],
  read: recordInPath,
  async perform(call, input) {
    const { state } = await call.ask(readRecordingOperation, input)
    // There is a row, and no file as yet (reference section 15, -1231).
    if (state === 'recording') refuse('recording.file_missing', {})
    return call.ask(readRecordingContentOperation, input)
  },
  write: () => ({}),
  file: (_, content) => content,
})

const remove = route({
  method: 'DELETE',
  path: '/record/v1/recordings/:record_id',
  needs: [deleteRecordingOperation],
  read: recordInPath,
  async perform(call, input) {
    const recording = await call.ask(readRecordingOperation, input)
    if (recording.state === 'deleted') refuse('recording.deleted', {})
    await call.ask(deleteRecordingOperation, input)
    return { ...recording, state: 'deleted' as const, url: '', sizeBytes: 0 }
  },
  write: recordingBody,
})

export const recordingRoutes = [list, read, file, remove]
