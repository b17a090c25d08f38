// Media: a content is kept once and goes with its last row, names are unique in the account's store, e-mails end once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { counted } from './counters.ts'
import { beginEmail, createEmail, dueEmails, readEmail, settleEmail, type EmailRow } from './emails.ts'
import {
  createMedia,
  deleteMedia,
  listMedia,
  purgeExpiredMedia,
  purgeMedia,
  renameMedia,
  readContent,
  readMedia,
  readMediaByName,
  sha256Of,
  type MediaRow,
} from './media.ts'
import type { Store } from './store.ts'

const actor = { face: 'test', userId: null, credentialId: null }
const account = 7
const picture = Buffer.from([0xff, 0xd8, 0xff, 0, 1, 2, 0xfe, 0x00])

const rowOf = (id: number, bytes: Buffer, more: Partial<MediaRow> = {}): MediaRow => ({
  id,
  account_id: account,
  message_id: null,
  position: 0,
  listed: 1,
  name: '',
  type: 'image/jpeg',
  size_bytes: bytes.length,
  sha256: sha256Of(bytes),
  origin: 'uploaded',
  created_ms: id,
  expires_ms: null,
  ...more,
})

const create = (
  store: Store,
  id: number,
  bytes: Buffer,
  {
    replace = false,
    mostBytes = 1_000_000,
    known = false,
    ...more
  }: Partial<MediaRow> & {
    replace?: boolean
    mostBytes?: number
    known?: boolean
  } = {},
) =>
  store.write(createMedia, {
    media: { row: rowOf(id, bytes, more), bytes: known ? undefined : bytes },
    replace,
    mostBytes,
    actor,
  })

onBothEngines('media', ({ open }) => {
  test('bytes come back as they went in; the same content is kept once, until its last row goes', async () => {
    const store = await open()
    assert.equal((await create(store, 1, picture, { name: 'a.jpg' })).outcome, 'kept')
    assert.equal((await create(store, 2, picture, { account_id: 8, known: true })).outcome, 'kept')
    assert.deepEqual(await readContent(store, sha256Of(picture)), picture)
    assert.deepEqual(await store.write(deleteMedia, { id: 1, account: 8, actor, now: 9 }), { deleted: false })
    assert.deepEqual(await store.write(deleteMedia, { id: 1, account, actor, now: 9 }), { deleted: true })
    assert.deepEqual(await store.write(deleteMedia, { id: 1, account, actor, now: 9 }), { deleted: false })
    assert.deepEqual(await readContent(store, sha256Of(picture)), picture)
    await store.write(deleteMedia, { id: 2, account: 8, actor, now: 9 })
    assert.equal(await readContent(store, sha256Of(picture)), undefined)
    assert.equal(await counted(store, account, 'media_bytes'), 0)
    assert.equal((await create(store, 3, picture, { known: true })).outcome, 'gone')
    assert.equal(await readMedia(store, account, 3), undefined)
  })

  test('a name is one file of the account; replacing takes its place', async () => {
    const store = await open()
    const other = Buffer.from('other')
    await create(store, 1, picture, { name: 'a.jpg' })
    assert.equal((await create(store, 2, other, { name: 'a.jpg' })).outcome, 'taken')
    assert.equal(await readContent(store, sha256Of(other)), undefined)
    assert.equal((await create(store, 3, other, { name: 'a.jpg', account_id: 8 })).outcome, 'kept')
    // An attachment has a name of its own, and two files may have none.
    assert.equal((await create(store, 4, other, { name: 'a.jpg', listed: 0, message_id: 50 })).outcome, 'kept')
    assert.equal((await create(store, 5, other)).outcome, 'kept')
    assert.equal((await create(store, 6, other)).outcome, 'kept')
    assert.equal((await create(store, 7, other, { name: 'a.jpg', replace: true })).outcome, 'kept')
    assert.equal((await readMediaByName(store, account, 'a.jpg'))?.id, 7)
    assert.equal(await readMedia(store, account, 1), undefined)
    assert.equal(await readContent(store, sha256Of(picture)), undefined)
    assert.equal(await readMediaByName(store, account, ''), undefined)
    const listed = await listMedia(store, { scope: account, limit: 9, where: { listed: 1 } })
    assert.deepEqual(
      listed.map(({ id }) => id),
      [7, 6, 5],
    )
    assert.equal(await counted(store, account, 'media'), 3)
    // What a message carries is not the client's to delete.
    assert.deepEqual(await store.write(deleteMedia, { id: 4, account, actor, now: 9 }), { deleted: false })
  })

  test('of many that put the same file at once, each has it; a full store takes no more', async () => {
    const store = await open()
    const done = await Promise.all(Array.from({ length: 8 }, (_, n) => create(store, n + 1, picture, { account_id: n + 1 })))
    assert.ok(done.every(({ outcome }) => outcome === 'kept'))
    await Promise.all(Array.from({ length: 8 }, (_, n) => store.write(deleteMedia, { id: n + 1, account: n + 1, actor, now: 9 })))
    assert.equal(await readContent(store, sha256Of(picture)), undefined)
    const three = { mostBytes: picture.length * 3 }
    const many = await Promise.all(Array.from({ length: 8 }, (_, n) => create(store, n + 20, picture, three)))
    assert.equal(many.filter(({ outcome }) => outcome === 'kept').length, 3)
    assert.equal(many.filter(({ outcome }) => outcome === 'full').length, 5)
  })

  test('what came from the network goes by age, the rest stays', async () => {
    const store = await open()
    await create(store, 1, picture, { origin: 'received', created_ms: 10, message_id: 50, name: 'r1' })
    await create(store, 2, picture, { origin: 'received', created_ms: 20, message_id: 51, name: 'r2' })
    await create(store, 3, picture, { created_ms: 10 })
    assert.equal(await store.write(purgeMedia, { beforeMs: 20, limit: 9 }), 1)
    assert.equal(await readMedia(store, account, 1), undefined)
    assert.ok((await readMedia(store, account, 2)) && (await readMedia(store, account, 3)))
  })

  test('what is kept for a time goes when that is over, with its content and its part of what the account may keep', async () => {
    const store = await open()
    await create(store, 1, picture, { name: 'soon.jpg', expires_ms: 50 })
    await create(store, 2, Buffer.from('later'), { name: 'later.txt', expires_ms: 51 })
    await create(store, 3, Buffer.from('ever'), { name: 'ever.txt' })
    assert.equal(await store.write(purgeExpiredMedia, { beforeMs: 50, limit: 9 }), 0)
    assert.equal(await store.write(purgeExpiredMedia, { beforeMs: 51, limit: 9 }), 1)
    assert.equal(await readMedia(store, account, 1), undefined)
    assert.equal(await readContent(store, sha256Of(picture)), undefined)
    assert.ok((await readMedia(store, account, 2)) && (await readMedia(store, account, 3)))
    assert.equal(await counted(store, account, 'media'), 2)
  })

  test('of many that take one name at once, one has it', async () => {
    const store = await open()
    const ids = Array.from({ length: 6 }, (_, n) => n + 1)
    for (const id of ids) await create(store, id, picture, { name: `${id}.jpg` })
    const to = (id: number, name: string) => store.write(renameMedia, { id, account, name, actor, now: 9 })
    const done = await Promise.all(ids.map((id) => to(id, 'best.jpg')))
    assert.deepEqual(done.map(({ outcome }) => outcome).toSorted(), ['renamed', 'taken', 'taken', 'taken', 'taken', 'taken'])
    assert.equal((await to(99, 'x.jpg')).outcome, 'gone')
    const kept = (await readMediaByName(store, account, 'best.jpg'))!
    assert.equal((await to(kept.id, 'best.jpg')).outcome, 'renamed', 'to the name that it has')
  })
})

