// Where one person's data stand in an account, by telephone number or e-mail address: found a window of rows at a time over
// the slow reader, and taken away in small writes. A message has no index by number, which every send would pay for.

import { sql } from 'kysely'
import { removeContact } from './contacts.ts'
import { count } from './counters.ts'
import { happened, type Actor, type Happening } from './happenings.ts'
import { isLike } from './list.ts'
import { forgetThread } from './mailbox.ts'
import { dropMediaOfMessage } from './media.ts'
import { hideOptOuts, optOutLogId } from './opt-outs.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

type MessageRow = Row<'messages'>
type EmailRow = Row<'emails'>

/** Rows looked through at once. */
const windowRows = 5_000

export interface Window<R> {
  readonly rows: readonly R[]
  /** The last id that was looked at; null at the end. */
  readonly next: number | null
}

/** Finds the rows of an account that name a person in one of these columns, a window at a time. */
export function personsRows<R>(table: 'messages' | 'calls', columns: readonly string[]) {
  const endOfWindow = statement<{ account: number; after: number; skip: number }, { id: number }>((db) =>
    db
      .selectFrom(table as 'messages')
      .select('id')
      .where('account_id', '=', bind('account'))
      .where('id', '>', bind('after'))
      .orderBy('id')
      .limit(1)
      .offset(bind('skip')),
  )
  const naming = statement<{ account: number; after: number; to: number; person: string }, R>((db) =>
    db
      .selectFrom(table as 'messages')
      .selectAll()
      .where('account_id', '=', bind('account'))
      .where('id', '>', bind('after'))
      .where('id', '<=', bind('to'))
      .where((eb) => eb.or(columns.map((column) => eb(column as 'sender', '=', bind('person')))))
      .orderBy('id'),
  )
  return async (slow: Reader, account: number, person: string, after: number): Promise<Window<R>> => {
    const end = await slow.one(endOfWindow, { account, after, skip: windowRows - 1 })
    const rows = await slow.all(naming, { account, after, to: end?.id ?? Number.MAX_SAFE_INTEGER, person })
    return { rows, next: end?.id ?? null }
  }
}

/** Messages to or from a number. */
export const personsMessages = personsRows<MessageRow>('messages', ['sender', 'recipient'])

const emailsOf = statement<{ account: number; after: number; like: string; limit: number }, EmailRow>((db) =>
  db
    .selectFrom('emails')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('id', '>', bind('after'))
    .where((eb) =>
      eb.or([isLike(sql<string>`lower(recipients)`, bind('like')), isLike(sql<string>`lower(sender)`, bind('like'))]),
    )
    .orderBy('id')
    .limit(bind('limit')),
)

const emailsAtOnce = 200
const escaped = (text: string): string => text.replaceAll(/[%_]/g, '_')

