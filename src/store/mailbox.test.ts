import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { acceptInternal, acceptMessage } from './accept-messages.ts'
import { freshMessage, type MessageRow } from './messages.ts'
import { happeningsOf } from './happenings.ts'
import { takeInbound } from './inbound-messages.ts'
import {
  changeMailbox,
  countMailbox,
  entriesOf,
  hasMessage,
  listed,
  listMailbox,
  logEnd,
  mailboxSince,
  messagesOfEntry,
  readEntry,
  readLastOfThread,
  threadOf,
  type MailboxRow,
  type Place,
} from './mailbox.ts'
import { deleteMessage, readMessage } from './messages.ts'
import { eraseMessages } from './personal-data.ts'
import type { Store } from './store.ts'

const actor = { face: 'api' }
const account = 1
const ada = 10
const bo = 11

const messageRow = (row: Partial<MessageRow> & { id: number }): MessageRow => ({
  ...freshMessage,
  account_id: account,
  direction: 'out',
  kind: 'sms',
  face: 'api',
  sender: '+15550009999',
  recipient: '+15550001111',
  body: 'hello',
  coding: 'gsm7',
  segments: 1,
  state: 'delivered',
  carrier_id: 5,
  attempts: 1,
  report: 1,
  currency: 'USD',
  created_ms: row.id * 1000,
  sent_ms: 1,
  ended_ms: 1,
  updated_ms: row.id * 1000,
  ...row,
})

async function sent(store: Store, user: number, row: Partial<MessageRow> & { id: number }): Promise<void> {
  const whole = messageRow(row)
  const thread = threadOf(account, [whole.sender, whole.recipient])
  const common = { queueLimit: 10, media: [], mediaAtMost: 0, keepFailed: false, errorId: 'e', actor }
  await store.write(acceptMessage, { ...common, row: whole, filing: { userId: user, thread, batchId: whole.batch_id } })
}

async function came(store: Store, user: number, id: number, sender: string): Promise<void> {
  const owner = { account, face: 'api', numberId: 7, applicationId: null, userId: user, currency: 'USD' }
  const message = { id, carrier: 5, owner, kind: 'sms' as const, sender, recipient: '+15550009999', text: 'hi', coding: 'gsm7' }
  await store.write(takeInbound, { ...message, media: [], mediaAtMost: 0, now: id * 1000 })
}

async function paged(store: Store, id: number, entries: readonly [id: number, user: number][]): Promise<void> {
  const row = messageRow({ id, kind: 'internal', carrier_id: null, sender: '101', recipient: '102' })
  const entry = ([own, user]: readonly [number, number], at: number): MailboxRow => ({
    id: own,
    account_id: account,
    user_id: user,
    message_id: id,
    batch_id: null,
    thread: id,
    direction: at === 0 ? 'out' : 'in',
    kind: 'internal',
    is_read: at === 0 ? 1 : 0,
    place: 'kept',
    created_ms: id * 1000,
    changed_ms: id * 1000,
  })
  await store.write(acceptInternal, { row, entries: entries.map(entry), actor })
}

const idsOf = async (store: Store, user: number, where: Record<string, unknown> = {}): Promise<number[]> =>
  (await listMailbox(store, { scope: user, limit: 100, where: { places: listed(['kept']), ...where } })).map(({ id }) => id)

const change = (store: Store, user: number, ids: number[], wish: { read?: boolean; place?: Place }) =>
  store.write(changeMailbox, { account, user, ids, ...wish, actor, now: 99 })