onBothEngines('e-mails', ({ open }) => {
  const email: EmailRow = {
    id: 1,
    account_id: account,
    face: 'test',
    sender: 'a@example.com',
    recipients: JSON.stringify({ to: ['b@example.com'], cc: [], bcc: [] }),
    subject: 's',
    body: 'b',
    type: 'text/plain',
    state: 'queued',
    reason: null,
    cause: null,
    attempts: 0,
    wake_ms: 5,
    deadline_ms: 1000,
    created_ms: 5,
    ended_ms: null,
    updated_ms: 5,
  }
  const outcome = { id: 1, account, reason: null, cause: null, wakeMs: null, actor, now: 7 }

  test('an attempt is begun by one, and what has ended does not change', async () => {
    const store = await open()
    await store.write(createEmail, { row: email, actor })
    assert.deepEqual(await dueEmails(store, 4, 9), [])
    assert.equal((await dueEmails(store, 5, 9)).length, 1)
    const begun = await Promise.all(
      Array.from({ length: 4 }, () => store.write(beginEmail, { id: 1, attempts: 0, until: 100, now: 6 })),
    )
    assert.equal(begun.filter(Boolean).length, 1)
    assert.deepEqual(await dueEmails(store, 99, 9), [])
    assert.equal(await store.write(settleEmail, { ...outcome, attempts: 1, state: 'queued', wakeMs: 50 }), true)
    assert.equal((await dueEmails(store, 50, 9)).length, 1)
    assert.equal(await store.write(beginEmail, { id: 1, attempts: 1, until: 200, now: 51 }), true)
    assert.equal(await store.write(settleEmail, { ...outcome, attempts: 1, state: 'failed' }), false)
    assert.equal(await store.write(settleEmail, { ...outcome, attempts: 2, state: 'sent' }), true)
    assert.equal(await store.write(settleEmail, { ...outcome, attempts: 2, state: 'failed' }), false)
    const row = (await readEmail(store, account, 1))!
    assert.deepEqual([row.state, row.attempts, row.ended_ms, row.wake_ms], ['sent', 2, 7, null])
    assert.equal(await readEmail(store, 8, 1), undefined)
  })
})
