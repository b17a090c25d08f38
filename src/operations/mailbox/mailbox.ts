// A user's mailbox: what there is, one of it, what changed since, and what its user does to it.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { QueryTooSlow } from '#store/store-errors.ts'
import {
  changeMailbox,
  countMailbox,
  listed,
  listMailbox,
  logEnd,
  mailboxSince,
  readEntry,
  type MailboxRow,
} from '#store/mailbox.ts'
import { deleteRecording } from '#store/recordings.ts'
import { readUser } from '#store/users.ts'
import { Id, Moment, OneOf, Optional, Page, pageLimit, PageOf } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { entryKinds, entryShown, EntryView, Place } from './entry-view.ts'

/** Gives account.user_unknown. */
async function requireUser({ caller, read }: Means, id: number): Promise<void> {
  const user = await readUser(read, id)
  if (user?.account_id !== caller.account.id) refuse('account.user_unknown')
}

const Thread = Type.Integer({ minimum: 0, 'x-noun': 'thread', description: 'A conversation.' })

export const listMailboxOperation = operation({
  name: 'mailbox.list',
  summary: "List a user's messages",
  permission: 'messages.read',
  input: PageOf({
    user: Id('user'),
    direction: Optional(OneOf(['out', 'in'], 'Sent or received.')),
    kind: Optional(OneOf(entryKinds, 'Kind of message.')),
    read: Optional(Type.Boolean({ description: 'Read or not.' })),
    place: Optional(Place),
    thread: Optional(Thread),
    number: Optional(Type.String({ maxLength: 64, description: 'Sender or recipient, exactly.' })),
    from: Optional(Moment('Sent or received at this moment or later.')),
    until: Optional(Moment('Sent or received before this moment.')),
    newestOfThread: Optional(Type.Boolean({ description: 'Only the newest of each conversation.' })),
    kinds: Optional(Type.Array(OneOf(entryKinds, 'Kind of message.'), { 'x-hidden': true, maxItems: 5 })),
    places: Optional(Type.Array(Place, { 'x-hidden': true, maxItems: 3 })),
    counted: Optional(Type.Boolean({ 'x-hidden': true })),
  }),
  output: Page(EntryView),
  reasons: ['account.user_unknown'],
  route: { method: 'GET', path: '/users/{user}/mailbox' },
  async run(means, { user, limit: asked, after, skip, oldestFirst, counted, ...fields }) {
    await requireUser(means, user)
    const { slow } = means
    const limit = pageLimit(asked)
    const kinds = fields.kinds ?? (fields.kind && [fields.kind])
    const places = fields.places ?? [fields.place ?? 'kept']
    const where = {
      direction: fields.direction,
      thread: fields.thread,
      isRead: fields.read === undefined ? undefined : Number(fields.read),
      number: fields.number,
      from: fields.from,
      until: fields.until,
      newest: fields.newestOfThread ? 1 : undefined,
      kinds: kinds && listed(kinds),
      places: listed(places),
    }
    const rows = await listMailbox(slow, { scope: user, after, skip, oldestFirst, limit: limit + 1, where })
    const shown = rows.slice(0, limit)
    return {
      items: await Promise.all(shown.map((row) => entryShown(slow, row))),
      next: rows.length > limit ? shown.at(-1)!.id : null,
      ...(counted && { total: await countMailbox(slow, { scope: user, where }) }),
    }
  },
})

const EntryId = Id('mailboxEntry', 'Id of the message in its mailbox.')

export const readEntryOperation = operation({
  name: 'mailbox.read',
  summary: "Read a message of a user's mailbox",
  permission: 'messages.read',
  input: Type.Object({ id: EntryId }, { additionalProperties: false }),
  output: EntryView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/mailbox-entries/{id}' },
  async run({ caller, read }, { id }) {
    const row = await readEntry(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'message', parameter: 'id' })
    return entryShown(read, row)
  },
})

