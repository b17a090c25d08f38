// A recording as the operations show it. Its sound is asked for apart.

import Type, { type Static } from 'typebox'
import type { RecordingRow } from '#store/recordings.ts'
import type { Recordings } from '#voice/recordings.ts'
import { Id, Moment, OneOf } from '../fields.ts'

const orNull = <T extends ReturnType<typeof Type.Integer>>(schema: T) => Type.Union([schema, Type.Null()])

export const RecordingView = Type.Object({
  id: Id('recording'),
  accountId: Id('account'),
  callId: orNull(Id('call', 'Whose sound it is; null for none.')),
  sessionId: orNull(Id('call', 'The first call of its session.')),
  conferenceId: orNull(Id('conference', 'The conference that it is of.')),
  state: OneOf(
    ['recording', 'ready', 'absent', 'failed', 'deleted'],
    'absent: nothing was said. failed: see reason; what was written until then may be there.',
  ),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'Why it failed.' }),
  source: OneOf(['call', 'dial', 'conference', 'api', 'voicemail'], 'What asked for it.'),
  channels: OneOf(['mixed', 'dual', 'heard'], 'dual: one channel for each side. heard: only what the party said.'),
  durationMs: Type.Integer(),
  sizeBytes: Type.Integer({ description: 'Of the WAV.' }),
  url: Type.String({ description: 'Public: whoever has it may listen. Empty once deleted.' }),
  tag: Type.String({ description: 'As the script named it; empty for none.' }),
  createdAt: Moment('When it began.'),
  endedAt: Type.Union([Moment('When it ended.'), Type.Null()]),
})

export function recordingView(row: RecordingRow, { urls }: Pick<Recordings, 'urls'>): Static<typeof RecordingView> {
  const { tag = '' } = JSON.parse(row.detail) as { tag?: string }
  return {
    id: row.id,
    accountId: row.account_id,
    callId: row.call_id,
    sessionId: row.session_id,
    conferenceId: row.conference_id,
    state: row.state as Static<typeof RecordingView>['state'],
    reason: row.reason,
    source: row.source as Static<typeof RecordingView>['source'],
    channels: row.channels as Static<typeof RecordingView>['channels'],
    durationMs: row.duration_ms,
    sizeBytes: row.size_bytes,
    url: row.state === 'deleted' ? '' : urls.urlOf(row),
    tag,
    createdAt: row.created_ms,
    endedAt: row.ended_ms,
  }
}
