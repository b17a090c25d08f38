// A message in somebody's mailbox as the operations show it.

import Type, { type Static } from 'typebox'
import { messagesOfEntry, type MailboxRow } from '#store/mailbox.ts'
import { readCall } from '#store/calls.ts'
import { readRecording } from '#store/recordings.ts'
import type { MessageRow } from '#store/messages.ts'
import type { Reader } from '#store/store.ts'
import { Id, Moment, OneOf } from '../fields.ts'
import { messageKinds, messageView, MessageView } from '../messages/message-view.ts'

export const places = ['kept', 'deleted', 'purged'] as const
export const Place = OneOf(places, 'Deleted ones may be kept again; of a purged one only that it was there is left.')

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const InternalParties = Type.Object(
  {
    from: Id('user'),
    to: Type.Array(Id('user')),
    toDepartment: Type.Optional(Type.Literal(true, { description: 'A department was named, whose members these are.' })),
  },
  { description: 'Who takes part, of a message between users.' },
)

/** What may stand in a mailbox. */
export const entryKinds = [...messageKinds, 'voicemail'] as const

const Voicemail = Type.Object(
  {
    recordingId: Id('recording'),
    callId: Nullable(Id('call')),
    from: Type.String({ description: 'Who left it.' }),
    to: Type.String({ description: 'The number that was called.' }),
    durationMs: Type.Integer(),
    sizeBytes: Type.Integer({ description: 'Of the WAV.' }),
  },
  { description: 'What somebody left by voice; its sound is that of the recording.' },
)

export const EntryView = Type.Object({
  id: Id('mailboxEntry'),
  userId: Id('user'),
  thread: Type.Integer({ 'x-noun': 'thread', description: 'The conversation it belongs to.' }),
  direction: OneOf(['out', 'in'], 'As its user sees it.'),
  kind: OneOf(entryKinds, 'Kind of message.'),
  read: Type.Boolean(),
  place: Place,
  createdAt: Moment('When it was sent or came.'),
  changedAt: Moment('When it or its message last changed.'),
  messages: Type.Array(MessageView, {
    description: 'One, or of a group one for each recipient. None of what is purged, or was said.',
  }),
  internal: Nullable(InternalParties),
  voicemail: Nullable(Voicemail),
})
export type EntryShown = Static<typeof EntryView>

interface InternalDetail {
  readonly fromUser?: number
  readonly toUsers?: readonly number[]
  readonly toDepartment?: true
}

export function entryView(
  row: MailboxRow,
  messages: readonly MessageRow[],
  voicemail: EntryShown['voicemail'] = null,
): EntryShown {
  const { fromUser, toUsers, toDepartment } = (
    row.kind === 'internal' && messages[0] ? JSON.parse(messages[0].detail) : {}
  ) as InternalDetail
  return {
    id: row.id,
    userId: row.user_id,
    thread: row.thread,
    direction: row.direction as EntryShown['direction'],
    kind: row.kind as EntryShown['kind'],
    read: row.is_read === 1,
    place: row.place as EntryShown['place'],
    createdAt: row.created_ms,
    changedAt: Math.max(row.changed_ms, ...messages.map(({ updated_ms: updated }) => updated)),
    messages: row.place === 'purged' ? [] : messages.map(messageView),
    internal:
      fromUser === undefined || row.place === 'purged'
        ? null
        : { from: fromUser, to: [...(toUsers ?? [])], ...(toDepartment && { toDepartment }) },
    voicemail: row.place === 'purged' ? null : voicemail,
  }
}

export const entryShown = async (reader: Reader, row: MailboxRow): Promise<EntryShown> =>
  row.kind === 'voicemail'
    ? entryView(row, [], await voicemailOf(reader, row))
    : entryView(row, await messagesOfEntry(reader, row))

async function voicemailOf(
  reader: Reader,
  { account_id: account, message_id: id }: MailboxRow,
): Promise<EntryShown['voicemail']> {
  const recording = await readRecording(reader, account, id)
  if (recording?.state !== 'ready') return null
  const { call_id: callId, duration_ms: durationMs, size_bytes: sizeBytes } = recording
  const call = callId === null ? undefined : await readCall(reader, account, callId)
  return { recordingId: id, callId, from: call?.caller ?? '', to: call?.called ?? '', durationMs, sizeBytes }
}