const Changed = Type.Object({
  id: EntryId,
  entry: Type.Union([EntryView, Type.Null()], { description: 'Null where there is none, or it is purged already.' }),
  open: Type.Union([Type.String(), Type.Null()], {
    description: 'The state of a message that is still to be sent, and is not purged for that.',
  }),
})

/** Each for itself. */
export const changeMailboxOperation = operation({
  name: 'mailbox.change',
  summary: 'Mark messages of a mailbox as read, delete, keep or purge them',
  permission: 'messages.write',
  input: Type.Object(
    {
      user: Id('user'),
      ids: Type.Array(EntryId, { minItems: 1, maxItems: 1000, description: 'At most 1000.' }),
      read: Optional(Type.Boolean({ description: 'Whether they are read.' })),
      place: Optional(Place),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ items: Type.Array(Changed) }),
  reasons: ['account.user_unknown'],
  route: { method: 'PATCH', path: '/users/{user}/mailbox' },
  async run(means, { user, ids, read: isRead, place }) {
    await requireUser(means, user)
    const { caller, clock, read } = means
    const changed = await means.write(changeMailbox, {
      account: caller.account.id,
      user,
      ids,
      read: isRead,
      place,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (place === 'purged') for (const one of changed) if (one && 'row' in one) await dropSound(means, one.row)
    const items = changed.map(async (one, at) => ({
      id: ids[at]!,
      entry: one && 'row' in one ? await entryShown(read, one.row) : null,
      open: one && 'open' in one ? one.open : null,
    }))
    return { items: await Promise.all(items) }
  },
})

/** What was said goes with it, for nobody else has it. */
async function dropSound({ caller, clock, write, voice }: Means, { kind, message_id: id }: MailboxRow): Promise<void> {
  if (kind !== 'voicemail') return
  const deleted = await write(deleteRecording, { id, account: caller.account.id, actor: actorOf(caller), now: clock.nowMs() })
  if (deleted && 'file' in deleted) await voice.recordings.removeFile(deleted.file)
}

/** More than these in one go are not told one by one. */
const changesAtMost = 1000

export const mailboxChangesOperation = operation({
  name: 'mailbox.changes',
  summary: "What is new or changed in a user's mailbox",
  permission: 'messages.read',
  input: Type.Object(
    {
      user: Id('user'),
      since: Optional(
        Type.String({
          pattern: '^[0-9]{1,20}:-?[0-9]{1,16}$',
          description: 'The cursor of the last time. Without it, only a cursor is given.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    items: Type.Array(EntryView, { description: 'Newest first; as they are now.' }),
    gone: Type.Array(EntryId, { description: 'Those whose message was deleted altogether.' }),
    cursor: Type.String({ description: 'For the next time. What is told then may repeat what is told now.' }),
  }),
  reasons: ['account.user_unknown', 'message.full_sync_required'],
  route: { method: 'GET', path: '/users/{user}/mailbox/changes' },
  async run(means, { user, since }) {
    await requireUser(means, user)
    const { caller, slow } = means
    // Before the rows are read: what comes in between is told twice rather than never.
    const cursor = await logEnd(slow)
    if (since === undefined) return { items: [], gone: [], cursor }
    const found = await changesSince(means, { account: caller.account.id, user, cursor: since, limit: changesAtMost + 1 })
    if (!found || found.changed.length > changesAtMost || found.gone.length > changesAtMost) refuse('message.full_sync_required')
    const rows = await Promise.all(found.changed.map((id) => readEntry(slow, caller.account.id, id)))
    const items = await Promise.all(rows.flatMap((row) => (row ? [entryShown(slow, row)] : [])))
    return { items, gone: found.gone, cursor }
  },
})

async function changesSince({ slow }: Means, ask: Parameters<typeof mailboxSince>[1]) {
  try {
    return await mailboxSince(slow, ask)
  } catch (error) {
    // So much has happened in the account that listing all anew is the shorter way.
    if (error instanceof QueryTooSlow) return null
    throw error
  }
}
