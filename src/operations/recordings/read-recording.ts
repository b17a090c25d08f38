import Type from 'typebox'
import type { Caller } from '#accounts/caller.ts'
import type { ByteSource } from '#protocols/http/bytes-answer.ts'
import { refuse } from '#reasons/refusal.ts'
import { readRecording, type RecordingRow } from '#store/recordings.ts'
import type { Reader } from '#store/store.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { recordingView, RecordingView } from './recording-view.ts'

async function recordingOf(read: Reader, caller: Caller, id: number): Promise<RecordingRow> {
  return (await readRecording(read, caller.account.id, id)) ?? refuse('recording.not_found', {})
}

/** A deleted one is still told of: that it was, and when. */
export const readRecordingOperation = operation({
  name: 'recordings.read',
  summary: 'Read what a recording is',
  permission: 'recordings.read',
  input: Type.Object({ id: Id('recording') }, { additionalProperties: false }),
  output: RecordingView,
  reasons: ['recording.not_found'],
  route: { method: 'GET', path: '/recordings/{id}' },
  run: async ({ caller, read, voice }, { id }) => recordingView(await recordingOf(read, caller, id), voice.recordings),
})

/** The bytes are read while they are sent. */
export const SoundFile = Type.Object({
  type: Type.String(),
  name: Type.String(),
  bytes: Type.Unsafe<ByteSource>({ type: 'string', format: 'binary' }),
})

export const soundReasons = [
  'recording.not_found',
  'recording.deleted',
  'recording.file_missing',
  'recording.damaged',
  'request.range_not_satisfiable',
] as const

/** A WAV, read while it is sent; sealed under the application's own key where its script gave one. */
export const readRecordingContentOperation = operation({
  name: 'recordings.content',
  summary: 'Listen to a recording',
  permission: 'recordings.read',
  input: Type.Object({ id: Id('recording') }, { additionalProperties: false }),
  output: SoundFile,
  reasons: soundReasons,
  route: { method: 'GET', path: '/recordings/{id}/content', answers: 'bytes' },
  async run({ caller, read, voice }, { id }) {
    const content = await voice.recordings.content(await recordingOf(read, caller, id))
    return { type: content.type, name: content.name, bytes: content }
  },
})
