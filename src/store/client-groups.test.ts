import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import {
  createGroup,
  createMember,
  deleteGroup,
  listMembers,
  readGroup,
  readMember,
  updateMember,
  type GroupRow,
  type MemberRow,
} from './client-groups.ts'
import { deleteClient, readClientByLogin, type ClientRow } from './clients.ts'
import { counted } from './counters.ts'
import { buyNumbers } from './buy-numbers.ts'
import { freshNumber, releaseNumber, stockNumbers, type NumberRow } from './numbers.ts'
import type { Store } from './store.ts'

const actor = { face: 'test' }
const account = 1
const now = 1_700_000_000_000

onBothEngines('groups of clients', (bench) => {
  let store: Store
  let lastId = 100
  const nextId = () => (lastId += 1)
  before(async () => {
    store = await bench.open()
  })

  const group = async (name: string): Promise<GroupRow> => {
    const row: GroupRow = { id: nextId(), account_id: account, name, members: 0, created_ms: now }
    assert.equal((await store.write(createGroup, { row, actor })).taken, null)
    return row
  }
  const add = ({ id: group_id, name: groupName }: GroupRow, name: string, number_id: number | null = null) => {
    const id = nextId()
    const login = `${name}.${groupName}`
    const client: ClientRow = {
      id,
      account_id: account,
      realm_id: account,
      login,
      name,
      password_sealed: '',
      enabled: 1,
      detail: '{}',
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    const member: MemberRow = { client_id: id, group_id, account_id: account, name, number_id, expires_ms: null, ended: 0 }
    return store.write(createMember, { client, member, actor })
  }
  const number = async (text: string): Promise<number> => {
    const id = nextId()
    const row: NumberRow = {
      ...freshNumber,
      id,
      account_id: null,
      number: text,
      form: 'e164',
      country: 'SG',
      type: 'local',
      state: '',
      region: '',
      capabilities: '{}',
      application_id: null,
      face: '',
      name: '',
      detail: '{}',
      price_micro: 0,
      currency: 'USD',
      bought_ms: null,
      updated_ms: now,
      version: 1,
    }
    await store.write(stockNumbers, { rows: [row], actor, accountId: account, now })
    await store.write(buyNumbers, {
      ids: [id],
      quantity: 1,
      partial: false,
      account,
      limit: null,
      application_id: null,
      face: '',
      name: '',
      detail: '{}',
      expires_ms: null,
      address_id: null,
      actor,
      now,
    })
    return id
  }
  const countedAre = async (clients: number) => assert.equal(await counted(store, account, 'clients'), clients)

  test('a name is taken once, by whoever comes first', async () => {
    const row = (of: number): GroupRow => ({ id: nextId(), account_id: of, name: 'wanted', members: 0, created_ms: now })
    const told = await Promise.all([1, 2, 3, 4, 5, 6].map((of) => store.write(createGroup, { row: row(of), actor })))
    const [winner, ...others] = told.filter(({ taken }) => taken === null)
    assert.ok(winner && others.length === 0)
    for (const { taken } of told) if (taken !== null) assert.equal(taken, winner.row.account_id)
  })

  test('many with one name, many with one number: one of each', async () => {
    const shop = await group('shop')
    const names = await Promise.all(Array.from({ length: 8 }, () => add(shop, 'alice')))
    assert.deepEqual(names.map((one) => one.refused).toSorted(), [null, ...Array.from({ length: 7 }, () => 'name')].toSorted())
    const wanted = await number('+6531580001')
    const numbers = await Promise.all(Array.from({ length: 8 }, (_, at) => add(shop, `bob${at}`, wanted)))
    assert.deepEqual(
      numbers.map((one) => one.refused).toSorted(),
      [null, ...Array.from({ length: 7 }, () => 'number')].toSorted(),
    )
    assert.equal((await readGroup(store, 'shop'))?.members, 2)
    assert.equal((await listMembers(store, { group: shop.id, limit: 10 })).length, 2)
    await countedAre(2)
    // Who was refused has left no login behind.
    for (const [at, told] of numbers.entries()) {
      assert.equal((await readClientByLogin(store, account, `bob${at}.shop`)) !== undefined, told.refused === null)
    }
  })

  test('a number is moved to one client only, and is free again when it is given back', async () => {
    const desk = await group('desk')
    await Promise.all(['carol', 'dave', 'erin'].map((name) => add(desk, name)))
    const wanted = await number('+6531580002')
    const move = async (name: string) => {
      const { client_id, group_id, account_id, expires_ms, ended } = (await readMember(store, desk.id, name))!
      const member = { client_id, group_id, account_id, name, expires_ms, ended, number_id: wanted }
      return store.write(updateMember, { member, enabled: 1, password: null, changed: ['number'], actor, now })
    }
    const moved = await Promise.all(['carol', 'dave', 'erin'].map(move))
    assert.deepEqual(moved.map((one) => one.refused).toSorted(), [null, 'number', 'number'].toSorted())
    await store.write(releaseNumber, { id: wanted, account, actor, now })
    for (const { number_id, number: text } of await listMembers(store, { group: desk.id, limit: 10 }))
      assert.deepEqual([number_id, text], [null, null])
    assert.equal((await move('carol')).refused, 'number', "a number that is not the account's")
  })

  test('a group that is not empty stays; whoever comes while it goes is told so', async () => {
    const lot = await group('lot')
    const drop = () => store.write(deleteGroup, { id: lot.id, name: 'lot', account, actor, now })
    const first = await add(lot, 'alice')
    assert.deepEqual(await drop(), { deleted: false, members: 1 })
    assert.ok(first.refused === null)
    const id = first.member.client_id
    assert.deepEqual(await store.write(deleteClient, { id, account, endedOnly: true, actor, now }), {
      deleted: false,
      inUse: true,
    })
    assert.deepEqual(await store.write(deleteClient, { id, account, actor, now }), { deleted: true, inUse: false })
    const [dropped, late] = await Promise.all([drop(), add(lot, 'bob')])
    assert.equal(dropped.deleted, late.refused === 'group')
    assert.equal((await readGroup(store, 'lot')) === undefined, dropped.deleted)
  })
})
