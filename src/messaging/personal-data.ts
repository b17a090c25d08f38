// One person's data in an account, place by place: shown to the account that must tell what it has, and taken away when it
// must forget. A person is a telephone number or an e-mail address; who else somebody is, an account knows itself.
//
//   place       looked through                  shown                    after an erasure
//   messages    windows of the account's own    with files, evidence,    number and text gone, a hash in their place;
//                                               what webhooks told       files, evidence and what was told are gone
//   calls       windows of the account's own    with evidence, verbs,    numbers and detail gone from all legs of the session;
//                                               recordings, webhooks     evidence, recordings and what was told are gone
//   maskings    windows                         as they are              gone, and with them what they connected
//   person      by key                          contact, opt-outs        contact gone; opt-outs in force under the hash
//   emails      windows                         as they are              gone
//   refusals    all that are kept (a week)      as they are              that it was refused, and why
//
// Not looked through, for they are gone within a day by themselves: receipts that nobody knows, kept first answers of
// idempotency keys. Backups are the operator's.

import { callSessionsPlace, callsPlace, maskingsPlace } from './personal-calls.ts'
import type { Person, PersonalItem, PersonalPlace, ShowMeans } from './personal-place.ts'
import { eraseAttemptsOf, eraseTraces, shownTraces } from './personal-traces.ts'
import { readContact } from '#store/contacts.ts'
import { happeningsOf } from '#store/happenings.ts'
import { mediaOfMessage } from '#store/media.ts'
import { optOutLogId, optOutsOf } from '#store/opt-outs.ts'
import {
  eraseEmails,
  eraseMessages,
  erasePerson,
  eraseRefusals,
  personsContacts,
  personsEmails,
  personsMessages,
} from '#store/personal-data.ts'
import { listRefusals, type RefusalRow } from '#store/refusals.ts'
import type { Row } from '#store/schema.ts'
import type { Reader } from '#store/store.ts'

type MessageRow = Row<'messages'>

/** When something happened to a message: evidence is found by it. */
async function momentsOf(read: Reader, row: MessageRow): Promise<number[]> {
  const log = await happeningsOf(read, 'messages', row.id)
  return [row.created_ms, ...log.map(({ at_ms }) => at_ms)]
}

/** What a message's detail says of our own things, by the ids that they have inside: nothing of the person's. */
const ours = new Set(['routes', 'elsewhere', 'media', 'numberId', 'applicationId'])

const detailOf = (row: MessageRow): object =>
  Object.fromEntries(Object.entries(JSON.parse(row.detail) as object).filter(([name]) => !ours.has(name)))

async function shownMessage(means: ShowMeans, row: MessageRow): Promise<PersonalItem> {
  const files = await mediaOfMessage(means.read, row.id)
  const traces = await shownTraces(means, 'messages', row.id, await momentsOf(means.read, row))
  return {
    noun: 'message',
    data: {
      direction: row.direction,
      kind: row.kind,
      from: row.sender,
      to: row.recipient,
      text: row.body,
      state: row.state,
      reason: row.reason,
      cause: row.cause,
      reference: row.client_ref,
      detail: detailOf(row),
      createdMs: row.created_ms,
      sentMs: row.sent_ms,
      endedMs: row.ended_ms,
      files: files.map(({ name, type, size_bytes: sizeBytes, sha256 }) => ({ name, type, sizeBytes, sha256 })),
      ...traces,
    },
  }
}

const messagesPlace: PersonalPlace = {
  name: 'messages',
  kinds: ['phone'],
  async show(means, account, { value }, after) {
    const { rows, next } = await personsMessages(means.slow, account, value, after)
    const items: PersonalItem[] = []
    for (const row of rows) items.push(await shownMessage(means, row))
    return { items, next }
  },
  async erase({ store, cancelMessage }, { account, person, hash, actor, now }, after) {
    const { rows, next } = await personsMessages(store.slow, account, person.value, after)
    for (let at = 0; at < rows.length; at += messagesAtOnce) {
      const some = rows.slice(at, at + messagesAtOnce)
      for (const row of some) if (row.ended_ms === null) await cancelMessage(row, { account, actor, now })
      for (const row of some) await eraseTraces(store, 'messages', row.id, await momentsOf(store, row))
      await store.noted()
    }
    let erased = 0
    let open = 0
    for (let at = 0; at < rows.length; at += messagesAtOnce) {
      const ids = rows.slice(at, at + messagesAtOnce).map(({ id }) => id)
      const done = await store.write(eraseMessages, { account, person: person.value, hash, actor, ids, now })
      erased += done.erased
      open += done.open.length
    }
    return { erased, next: open > 0 ? 'again' : next }
  },
}

