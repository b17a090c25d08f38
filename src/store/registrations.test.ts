import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import {
  endConnectionsOfLost,
  endConnectionsOfNode,
  endRegistrations,
  purgeRegistrations,
  readPhoneLogin,
  register,
  registrationsOf,
  type RegisterAsk,
  type RegistrationRow,
} from './registrations.ts'
import { takeLease } from './leases.ts'
import { createClient, deleteClient, type ClientRow } from './clients.ts'

const now = 1_750_000_000_000

let lastId = 100

const row = (contact: string, over: Partial<RegistrationRow> = {}): RegistrationRow => ({
  id: (lastId += 1),
  client_id: 7,
  account_id: 3,
  contact,
  instance: '',
  reg_id: 0,
  call_id: 'a@phone',
  cseq: 1,
  transport: 'udp',
  source: '192.0.2.1:5060',
  path: '[]',
  q: 1000,
  user_agent: 'phone',
  node: 'n1',
  flow: '',
  expires_ms: now + 60_000,
  created_ms: now,
  updated_ms: now,
  ...over,
})

const ask = (over: Partial<RegisterAsk>): RegisterAsk => ({
  clientId: 7,
  accountId: 3,
  callId: 'a@phone',
  cseq: 1,
  rows: [],
  removed: [],
  most: 3,
  now,
  ...over,
})

const contactsOf = (rows: readonly RegistrationRow[]): string[] => rows.map(({ contact }) => contact)