onBothEngines('mailboxes', ({ open }) => {
  test('each user has their own, narrowed by every filter', async () => {
    const store = await open()
    await sent(store, ada, { id: 1 })
    await sent(store, bo, { id: 2 })
    await came(store, ada, 3, '+15550001111')
    await came(store, ada, 4, '+15550002222')
    await paged(store, 5, [
      [5, ada],
      [6, bo],
    ])
    assert.deepEqual(await idsOf(store, ada), [5, 4, 3, 1])
    assert.deepEqual(await idsOf(store, bo), [6, 2])
    assert.deepEqual(await idsOf(store, ada, { direction: 'in' }), [4, 3])
    assert.deepEqual(await idsOf(store, ada, { isRead: 0 }), [4, 3])
    assert.deepEqual(await idsOf(store, ada, { kinds: listed(['internal', 'mms']) }), [5])
    assert.deepEqual(await idsOf(store, ada, { number: '+15550002222' }), [4])
    assert.deepEqual(await idsOf(store, ada, { from: 3000, until: 4000 }), [3])
    // Whoever writes to whom, it is one conversation.
    const thread = threadOf(account, ['+15550001111', '+15550009999'])
    assert.ok(Number.isSafeInteger(thread))
    assert.deepEqual(await idsOf(store, ada, { thread }), [3, 1])
    assert.deepEqual(await idsOf(store, ada, { newest: 1 }), [5, 4, 3])
    assert.equal(await countMailbox(store, { scope: ada, where: { places: listed(['kept']), direction: 'in' } }), 2)
    assert.equal((await readLastOfThread(store, account, 5))!.id, 5)
    assert.equal(await readEntry(store, account + 1, 1), undefined)
  })

  test('read, deleted, kept again and purged: for each user alone, and the content goes with the last', async () => {
    const store = await open()
    await paged(store, 1, [
      [1, ada],
      [2, bo],
    ])
    assert.deepEqual(await change(store, ada, [2, 77], { place: 'deleted' }), [null, null])
    const [read] = await change(store, bo, [2], { read: true })
    assert.equal(read && 'row' in read && read.row.is_read, 1)
    await change(store, bo, [2], { place: 'deleted' })
    assert.deepEqual(await idsOf(store, bo), [])
    await change(store, bo, [2], { place: 'kept' })
    assert.deepEqual(await idsOf(store, bo), [2])
    await change(store, ada, [1], { place: 'purged' })
    assert.equal((await readMessage(store, account, 1))!.body, 'hello')
    assert.deepEqual([await hasMessage(store, ada, 1), await hasMessage(store, bo, 1)], [false, true])
    await change(store, bo, [2], { place: 'purged' })
    assert.equal((await readMessage(store, account, 1))!.body, '')
    assert.deepEqual(await change(store, bo, [2], { place: 'kept' }), [null])
    // What changes nothing is no happening.
    assert.equal((await happeningsOf(store, 'mailbox', 2)).length, 4)
    await sent(store, ada, { id: 3, state: 'queued', ended_ms: null })
    assert.deepEqual(await change(store, ada, [3], { place: 'purged' }), [{ open: 'queued' }])
  })

  test('tells what changed after a cursor, and what is gone; nothing of other users', async () => {
    const store = await open()
    await sent(store, ada, { id: 1, ended_ms: 1 })
    const since = async (cursor: string, user = ada) => mailboxSince(store, { account, user, cursor, limit: 10 })
    const start = await logEnd(store)
    assert.deepEqual(await since(start), { changed: [], gone: [] })
    await came(store, ada, 2, '+15550002222')
    await sent(store, bo, { id: 3 })
    await change(store, ada, [1], { read: false })
    assert.deepEqual(await since(start), { changed: [2, 1], gone: [] })
    assert.deepEqual(await since(start, bo), { changed: [3], gone: [] })
    const later = await logEnd(store)
    await store.write(deleteMessage, { account, id: 2, actor, now: 5 })
    assert.deepEqual(await since(later), { changed: [], gone: [2] })
    assert.deepEqual(await since(later, bo), { changed: [], gone: [] })
    assert.equal(await readEntry(store, account, 2), undefined)
    // A cursor of a log that this one is not.
    const beyond = store.engine === 'sqlite' ? '0:999999' : '99999999999:-1'
    assert.equal(await since(beyond), null)
  })

  test('after an erasure the conversation does not tell whose number it was', async () => {
    const store = await open()
    await sent(store, ada, { id: 1 })
    await sent(store, ada, { id: 2, batch_id: 50 })
    await store.write(eraseMessages, { account, person: '+15550001111', hash: 'erased-1', ids: [1, 2], actor, now: 9 })
    const threads = (await listMailbox(store, { scope: ada, limit: 10 })).map(({ thread }) => thread)
    assert.deepEqual(threads, [threadOf(account, ['batch 50']), threadOf(account, ['+15550009999', 'erased-1'])])
  })

  test('a group is one entry, which changes with each of its messages', async () => {
    const store = await open()
    await sent(store, ada, { id: 1, batch_id: 50 })
    const start = await logEnd(store)
    const second = messageRow({ id: 2, batch_id: 50, recipient: '+15550003333' })
    const common = { queueLimit: 10, media: [], mediaAtMost: 0, keepFailed: false, errorId: 'e', actor }
    await store.write(acceptMessage, { ...common, row: second })
    const entry = (await readEntry(store, account, 1))!
    assert.deepEqual(
      (await messagesOfEntry(store, entry)).map(({ id }) => id),
      [1, 2],
    )
    assert.deepEqual((await mailboxSince(store, { account, user: ada, cursor: start, limit: 10 }))!.changed, [1])
  })

  test('a row of the log names the entries it is about', async () => {
    const store = await open()
    await paged(store, 1, [
      [1, ada],
      [2, bo],
    ])
    await sent(store, ada, { id: 3, batch_id: 50 })
    const common = { queueLimit: 10, media: [], mediaAtMost: 0, keepFailed: false, errorId: 'e', actor }
    await store.write(acceptMessage, { ...common, row: messageRow({ id: 4, batch_id: 50, recipient: '+15550003333' }) })
    await change(store, bo, [2], { read: true })
    const about = async (noun: string, id: number) => {
      const [happening] = await happeningsOf(store, noun, id)
      return (await entriesOf(store, happening!)).map((entry) => entry.id).toSorted()
    }
    assert.deepEqual(await about('messages', 1), [1, 2])
    assert.deepEqual(await about('mailbox', 2), [2])
    // Of a group each message is about the one entry of its sender.
    assert.deepEqual([await about('messages', 3), await about('messages', 4)], [[3], [3]])
    await store.write(deleteMessage, { account, id: 1, actor, now: 9 })
    assert.deepEqual([await about('messages', 1), await about('mailbox', 2)], [[], []])
  })
})
