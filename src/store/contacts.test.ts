// Contacts: an address is one contact's, whoever comes at once; groups know their size; batches are done once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { contactBatchesLoop } from '#loops/contact-batches.ts'
import { idSource } from '#values/ids.ts'
import { systemClock } from '#values/clock.ts'
import { createBatch, readBatch, stepBatch, type BatchInput, type BatchKind } from './contact-batches.ts'
import { changeMembers, createGroup, groupMembers, groupsOfContact, readGroup } from './contact-groups.ts'
import {
  containing,
  contactIdByAddress,
  countContacts,
  createContact,
  deleteContact,
  listContacts,
  readContact,
  updateContact,
  type ContactFields,
  type ContactSaved,
} from './contacts.ts'
import { counted } from './counters.ts'
import type { Store } from './store.ts'

const actor = { face: 'test', userId: null, credentialId: null }
const account = 7
const save = (
  store: Store,
  id: number,
  fields: ContactFields,
  more: { merge?: boolean; groups?: number[]; account?: number } = {},
) =>
  store.write(createContact, {
    id,
    account: more.account ?? account,
    fields,
    groups: more.groups ?? [],
    merge: more.merge ?? false,
    actor,
    now: 5,
  })
const group = (store: Store, id: number, name: string) =>
  store.write(createGroup, {
    row: { id, account_id: account, name, description: '', blocked: 0, members: 0, created_ms: 1, updated_ms: 1, version: 1 },
    actor,
  })
const rowOf = (saved: ContactSaved) => ('row' in saved ? saved.row : assert.fail(saved.outcome))

async function batch(store: Store, id: number, kind: BatchKind, input: BatchInput): Promise<void> {
  await store.write(createBatch, {
    row: {
      id,
      account_id: account,
      kind,
      status: 'queued',
      input: JSON.stringify(input),
      cursor: 0,
      done: 0,
      failed: 0,
      actor: JSON.stringify(actor),
      file_name: '',
      created_ms: 1,
      updated_ms: 1,
    },
    actor,
  })
}