/** E-mails to or from an address, given in lower case. */
export async function personsEmails(slow: Reader, account: number, person: string, after: number): Promise<Window<EmailRow>> {
  const found = await slow.all(emailsOf, { account, after, like: `%${escaped(person)}%`, limit: emailsAtOnce })
  // LIKE finds a little more: what stands between other letters is another address.
  const rows = found.filter(({ sender, recipients }) =>
    `${sender} ${recipients}`
      .toLowerCase()
      .split(/[\s,;"<>[\]{}]+/)
      .includes(person),
  )
  return { rows, next: found.length < emailsAtOnce ? null : found.at(-1)!.id }
}

const logOf = statement<{ noun: string; noun_id: number }, Happening>((db) =>
  db
    .selectFrom('happenings')
    .select(['seq', 'account_id', 'noun', 'noun_id', 'kind', 'actor', 'data', 'at_ms'])
    .where('noun_id', '=', bind('noun_id'))
    .where('noun', '=', bind('noun'))
    .orderBy('seq'),
)
const rewrite = statement<{ seq: number; data: string }>((db) =>
  db
    .updateTable('happenings')
    .set({ data: bind('data') })
    .where('seq', '=', bind('seq')),
)

/** What a line of the log may keep: how it went, and nothing of what was said to whom. */
const harmless = new Set([
  'state',
  'final',
  'reason',
  'carrier',
  'next',
  'attempts',
  'receipt',
  'segment',
  'segments',
  'dueMs',
  'person',
])

export async function scrubLog(tx: Transaction, noun: string, nounId: number): Promise<void> {
  for (const { seq, data } of await tx.all(logOf, { noun, noun_id: nounId })) {
    const kept = Object.fromEntries(Object.entries(JSON.parse(data) as object).filter(([name]) => harmless.has(name)))
    const text = JSON.stringify(kept)
    if (text !== data) await tx.run(rewrite, { seq, data: text })
  }
}

const messageById = statement<{ account: number; id: number }, MessageRow>((db) =>
  db.selectFrom('messages').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const forget = statement<{ id: number; sender: string; recipient: string; detail: string; cause: string | null; now: number }>(
  (db) =>
    db
      .updateTable('messages')
      .set({
        sender: bind('sender'),
        recipient: bind('recipient'),
        body: '',
        params: null,
        cause: bind('cause'),
        callback: null,
        client_ref: '',
        detail: bind('detail'),
        updated_ms: bind('now'),
      })
      .where('id', '=', bind('id')),
)
export const dropDeliveries = statement<{ noun: string; id: number }>((db) =>
  db.deleteFrom('webhook_deliveries').where('noun_id', '=', bind('id')).where('noun', '=', bind('noun')),
)

export interface PersonDeed {
  readonly account: number
  readonly person: string
  /** Stands in its place afterwards. */
  readonly hash: string
  readonly actor: Actor
  readonly now: number
}

/** The words of a receipt may begin with the text of the message. */
const tells = (cause: string, person: string): boolean => /text:/i.test(cause) || cause.includes(person.replace('+', ''))

/**
 * Takes number, text, attachments, callback and what was told of it out of messages. Those that wait to be sent are left:
 * they are `open`, and must have ended before, or they would go to nobody.
 */
export const eraseMessages = defineWrite(
  'privacy.messages',
  async (tx, deed: PersonDeed & { ids: readonly number[] }): Promise<{ erased: number; open: number[] }> => {
    const { account, person, hash, actor, ids, now } = deed
    const open: number[] = []
    let erased = 0
    for (const id of ids) {
      const row = await tx.one(messageById, { account, id })
      if (!row || (row.sender !== person && row.recipient !== person)) continue
      if (row.ended_ms === null && row.state !== 'sent') {
        open.push(id)
        continue
      }
      await dropMediaOfMessage(tx, id)
      await tx.run(dropDeliveries, { noun: 'messages', id })
      await scrubLog(tx, 'messages', id)
      const sender = row.sender === person ? hash : row.sender
      const recipient = row.recipient === person ? hash : row.recipient
      await forgetThread(tx, row, [sender, recipient])
      await tx.run(forget, {
        id,
        sender,
        recipient,
        cause: row.cause !== null && tells(row.cause, person) ? null : row.cause,
        // No further route either: nobody could be sent to.
        detail: JSON.stringify({ erased: true, redactedMs: now }),
        now,
      })
      await happened(tx, {
        accountId: account,
        noun: 'messages',
        nounId: id,
        kind: 'erased',
        actor,
        data: { person: hash },
        atMs: now,
      })
      erased += 1
    }
    return { erased, open }
  },
)

const contactsAt = statement<{ account: number; kind: string; person: string }, { contact_id: number }>((db) =>
  db
    .selectFrom('contact_addresses')
    .select('contact_id')
    .where('account_id', '=', bind('account'))
    .where('kind', '=', bind('kind'))
    .where(sql<boolean>`lower(value) = ${bind('person')}`),
)

/** Contacts with that number, or with that e-mail address however it is written. */
export async function personsContacts(
  reader: Pick<Reader, 'all'>,
  account: number,
  kind: 'phone' | 'email',
  person: string,
): Promise<number[]> {
  return (await reader.all(contactsAt, { account, kind, person })).map(({ contact_id: id }) => id)
}

const dropParts = statement<{ account: number; person: string }>((db) =>
  db
    .deleteFrom('inbound_parts')
    .where('sender', '=', bind('person'))
    .where('recipient', 'in', db.selectFrom('numbers').select('number').where('account_id', '=', bind('account'))),
)
const dropTrusted = statement<{ account: number; person: string }>((db) =>
  db.deleteFrom('trusted_numbers').where('account_id', '=', bind('account')).where('number', '=', bind('person')),
)

/**
 * The contact, segments that wait, the whitelist; opt-outs stay in force under the hash. All of it is a handful of rows.
 */
export const erasePerson = defineWrite(
  'privacy.person',
  async (tx, deed: PersonDeed & { kind: 'phone' | 'email' }): Promise<{ erased: number }> => {
    const { account, person, hash, kind, actor, now } = deed
    let erased = 0
    for (const id of await personsContacts(tx, account, kind, person))
      if (await removeContact(tx, { id, account, actor, now })) erased += 1
    if (kind === 'email') return { erased }
    erased += await tx.run(dropParts, { account, person })
    erased += await tx.run(dropTrusted, { account, person })
    erased += await hideOptOuts(tx, account, person, hash)
    const id = optOutLogId(account, person)
    await tx.run(dropDeliveries, { noun: 'opt_outs', id })
    await scrubLog(tx, 'opt_outs', id)
    return { erased }
  },
)

const dropEmail = statement<{ account: number; id: number }>((db) =>
  db.deleteFrom('emails').where('account_id', '=', bind('account')).where('id', '=', bind('id')),
)

/** E-mails go as a whole: others may have got the same, and its text names who. One that waits is not sent. */
export const eraseEmails = defineWrite(
  'privacy.emails',
  async (tx, input: { account: number; ids: readonly number[] }): Promise<{ erased: number }> => {
    let erased = 0
    for (const id of input.ids) {
      if ((await tx.run(dropEmail, { account: input.account, id })) === 0) continue
      await scrubLog(tx, 'emails', id)
      erased += 1
    }
    if (erased > 0) await count(tx, input.account, 'emails', -erased)
    return { erased }
  },
)

/** As whoever reads a refusal wants them. */
const noParams = '{"params":{},"errors":[]}'

const blankRefusal = statement<{ error_id: string }>((db) =>
  db.updateTable('refusals').set({ params: noParams, path: '' }).where('error_id', '=', bind('error_id')),
)

/** For `store.note(eraseRefusals, ...)`: that there was a refusal stays, with its reason. */
export const eraseRefusals = defineWrite(
  'privacy.refusals',
  async (tx, input: { errorIds: readonly string[] }): Promise<null> => {
    for (const error_id of input.errorIds) await tx.run(blankRefusal, { error_id })
    return null
  },
)

const dropAttempts = statement<{ id: number }>((db) => db.deleteFrom('webhook_attempts').where('delivery_id', '=', bind('id')))

/** For `store.note(eraseAttempts, ...)`. */
export const eraseAttempts = defineWrite(
  'privacy.attempts',
  async (tx, input: { deliveries: readonly number[] }): Promise<null> => {
    for (const id of input.deliveries) await tx.run(dropAttempts, { id })
    return null
  },
)