const messagesAtOnce = 50

const personPlace: PersonalPlace = {
  name: 'person',
  kinds: ['phone', 'email'],
  async show({ read }, account, { kind, value }) {
    const items: PersonalItem[] = []
    for (const id of await personsContacts(read, account, kind, value)) {
      const contact = await readContact(read, account, id)
      if (!contact) continue
      const { first_name: firstName, last_name: lastName, external_id: externalId, country, addresses, attributes } = contact
      const data = { firstName, lastName, externalId, country, createdMs: contact.created_ms }
      const more = { addresses: JSON.parse(addresses) as unknown, attributes: JSON.parse(attributes) as unknown }
      items.push({ noun: 'contact', data: { ...data, ...more } })
    }
    const optOuts = kind === 'phone' ? await optOutsOf(read, account, value) : []
    for (const { sender, origin, at_ms } of optOuts)
      items.push({ noun: 'opt_out', data: { to: value, from: sender, origin, atMs: at_ms } })
    return { items, next: null }
  },
  async erase({ store }, { account, person, hash, actor, now }) {
    const { kind, value } = person
    await eraseAttemptsOf(store, 'opt_outs', optOutLogId(account, value))
    const { erased } = await store.write(erasePerson, { account, person: value, kind, hash, actor, now })
    return { erased, next: null }
  },
}

const emailsPlace: PersonalPlace = {
  name: 'emails',
  kinds: ['email'],
  async show({ slow }, account, { value }, after) {
    const { rows, next } = await personsEmails(slow, account, value, after)
    const items = rows.map((row) => ({
      noun: 'email',
      data: {
        from: row.sender,
        recipients: JSON.parse(row.recipients) as unknown,
        subject: row.subject,
        body: row.body,
        state: row.state,
        createdMs: row.created_ms,
      },
    }))
    return { items, next }
  },
  async erase({ store }, { account, person }, after) {
    const { rows, next } = await personsEmails(store.slow, account, person.value, after)
    const { erased } = await store.write(eraseEmails, { account, ids: rows.map(({ id }) => id) })
    return { erased, next }
  },
}

const refusalsAtOnce = 200

/** Refusals that name the person: in their values, or in the path as it was asked for. */
async function* refusalsOf(notes: Reader, account: number, { value }: Person): AsyncGenerator<RefusalRow> {
  const plain = value.replace('+', '')
  let last: RefusalRow | undefined
  for (;;) {
    const rows: RefusalRow[] = await listRefusals(notes, account, refusalsAtOnce, last)
    for (const row of rows) if (row.params.toLowerCase().includes(plain) || row.path.toLowerCase().includes(plain)) yield row
    if (rows.length < refusalsAtOnce) return
    last = rows.at(-1)
    // Reads answer at once on SQLite: other work has its turn between the pages.
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

const refusalsPlace: PersonalPlace = {
  name: 'refusals',
  kinds: ['phone', 'email'],
  async show({ notes }, account, person) {
    const items: PersonalItem[] = []
    for await (const { error_id: errorId, reason, params, method, path, at_ms: atMs } of refusalsOf(notes, account, person))
      items.push({ noun: 'refusal', data: { errorId, reason, params: JSON.parse(params) as unknown, method, path, atMs } })
    return { items, next: null }
  },
  async erase({ store }, { account, person }) {
    let errorIds: string[] = []
    let erased = 0
    const flush = async () => {
      if (errorIds.length === 0) return
      store.note(eraseRefusals, { errorIds })
      erased += errorIds.length
      errorIds = []
      await store.noted()
    }
    for await (const { error_id } of refusalsOf(store.notes, account, person)) {
      errorIds.push(error_id)
      if (errorIds.length >= refusalsAtOnce) await flush()
    }
    await flush()
    return { erased, next: null }
  },
}

const places: readonly PersonalPlace[] = [
  messagesPlace,
  callsPlace,
  callSessionsPlace,
  maskingsPlace,
  personPlace,
  emailsPlace,
  refusalsPlace,
]

/** Where to look for such a person, in the order in which it is done. */
export const placesOf = (kind: Person['kind']): readonly PersonalPlace[] => places.filter(({ kinds }) => kinds.includes(kind))
