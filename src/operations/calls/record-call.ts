// Recording of a call that is up, begun and ended by request: both sides of it.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readRecording } from '#store/recordings.ts'
import { Done, Id, OneOf, Optional } from '../fields.ts'
import { operation, otherNodeReasons } from '../operation.ts'
import { recordingView, RecordingView } from '../recordings/recording-view.ts'
import { liveCall, nodeOfCall } from './change-calls.ts'

const reasons = [
  'call.record_not_found',
  'call.not_found',
  'call.on_other_node',
  'call.state_invalid',
  ...otherNodeReasons,
] as const

export const recordCallOperation = operation({
  name: 'calls.record',
  summary: 'Record a call from now on',
  permission: 'calls.write',
  input: Type.Object(
    {
      id: Id('call'),
      channels: Optional(OneOf(['mixed', 'dual'], 'dual: one channel for each side. mixed unless told.')),
    },
    { additionalProperties: false },
  ),
  output: RecordingView,
  reasons: [...reasons, 'recording.not_found', 'platform.media_full'],
  route: { method: 'POST', path: '/calls/{id}/recordings', status: 201 },
  runsOn: nodeOfCall,
  async run(means, { id, channels }) {
    const { caller, read, voice } = means
    const { call, changes } = await liveCall(means, id)
    const { id: recordingId } = await changes.record(call, actorOf(caller), channels)
    const row = await readRecording(read, caller.account.id, recordingId)
    return row ? recordingView(row, voice.recordings) : refuse('recording.not_found', {})
  },
})

export const stopRecordingCallOperation = operation({
  name: 'calls.stop_recording',
  summary: 'End all recordings of a call that is up',
  permission: 'calls.write',
  input: Type.Object({ id: Id('call') }, { additionalProperties: false }),
  output: Done,
  reasons,
  route: { method: 'POST', path: '/calls/{id}/recordings/stop' },
  runsOn: nodeOfCall,
  async run(means, { id }) {
    const { call, changes } = await liveCall(means, id)
    if ((await changes.stopRecording(call)) === 0)
      refuse('call.state_invalid', { state: call.state, operation: 'stop recording' })
    return { done: true }
  },
})