onBothEngines('registrations', (bench) => {
  test('contacts are added, renewed in place, ordered by preference and removed', async () => {
    const store = await bench.open()
    const first = await store.write(register, ask({ rows: [row('sip:a'), row('sip:b', { q: 500 })] }))
    assert.equal(first.refused, null)
    assert.deepEqual(contactsOf(first.contacts), ['sip:a', 'sip:b'])
    const renewed = await store.write(
      register,
      ask({ cseq: 2, rows: [row('sip:b', { cseq: 2, q: 1000, expires_ms: now + 120_000, updated_ms: now + 1 })] }),
    )
    assert.equal(renewed.contacts.length, 2)
    assert.equal(renewed.contacts.find(({ contact }) => contact === 'sip:b')?.expires_ms, now + 120_000)
    const gone = await store.write(register, ask({ cseq: 3, removed: ['sip:a'] }))
    assert.deepEqual([contactsOf(gone.contacts), contactsOf(gone.gone)], [['sip:b'], ['sip:a']])
    const none = await store.write(register, ask({ cseq: 4, removed: ['*'] }))
    assert.deepEqual(none.contacts, [])
  })

  test('a request that comes late changes nothing', async () => {
    const store = await bench.open()
    await store.write(register, ask({ cseq: 5, rows: [row('sip:a', { cseq: 5 })] }))
    const late = await store.write(register, ask({ cseq: 4, removed: ['sip:a'] }))
    assert.equal(late.refused, 'late')
    assert.deepEqual(contactsOf(await registrationsOf(store, 7)), ['sip:a'])
    const other = await store.write(register, ask({ callId: 'rebooted', cseq: 1, removed: ['sip:a'] }))
    assert.equal(other.refused, null)
  })

  test('an instance that comes with another contact has one', async () => {
    const store = await bench.open()
    await store.write(register, ask({ rows: [row('sip:old', { instance: 'urn:uuid:1', reg_id: 1 })] }))
    const moved = await store.write(
      register,
      ask({ callId: 'b', rows: [row('sip:new', { call_id: 'b', instance: 'urn:uuid:1', reg_id: 1 })] }),
    )
    assert.deepEqual([contactsOf(moved.contacts), contactsOf(moved.gone)], [['sip:new'], ['sip:old']])
    const second = await store.write(
      register,
      ask({ callId: 'c', rows: [row('sip:second', { call_id: 'c', instance: 'urn:uuid:1', reg_id: 2 })] }),
    )
    assert.equal(second.contacts.length, 2)
  })

  test('no more contacts than the limit, those that ran out not counted', async () => {
    const store = await bench.open()
    await store.write(register, ask({ rows: [row('sip:a'), row('sip:b'), row('sip:c', { expires_ms: now - 1 })] }))
    assert.equal((await store.write(register, ask({ cseq: 2, rows: [row('sip:d'), row('sip:e')] }))).refused, 'full')
    assert.equal((await store.write(register, ask({ cseq: 2, rows: [row('sip:d')] }))).refused, null)
  })

  test('what ended stays known for a while; a node that is gone has no connections', async () => {
    const store = await bench.open()
    const { contacts } = await store.write(register, ask({ rows: [row('sip:u'), row('sip:t', { transport: 'tcp' })] }))
    assert.equal(contacts.length, 2)
    assert.equal(await store.write(endConnectionsOfNode, { node: 'n1', now: now + 1 }), 1)
    assert.equal(await store.write(endConnectionsOfNode, { node: 'n2', now: now + 1 }), 0)
    const udp = contacts.find(({ transport }) => transport === 'udp')!
    const ended = { ids: [udp.id], node: 'n1', flow: udp.flow, isShared: false, now: now + 2 }
    assert.equal(await store.write(endRegistrations, ended), 1)
    assert.equal((await registrationsOf(store, 7)).filter(({ expires_ms }) => expires_ms > now + 2).length, 0)
    assert.equal(await store.write(purgeRegistrations, { beforeMs: now + 2, limit: 10 }), 1)
    assert.equal(await store.write(purgeRegistrations, { beforeMs: now + 3, limit: 10 }), 1)
  })

  test('who starts ends the connections of processes that are no more', async () => {
    const store = await bench.open()
    await store.write(takeLease, { thing: 'node 3', node: 'living', nowMs: now, forMs: 1_000 })
    const over = (node: string, transport: string) => row(`sip:${node}-${transport}`, { node, transport })
    await store.write(
      register,
      ask({ most: 9, rows: [over('dead', 'tcp'), over('dead', 'udp'), over('living', 'ws'), over('own', 'tcp')] }),
    )
    assert.equal(await store.write(endConnectionsOfLost, { own: 'own', now: now + 1 }), 1)
    const ended = (await registrationsOf(store, 7)).filter(({ expires_ms: untilMs }) => untilMs <= now + 1)
    assert.deepEqual(contactsOf(ended), ['sip:dead-tcp'])
  })

  test('the end of a connection ends nothing that was registered anew over another one, or at another node', async () => {
    const store = await bench.open()
    const { contacts } = await store.write(register, ask({ rows: [row('sip:a', { transport: 'tcp', flow: 'tcp 1' })] }))
    const [{ id }] = contacts as [RegistrationRow]
    const end = (node: string, flow: string) =>
      store.write(endRegistrations, { ids: [id], node, flow, isShared: false, now: now + 1 })
    const again = { transport: 'tcp', cseq: 2 } as const
    await store.write(register, ask({ cseq: 2, rows: [row('sip:a', { ...again, flow: 'tcp 2' })] }))
    assert.equal(await end('n1', 'tcp 1'), 0)
    await store.write(register, ask({ cseq: 3, rows: [row('sip:a', { ...again, cseq: 3, node: 'n2', flow: 'tcp 2' })] }))
    assert.equal(await end('n1', 'tcp 2'), 0)
    assert.equal(await end('n2', 'tcp 2'), 1)
  })

  test('a login of two realms is nobody without a realm', async () => {
    const store = await bench.open()
    const client = (id: number, realm: number, login: string): ClientRow => ({
      id,
      account_id: realm,
      realm_id: realm,
      login,
      name: login,
      password_sealed: 'x',
      enabled: 1,
      detail: '{}',
      created_ms: now,
      updated_ms: now,
      version: 1,
    })
    const actor = { face: 'test' }
    for (const one of [client(1, 10, 'ann'), client(2, 11, 'ann'), client(3, 11, 'bob')])
      await store.write(createClient, { row: one, actor })
    assert.equal(await readPhoneLogin(store, 'ann'), undefined)
    assert.equal((await readPhoneLogin(store, 'ann', 11))?.id, 2)
    assert.equal((await readPhoneLogin(store, 'bob'))?.id, 3)
    assert.equal((await readPhoneLogin(store, 'bob'))?.member_ended, null)
    await store.write(register, ask({ clientId: 3, accountId: 11, rows: [row('sip:bob', { client_id: 3 })] }))
    await store.write(deleteClient, { id: 3, account: 11, actor, now })
    assert.deepEqual(await registrationsOf(store, 3), [])
  })
})