onBothEngines('contacts', ({ open }) => {
  test('of many that want one address at once, one gets it', async () => {
    const store = await open()
    const saved = await Promise.all(
      Array.from({ length: 8 }, (_, n) => save(store, n + 1, { addresses: { phone: '+6591230001', line: `u${n}` } })),
    )
    assert.equal(saved.filter(({ outcome }) => outcome === 'created').length, 1)
    assert.equal(saved.filter(({ outcome }) => outcome === 'taken').length, 7)
    assert.equal(await counted(store, account, 'contacts'), 1)
    // What a loser had claimed is free again.
    const winner = saved.findIndex(({ outcome }) => outcome === 'created')
    assert.equal((await save(store, 20, { addresses: { line: `u${(winner + 1) % 8}` } })).outcome, 'created')
    // Another account's address is another.
    assert.equal((await save(store, 21, { addresses: { phone: '+6591230001' } }, { account: 8 })).outcome, 'created')
  })

  test('merging joins with the one that has the address; several are told', async () => {
    const store = await open()
    await group(store, 50, 'g')
    await save(store, 1, { firstName: 'Ann', addresses: { phone: '+1' }, attributes: { a: 'x' } })
    await save(store, 2, { addresses: { email: 'b@b' } })
    const merged = await save(
      store,
      3,
      { lastName: 'Lee', addresses: { phone: '+1', line: 'l' }, attributes: { b: 1 } },
      { merge: true, groups: [50] },
    )
    assert.equal(merged.outcome, 'merged')
    const row = rowOf(merged)
    assert.deepEqual([row.id, row.first_name, row.last_name, row.version], [1, 'Ann', 'Lee', 2])
    assert.deepEqual(JSON.parse(row.attributes), { a: 'x', b: 1 })
    assert.equal(await contactIdByAddress(store, account, 'line', 'l'), 1)
    assert.equal((await readGroup(store, account, 50))?.members, 1)
    const both = await save(store, 4, { addresses: { phone: '+1', email: 'b@b' } }, { merge: true })
    assert.deepEqual(both, { outcome: 'taken', kind: 'phone', several: true })
    assert.deepEqual(await save(store, 5, { addresses: { phone: '+9' } }, { groups: [51] }), { outcome: 'no_group', group: 51 })
    assert.equal(await counted(store, account, 'contacts'), 2)
  })

  test('a change moves addresses, a stale one is refused, a deletion frees all', async () => {
    const store = await open()
    await group(store, 50, 'g')
    await save(store, 1, { addresses: { phone: '+1', email: 'a@a' } }, { groups: [50] })
    await save(store, 2, { addresses: { phone: '+2' } })
    const change = (fields: ContactFields, version: number) =>
      store.write(updateContact, { id: 1, account, fields, version, changed: [], actor, now: 6 })
    assert.equal((await change({ addresses: { phone: '+2', line: 'l' } }, 1)).outcome, 'taken')
    assert.equal(await contactIdByAddress(store, account, 'line', 'l'), undefined)
    assert.equal((await change({ addresses: { phone: '+3' } }, 1)).outcome, 'updated')
    assert.equal((await change({ addresses: { phone: '+4' } }, 1)).outcome, 'changed')
    assert.equal(await contactIdByAddress(store, account, 'phone', '+1'), undefined)
    assert.equal(await contactIdByAddress(store, account, 'phone', '+3'), 1)
    assert.deepEqual(
      (await groupsOfContact(store, 1)).map(({ id }) => id),
      [50],
    )
    const gone = { id: 1, account, actor, now: 7 }
    assert.deepEqual(await store.write(deleteContact, { ...gone, account: 8 }), { deleted: false })
    assert.deepEqual(await store.write(deleteContact, gone), { deleted: true })
    assert.deepEqual(await store.write(deleteContact, gone), { deleted: false })
    assert.equal(await contactIdByAddress(store, account, 'phone', '+3'), undefined)
    assert.equal((await readGroup(store, account, 50))?.members, 0)
  })

  test('lists narrow by text, group and country; wildcards are text', async () => {
    const store = await open()
    await group(store, 50, 'g')
    await save(store, 1, { firstName: 'Ann', country: 'SG', addresses: { phone: '+6591230001' } }, { groups: [50] })
    await save(store, 2, { firstName: 'Bob', country: 'US', addresses: { email: 'bob@example.com' } })
    const ids = async (where: Record<string, unknown>) =>
      (await listContacts(store, { scope: account, limit: 9, where })).map(({ id }) => id)
    assert.deepEqual(await ids({}), [2, 1])
    assert.deepEqual(await ids({ search: containing('BOB@') }), [2])
    assert.deepEqual(await ids({ search: containing('%') }), [2, 1])
    assert.deepEqual(await ids({ group: 50 }), [1])
    assert.deepEqual(await ids({ country: 'US', search: containing('ann') }), [])
    assert.equal(await countContacts(store, account, { country: 'SG' }), 1)
    assert.equal(await countContacts(store.slow, account, {}), 2)
  })

  test('members come and go together, or not at all', async () => {
    const store = await open()
    await group(store, 50, 'g')
    assert.deepEqual(await group(store, 51, 'g'), { taken: true })
    for (const id of [1, 2]) await save(store, id, { addresses: { phone: `+${id}` } })
    const change = (contacts: number[], join: boolean) =>
      store.write(changeMembers, { group: 50, account, contacts, join, actor, now: 1 })
    assert.deepEqual(await change([1, 3], true), { outcome: 'no_contact', contact: 3 })
    assert.equal((await readGroup(store, account, 50))?.members, 0)
    await change([1, 2], true)
    await change([1, 2], true)
    assert.equal((await readGroup(store, account, 50))?.members, 2)
    await change([1], false)
    assert.deepEqual(await groupMembers(store, 50, 0, 9), [2])
  })

  test('batches: every row once, the ones that cannot be done counted, the input forgotten', async () => {
    const store = await open()
    await group(store, 50, 'a')
    await group(store, 51, 'b')
    const parts = { store, clock: systemClock, nextId: idSource(systemClock) }
    const rows = Array.from({ length: 250 }, (_, n) => (n === 3 ? null : { addresses: { phone: `+${1000 + n}` } }))
    await batch(store, 60, 'create', { contacts: rows, groups: [50] })
    await contactBatchesLoop.do(parts)
    const created = (await readBatch(store, account, 60))!
    assert.deepEqual([created.status, created.done, created.failed], ['completed', 249, 1])
    assert.equal((await readGroup(store, account, 50))?.members, 249)

    await batch(store, 61, 'copy', { from: 50, to: 51 })
    await batch(store, 62, 'move', { from: 50, to: 51 })
    await contactBatchesLoop.do(parts)
    assert.deepEqual([(await readGroup(store, account, 50))?.members, (await readGroup(store, account, 51))?.members], [0, 249])

    await batch(store, 63, 'delete_groups', { groups: [50, 99] })
    await batch(store, 64, 'delete', { all: true })
    await contactBatchesLoop.do(parts)
    assert.equal(await readGroup(store, account, 50), undefined)
    assert.deepEqual([(await readBatch(store, account, 63))?.failed, (await readBatch(store, account, 64))?.done], [1, 249])
    assert.equal(await counted(store, account, 'contacts'), 0)
    assert.equal(await contactBatchesLoop.do(parts), 0)
  })

  test('a step that was done is not done again', async () => {
    const store = await open()
    await batch(store, 60, 'create', { contacts: [] })
    const step = {
      id: 60,
      account,
      kind: 'create' as const,
      cursor: 0,
      to: 1,
      last: false,
      contacts: [{ id: 1, fields: { addresses: { phone: '+1' } } }],
      actor,
      now: 1,
    }
    assert.equal(await store.write(stepBatch, step), true)
    assert.equal(await store.write(stepBatch, { ...step, contacts: [{ id: 2, fields: { addresses: { phone: '+2' } } }] }), false)
    assert.equal(await readContact(store, account, 2), undefined)
    assert.equal((await readBatch(store, account, 60))?.done, 1)
  })
})
