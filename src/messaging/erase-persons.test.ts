// One person is shown with all that is kept, and is forgotten everywhere, after a crash too; nobody else is touched.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insertedMessage } from '../../test/fakes/messages.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { createContact, listContacts } from '#store/contacts.ts'
import { createEmail, listEmails } from '#store/emails.ts'
import { createErasure, readErasure, type ErasureRow } from '#store/erasures.ts'
import { evidenceOf } from '#store/evidence.ts'
import { firstCursor, happeningsAfter } from '#store/happenings.ts'
import { cancelMessage } from '#store/unsent-messages.ts'
import { readMessage } from '#store/messages.ts'
import { createOptOut, isOptedOut, optOutLogId } from '#store/opt-outs.ts'
import { findRefusal, noteRefusal } from '#store/refusals.ts'
import type { Store } from '#store/store.ts'
import { noteWebhookAttempts, webhookAttemptsOf } from '#store/webhook-attempts.ts'
import { addWebhookDeliveries, webhookDeliveriesOf } from '#store/webhook-deliveries.ts'
import { handClock, systemClock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { Key } from '#values/secrets.ts'
import { erasuresLoop, newErasure, type ErasureParts } from './erase-persons.ts'
import { Evidence } from './evidence.ts'
import { OptOuts, PersonHashes } from './opt-outs.ts'
import { placesOf } from './personal-data.ts'
import type { Person, PersonalItem } from './personal-place.ts'

const key = new Key('cd'.repeat(32))
const hashes = new PersonHashes(key)
const nextId = idSource(systemClock)
const actor = { face: 'test' }
const account = 7
const phone: Person = { kind: 'phone', value: '+15550001111' }
const hash = hashes.of(account, phone.value)
const now = 1_760_000_000_000

async function ask(store: Store, person: Person): Promise<ErasureRow> {
  const row = newErasure({ id: nextId(), account, person, actor, key, nowMs: now })
  await store.write(createErasure, { row, actor })
  return row
}

async function shown(store: Store, person: Person): Promise<PersonalItem[]> {
  const items: PersonalItem[] = []
  for (const place of placesOf(person.kind)) {
    for (let after: number | null = -1; after !== null;) {
      const part = await place.show({ read: store, slow: store.slow, notes: store.notes, nowMs: now }, account, person, after)
      items.push(...part.items)
      after = part.next
    }
  }
  return items
}

const loopParts = (store: Store, onWire: ReadonlySet<number> = new Set()): ErasureParts => ({
  store,
  clock: handClock(now + 5000),
  key,
  cancelMessage: async ({ id }, how) => (onWire.has(id) ? undefined : store.write(cancelMessage, { ...how, id })),
})

async function refused(store: Store, errorId: string, params: object, path: string): Promise<void> {
  store.note(noteRefusal, {
    error_id: errorId,
    account_id: account,
    face: 'api',
    reason: 'number.invalid',
    params: JSON.stringify(params),
    method: 'GET',
    path,
    status: 400,
    code: '',
    source: '127.0.0.1',
    trace_id: '',
    at_ms: now,
  })
  await store.noted()
}

onBothEngines('personal data', ({ open }) => {
  test('all that names a number is shown, then gone; what is in force stays', async () => {
    const store = await open()
    const mine = { account_id: account, created_ms: now, recipient: phone.value, state: 'delivered', ended_ms: now }
    await insertedMessage(store, { id: 1, ...mine, params: '{"number":"+15550001111"}', cause: 'id:1 stat:DELIVRD text:hello' })
    await insertedMessage(store, { id: 2, ...mine, state: 'sent', ended_ms: null, detail: '{"elsewhere":[4],"subject":"s"}' })
    await insertedMessage(store, { id: 3, ...mine, state: 'scheduled', ended_ms: null })
    await insertedMessage(store, { id: 4, ...mine, direction: 'in', sender: phone.value, recipient: '+15559999999' })
    await insertedMessage(store, { id: 5, ...mine, recipient: '+15550002222' })
    await insertedMessage(store, { id: 6, ...mine, account_id: 8 })
    const evidence = new Evidence({ store, clock: handClock(now), nextId })
    for (const messageId of [1, 5])
      evidence.wire({ messageId, direction: 'out', protocol: 'smpp', bytes: Uint8Array.of(messageId), atMs: now })
    evidence.flush()
    await store.write(createContact, {
      id: 30,
      account,
      fields: { firstName: 'Ann', addresses: { phone: phone.value } },
      groups: [],
      merge: false,
      actor,
      now,
    })
    await store.write(createOptOut, { account, recipient: phone.value, sender: 'Shop', origin: 'message', actor, now })
    await refused(store, 'e1', { number: phone.value }, '/v1/messages')
    await refused(store, 'e2', {}, '/v1/opt-outs/%2B15550001111/*')
    await refused(store, 'e3', { number: '+15550002222' }, '/v1/messages')
    await store.write(addWebhookDeliveries, {
      rows: [
        delivery(40, 1, 'pending'),
        delivery(41, 5, 'delivered'),
        { ...delivery(42, optOutLogId(account, phone.value), 'pending'), noun: 'opt_outs' },
      ],
      accountId: account,
      actor,
      now,
    })
    for (const id of [40, 41]) store.note(noteWebhookAttempts, { rows: JSON.stringify([attempt(id)]) })
    await store.noted()

    const before = await shown(store, phone)
    assert.deepEqual(before.map(({ noun }) => noun).toSorted(), [
      'contact',
      'message',
      'message',
      'message',
      'message',
      'opt_out',
      'refusal',
      'refusal',
    ])
    const first = before.find(({ data }) => data['cause'] !== undefined && data['cause'] !== null)!.data
    assert.equal((first['evidence'] as unknown[]).length, 1)
    assert.equal((first['webhooks'] as unknown[]).length, 1)

    const subjects = before.map(({ data }) => data['detail'] as { subject?: string } | undefined).filter((one) => one?.subject)
    assert.deepEqual(subjects, [{ subject: 's' }], 'and nothing of the routes')

    const optOuts = new OptOuts(store, hashes)
    assert.equal(await optOuts.blocks(account, phone.value, 'Shop'), true)
    const row = await ask(store, phone)
    assert.ok((await erasuresLoop.do(loopParts(store))) > 0)
    assert.equal((await readErasure(store, account, row.id))!.status, 'completed')
    assert.equal((await readErasure(store, account, row.id))!.person_sealed, '')
    assert.deepEqual(await shown(store, phone), [])
    assert.equal(await optOuts.blocks(account, phone.value, 'Shop'), true, 'still not written to')
    assert.equal(await isOptedOut(store, account, phone.value, 'Shop'), false, 'by the hash alone')

    const told = async (id: number, of = account) => {
      const { sender, recipient, body, state, params, cause } = (await readMessage(store, of, id))!
      return { sender, recipient, body, state, params, cause }
    }
    assert.deepEqual(await told(1), {
      sender: '+15550009999',
      recipient: hash,
      body: '',
      state: 'delivered',
      params: null,
      cause: null,
    })
    assert.deepEqual(
      [(await told(2)).state, JSON.parse((await readMessage(store, account, 2))!.detail).elsewhere],
      ['sent', undefined],
    )
    assert.equal((await told(3)).state, 'canceled')
    assert.deepEqual([(await told(4)).sender, (await told(4)).recipient], [hash, '+15559999999'])
    assert.deepEqual([(await told(5)).body, (await told(6, 8)).recipient], ['hello', phone.value])
    assert.deepEqual([(await evidenceOf(store.notes, 1, [now])).length, (await evidenceOf(store.notes, 5, [now])).length], [0, 1])
    assert.deepEqual(await webhookDeliveriesOf(store, 'messages', 1), [])
    assert.equal((await webhookDeliveriesOf(store, 'messages', 5)).length, 1)
    assert.deepEqual(await webhookDeliveriesOf(store, 'opt_outs', optOutLogId(account, phone.value)), [])
    assert.deepEqual(
      [(await webhookAttemptsOf(store.notes, 40)).length, (await webhookAttemptsOf(store.notes, 41)).length],
      [0, 1],
    )
    assert.deepEqual(await listContacts(store, { scope: account, limit: 9 }), [])
    assert.equal((await findRefusal(store.notes, account, 'e1'))!.params, '{"params":{},"errors":[]}')
    assert.equal((await findRefusal(store.notes, account, 'e2'))!.path, '')
    assert.equal((await findRefusal(store.notes, account, 'e3'))!.path, '/v1/messages')
    const log = (await happeningsAfter(store, firstCursor, 99)).rows
    assert.ok(
      log.some(({ kind }) => kind === 'erased') && log.some(({ noun, kind }) => noun === 'erasures' && kind === 'completed'),
    )
    assert.doesNotMatch(JSON.stringify(log), /15550001111/)
  })

  test('a message on its way holds up its own erasure and no other', async () => {
    const store = await open()
    const other: Person = { kind: 'phone', value: '+15550003333' }
    await insertedMessage(store, { id: 1, account_id: account, recipient: phone.value })
    await insertedMessage(store, { id: 2, account_id: account, recipient: other.value, state: 'delivered', ended_ms: 1 })
    const [held, free] = [await ask(store, phone), await ask(store, other)]
    await erasuresLoop.do(loopParts(store, new Set([1])))
    assert.deepEqual(
      [(await readErasure(store, account, held.id))!.status, (await readErasure(store, account, free.id))!.status],
      ['running', 'completed'],
    )
    assert.equal((await readMessage(store, account, 1))!.recipient, phone.value, 'whoever sends it still knows to whom')
    await erasuresLoop.do(loopParts(store))
    assert.equal((await readErasure(store, account, held.id))!.status, 'completed')
    assert.deepEqual(
      [(await readMessage(store, account, 1))!.recipient, (await readMessage(store, account, 1))!.state],
      [hash, 'canceled'],
    )
    assert.equal(await erasuresLoop.do(loopParts(store)), 0)
  })

  test('by e-mail address: contact and e-mails, however they are written', async () => {
    const store = await open()
    const fields = { addresses: { email: 'Bob@Example.com' } }
    await store.write(createContact, { id: 30, account, fields, groups: [], merge: false, actor, now })
    const email = (id: number, to: string) =>
      store.write(createEmail, {
        row: {
          id,
          account_id: account,
          face: 'api',
          sender: 'shop@example.com',
          recipients: JSON.stringify({ to: [to], cc: [], bcc: [] }),
          subject: 's',
          body: 'b',
          type: 'text/plain',
          state: 'sent',
          reason: null,
          cause: null,
          attempts: 1,
          wake_ms: null,
          deadline_ms: now,
          created_ms: now,
          ended_ms: now,
          updated_ms: now,
        },
        actor,
      })
    await email(1, 'Bob <bob@example.com>')
    await email(2, 'jimbob@example.com')
    const bob: Person = { kind: 'email', value: 'bob@example.com' }
    assert.deepEqual(
      (await shown(store, bob)).map(({ noun }) => noun),
      ['contact', 'email'],
    )
    await ask(store, bob)
    await erasuresLoop.do(loopParts(store))
    assert.deepEqual(await shown(store, bob), [])
    assert.deepEqual(
      (await listEmails(store, { scope: account, limit: 9 })).map(({ id }) => id),
      [2],
    )
  })
})

function delivery(id: number, message: number, state: string) {
  return {
    id,
    account_id: account,
    endpoint_id: null,
    face: 'api',
    kind: 'message.status',
    noun: 'messages',
    noun_id: message,
    lane: 1,
    queue: 1,
    state,
    method: 'GET',
    url: 'http://a/?to=%2B15550001111',
    headers: '{}',
    body: '',
    fallback: null,
    subject: null,
    error_id: null,
    loopback: 0,
    attempts: 0,
    attempts_before: 0,
    due_ms: 1,
    deadline_ms: 1,
    status: null,
    reason: null,
    params: null,
    happened_ms: 1,
    created_ms: 1,
    ended_ms: state === 'pending' ? null : 1,
  }
}

function attempt(delivery_id: number) {
  return {
    delivery_id,
    attempt: 1,
    step: 0,
    account_id: account,
    at_ms: now,
    took_ms: 1,
    method: 'GET',
    url: 'http://a/?to=%2B15550001111',
    address: '127.0.0.1',
    headers: '{}',
    status: 200,
    answer_headers: '{}',
    answer_body: '',
    reason: null,
    detail: '',
  }
}
