import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readEntry } from '#store/mailbox.ts'
import { readRecording } from '#store/recordings.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { SoundFile, soundReasons } from '../recordings/read-recording.ts'

/** Whoever reads the mailbox hears it: no right to recordings is needed for what was left there. */
export const readVoicemailOperation = operation({
  name: 'mailbox.listen',
  summary: 'Listen to a voice mail of a mailbox',
  permission: 'messages.read',
  input: Type.Object({ id: Id('mailboxEntry', 'Id of the message in its mailbox.') }, { additionalProperties: false }),
  output: SoundFile,
  reasons: ['resource.not_found', ...soundReasons],
  route: { method: 'GET', path: '/mailbox-entries/{id}/content', answers: 'bytes' },
  async run({ caller, read, voice }, { id }) {
    const entry = await readEntry(read, caller.account.id, id)
    const isThere = entry?.kind === 'voicemail' && entry.place !== 'purged'
    const row = isThere ? await readRecording(read, caller.account.id, entry.message_id) : undefined
    if (!row) return refuse('resource.not_found', { noun: 'message', parameter: 'id' })
    const content = await voice.recordings.content(row)
    return { type: content.type, name: content.name, bytes: content }
  },
})
