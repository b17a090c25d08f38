import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { deleteRecording } from '#store/recordings.ts'
import { Done, Id } from '../fields.ts'
import { operation } from '../operation.ts'

/** Its key goes in the same commit: what may be left of the file is noise. */
export const deleteRecordingOperation = operation({
  name: 'recordings.delete',
  summary: 'Delete a recording',
  permission: 'recordings.write',
  input: Type.Object({ id: Id('recording') }, { additionalProperties: false }),
  output: Done,
  reasons: ['recording.not_found', 'call.state_invalid'],
  route: { method: 'DELETE', path: '/recordings/{id}' },
  async run(means, { id }) {
    const { caller, clock, voice } = means
    const account = caller.account.id
    const deleted = await means.write(deleteRecording, { id, account, actor: actorOf(caller), now: clock.nowMs() })
    if (!deleted) refuse('recording.not_found', {})
    if ('open' in deleted) refuse('call.state_invalid', { state: 'recording', operation: 'delete' })
    await voice.recordings.removeFile(deleted.file)
    return { done: true }
  },
})
