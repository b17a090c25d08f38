// A message from one user of an account to others: it never leaves the platform, costs nothing and is there at once. Replies
// make a thread; who takes part in it is whoever its newest message names. A department is all of its members.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { membersOf } from '#accounts/department.ts'
import { refusal, refuse, refuseAll, type Refusal } from '#reasons/refusal.ts'
import { acceptInternal } from '#store/accept-messages.ts'
import { hasMessage, readEntry, readLastOfThread, type MailboxRow } from '#store/mailbox.ts'
import { freshMessage, type MessageRow } from '#store/messages.ts'
import { readMessage } from '#store/messages.ts'
import { readUser, type UserRow } from '#store/users.ts'
import { Id, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { entryView, EntryView } from '../mailbox/entry-view.ts'

/** Older threads are answered no more. */
const threadOpenForMs = 30 * 24 * 3_600_000

interface Filed {
  readonly row: MessageRow
  readonly entries: readonly MailboxRow[]
}

const shown = (_: Means, { row, entries }: Filed) => entryView(entries[0]!, [row])

export const sendInternalOperation = operation({
  name: 'messages.send_internal',
  summary: 'Send a message to users of the account',
  permission: 'messages.write',
  input: Type.Object(
    {
      from: Optional(Id('user', 'Who sends; oneself unless told.')),
      to: Optional(
        Type.Array(Id('user'), {
          minItems: 1,
          maxItems: 100,
          description: 'Recipients; of a reply everybody else in the thread.',
        }),
      ),
      text: Type.String({ minLength: 1, maxLength: 10_000, description: 'What it says.' }),
      replyTo: Optional(Id('mailboxEntry', "The message that is answered, in the sender's own mailbox.")),
    },
    { additionalProperties: false },
  ),
  output: EntryView,
  reasons: [
    'resource.not_found',
    'account.user_unknown',
    'message.empty',
    'message.thread_left',
    'message.thread_too_old',
    'message.recipient_extension_state',
    'message.sender_is_department',
    'message.department_empty',
    'request.parameter_missing',
  ],
  creates: true,
  route: { method: 'POST', path: '/internal-messages', status: 201 },
  async run(means, { from = means.caller.user?.id, to, text, replyTo }) {
    const { caller, nextId, clock, read } = means
    if (from === undefined) refuse('request.parameter_missing', { parameter: 'from' })
    const sender = await readUser(read, from)
    if (sender?.account_id !== caller.account.id) refuse('account.user_unknown')
    if (membersOf(sender)) refuse('message.sender_is_department', namedBy(sender))
    const thread = replyTo === undefined ? undefined : await threadOfReply(means, sender, replyTo)
    const wanted = to ?? thread?.others
    if (wanted === undefined) refuse('request.parameter_missing', { parameter: 'to' })
    const { recipients, toDepartment } = await recipientsOf(means, sender, [...new Set(wanted)])
    if (text.trim() === '') refuse('message.empty')
    const now = clock.nowMs()
    const row = rowOf(means, nextId(), sender, recipients, text, { replyTo, toDepartment }, now)
    const entryOf = (user: UserRow, direction: 'out' | 'in'): MailboxRow => ({
      id: direction === 'out' ? row.id : nextId(),
      account_id: row.account_id,
      user_id: user.id,
      message_id: row.id,
      batch_id: null,
      thread: thread?.id ?? row.id,
      direction,
      kind: row.kind,
      is_read: direction === 'out' ? 1 : 0,
      place: 'kept',
      created_ms: now,
      changed_ms: now,
    })
    const entries = [entryOf(sender, 'out'), ...recipients.map((user) => entryOf(user, 'in'))]
    return shown(means, await means.write(acceptInternal, { row, entries, actor: actorOf(caller) }))
  },
  shown,
})

/** Gives resource.not_found, message.thread_left, message.thread_too_old. */
async function threadOfReply({ caller, read, clock }: Means, sender: UserRow, replyTo: number) {
  const { id: account } = caller.account
  const entry = await readEntry(read, account, replyTo)
  if (entry?.user_id !== sender.id || entry.kind !== 'internal' || entry.place === 'purged')
    refuse('resource.not_found', { noun: 'message', parameter: 'replyTo' })
  const { thread } = entry
  const last = await readLastOfThread(read, account, thread)
  const { fromUser, toUsers = [] } = JSON.parse(last?.detail ?? '{}') as { fromUser?: number; toUsers?: number[] }
  const parties = [...new Set([fromUser, ...toUsers])].filter((id) => id !== undefined)
  if (!parties.includes(sender.id)) refuse('message.thread_left')
  const first = await readMessage(read, account, thread)
  if (!first || first.created_ms < clock.nowMs() - threadOpenForMs || !(await hasFirst(read, sender.id, first)))
    refuse('message.thread_too_old')
  const others = parties.filter((id) => id !== sender.id)
  // Who wrote to nobody else answers oneself.
  return { id: thread, others: others.length > 0 ? others : [sender.id] }
}

/** Who came to a thread later never had its first message; who had it and purged it has put the thread away. */
async function hasFirst(read: Means['read'], user: number, first: MessageRow): Promise<boolean> {
  const { fromUser, toUsers = [] } = JSON.parse(first.detail) as { fromUser?: number; toUsers?: number[] }
  if (fromUser !== user && !toUsers.includes(user)) return true
  return hasMessage(read, user, first.id)
}

/** Its extension, for what is said of a user. */
function namedBy({ detail }: UserRow): { extension?: string } {
  const { extensionNumber: extension } = JSON.parse(detail) as { extensionNumber?: string }
  return extension === undefined ? {} : { extension }
}

interface Recipients {
  readonly recipients: readonly UserRow[]
  readonly toDepartment: boolean
}

/** All faults at once. Gives resource.not_found, message.recipient_extension_state, message.department_empty. */
async function recipientsOf({ caller, read }: Means, sender: UserRow, ids: readonly number[]): Promise<Recipients> {
  const users: UserRow[] = []
  const faults: Refusal[] = []
  let toDepartment = false
  for (const id of ids) {
    const user = await readUser(read, id)
    const members = user && membersOf(user)
    if (user?.account_id !== caller.account.id) faults.push(refusal('resource.not_found', { noun: 'user', parameter: 'to' }))
    else if (user.status !== 'active')
      faults.push(refusal('message.recipient_extension_state', { state: user.status, ...namedBy(user) }))
    else if (members) {
      toDepartment = true
      const reached = await activeOf(read, members, sender)
      if (reached.length === 0) faults.push(refusal('message.department_empty', namedBy(user)))
      users.push(...reached)
    } else users.push(user)
  }
  if (faults.length > 0) refuseAll(faults)
  const seen = new Set<number>()
  return { recipients: users.filter(({ id }) => !seen.has(id) && seen.add(id)), toDepartment }
}

/** Those who are gone or switched off are left out without a word, and so is whoever writes. */
async function activeOf(read: Means['read'], members: readonly number[], sender: UserRow): Promise<UserRow[]> {
  const users: UserRow[] = []
  for (const id of members) {
    const user = await readUser(read, id)
    if (user?.status === 'active' && user.id !== sender.id && user.account_id === sender.account_id) users.push(user)
  }
  return users
}

/** How a user is named where a number would stand. */
function partyOf({ login, detail }: UserRow): string {
  const { extensionNumber } = JSON.parse(detail) as { extensionNumber?: string }
  return (extensionNumber ?? login).slice(0, 64)
}

function rowOf(
  { caller }: Means,
  id: number,
  sender: UserRow,
  recipients: readonly UserRow[],
  text: string,
  { replyTo, toDepartment }: { readonly replyTo: number | undefined; readonly toDepartment: boolean },
  now: number,
): MessageRow {
  const detail = {
    fromUser: sender.id,
    toUsers: recipients.map((user) => user.id),
    ...(replyTo !== undefined && { replyTo }),
    ...(toDepartment && { toDepartment }),
  }
  return {
    ...freshMessage,
    id,
    account_id: caller.account.id,
    direction: 'out',
    kind: 'internal',
    face: caller.face,
    sender: partyOf(sender),
    recipient: recipients.length === 1 ? partyOf(recipients[0]!) : '',
    body: text,
    coding: 'ucs2',
    segments: 0,
    state: 'delivered',
    currency: caller.account.settings.currency,
    detail: JSON.stringify(detail),
    created_ms: now,
    sent_ms: now,
    ended_ms: now,
    updated_ms: now,
  }
}
