// What comes from a network: whole or in segments, in any order and twice; STOP and START; numbers that are nobody's.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { accountFrom, type Account, type SettingsChange } from '#accounts/account.ts'
import { counted } from '#store/counters.ts'
import { happeningsOf } from '#store/happenings.ts'
import { oldParts } from '#store/inbound-messages.ts'
import { listMessages } from '#store/messages.ts'
import { freshNumber, type NumberRow } from '#store/numbers.ts'
import { createOptOut, isOptedOut } from '#store/opt-outs.ts'
import type { Store } from '#store/store.ts'
import { handClock, systemClock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { Key } from '#values/secrets.ts'
import { inboundSetsLoop } from './end-inbound-sets.ts'
import { PersonHashes } from './opt-outs.ts'
import type { InboundSms } from './sms-carrier.ts'
import { partyOf, TakeInbound, type InboundAnswer } from './take-inbound.ts'

const accountId = 7
const nextId = idSource(systemClock)
const hashes = new PersonHashes(new Key('ab'.repeat(32)))
const account = (settings: SettingsChange = {}): Account =>
  accountFrom([
    {
      id: accountId,
      parent_id: null,
      path: '/7/',
      depth: 0,
      name: 'a',
      status: 'active',
      kind: 'full',
      settings: JSON.stringify(settings),
      created_ms: 0,
      updated_ms: 0,
      version: 1,
    },
  ])

const number = (text: string, more: Partial<NumberRow> = {}): NumberRow => ({
  ...freshNumber,
  id: 55,
  account_id: accountId,
  number: text,
  form: 'e164',
  country: 'US',
  type: 'local',
  state: '',
  region: '',
  capabilities: '{"voice":true,"sms":true,"mms":true,"fax":false}',
  application_id: 12,
  face: 'api',
  name: '',
  detail: '{}',
  price_micro: 0,
  currency: 'USD',
  bought_ms: 1,
  updated_ms: 1,
  version: 1,
  ...more,
})

const sms = (text: string, more: Partial<InboundSms> = {}): InboundSms => ({
  sender: '+15550001111',
  recipient: '+15559999999',
  text,
  coding: 'gsm7',
  kind: 'sms',
  ...more,
})
const part = (reference: number, total: number, at: number, text: string) => sms(text, { concat: { reference, total, part: at } })

function desk(store: Store, settings: SettingsChange = {}, more: Partial<NumberRow> = {}) {
  const clock = handClock()
  const answers: InboundAnswer[] = []
  const numbers = new Map([
    ['+15559999999', number('+15559999999', more)],
    ['+15558888888', number('+15558888888', { account_id: null })],
    ['12345', number('12345')],
  ])
  const inbound = new TakeInbound({
    store,
    clock,
    nextId,
    hashes,
    numberOf: (text) => numbers.get(text),
    accountOf: () => account(settings),
    fetchMedia: async () => [],
    sendAnswer: (answer) => void answers.push(answer),
  })
  const take = async (message: InboundSms, carrier = 3) => {
    clock.advance(1)
    return inbound.take(carrier, message)
  }
  const rows = () => listMessages(store, { scope: accountId, limit: 99, oldestFirst: true })
  const texts = async () => (await rows()).map(({ body }) => body)
  return { clock, answers, inbound, take, rows, texts, loop: { store, clock, nextId, inbound, segmentsWaitMs: () => 900_000 } }
}

test('numbers as networks write them', () => {
  assert.deepEqual(['15550001111', '0041791234567', '+41791234567', '12345', 'Shop 24'].map(partyOf), [
    '+15550001111',
    '+41791234567',
    '+41791234567',
    '12345',
    'Shop 24',
  ])
})

onBothEngines('inbound', ({ open }) => {
  test('a whole message is kept with its happening; what is nobody’s is refused', async () => {
    const store = await open()
    const { take, rows } = desk(store)
    assert.deepEqual(await take(sms('hello', { recipient: '15559999999', sender: '15550001111' })), { taken: true })
    assert.deepEqual(await take(sms('hello', { recipient: '+15558888888' })), { taken: false, reason: 'number.not_assigned' })
    assert.deepEqual(await take(sms('hello', { recipient: '+15557777777' })), { taken: false, reason: 'number.not_found' })
    const [row, ...others] = await rows()
    assert.equal(others.length, 0)
    assert.deepEqual(
      [row!.direction, row!.state, row!.sender, row!.recipient, row!.body, row!.face, JSON.parse(row!.detail).applicationId],
      ['in', 'received', '+15550001111', '+15559999999', 'hello', 'api', 12],
    )
    assert.ok(row!.ended_ms !== null)
    assert.equal(await counted(store, accountId, 'messages'), 1)
    const [told] = await happeningsOf(store, 'messages', row!.id)
    assert.equal(told!.kind, 'received')
    assert.deepEqual(JSON.parse(told!.data), { state: 'received', from: '+15550001111', to: '+15559999999', segments: 1 })
  })

  test('segments in any order and twice make one message', async () => {
    const store = await open()
    const { take, rows, texts } = desk(store)
    const sets = [3, 1, 2, 3, 1].map((at) => part(9, 3, at, `${at},`))
    for (const one of sets) assert.deepEqual(await take(one), { taken: true })
    assert.deepEqual(await texts(), ['1,2,3,'])
    // The network did not hear us and sends one again; another sender has the same reference.
    await take(part(9, 3, 2, '2,'))
    await take({ ...part(9, 3, 2, '2,'), sender: '+15550002222' })
    assert.deepEqual(await texts(), ['1,2,3,'])
    assert.deepEqual(
      (await rows()).map(({ segments }) => segments),
      [3],
    )
    // The reference comes round.
    for (const at of [1, 2, 3]) await take(part(9, 3, at, `new ${at},`))
    assert.deepEqual(await texts(), ['1,2,3,', 'new 1,new 2,new 3,'])
  })

  test('segments that come at once see one another', async () => {
    const store = await open()
    const { inbound, texts } = desk(store)
    await Promise.all(
      Array.from({ length: 20 }, (_, reference) =>
        [1, 2, 3, 4].map((at) => inbound.take(3, part(reference, 4, at, `${at}`))),
      ).flat(),
    )
    assert.deepEqual(
      await texts(),
      Array.from({ length: 20 }, () => '1234'),
    )
  })

  test('what does not become whole ends with what there is, and says what is missing', async () => {
    const store = await open()
    const { take, rows, clock, loop } = desk(store)
    await take(part(1, 4, 4, 'end'))
    await take(part(1, 4, 1, 'begin '))
    await take(part(2, 2, 1, 'other '))
    clock.advance(600_000)
    await take(part(2, 2, 2, 'whole'))
    clock.advance(400_000)
    assert.equal(await inboundSetsLoop.do(loop), 1)
    const [whole, broken] = await rows()
    assert.deepEqual([whole!.body, whole!.reason], ['other whole', null])
    assert.deepEqual([broken!.body, broken!.reason, broken!.state], ['begin […]end', 'message.segment_missing', 'received'])
    assert.deepEqual(JSON.parse(broken!.detail).missing, [2, 3])
    const [told] = await happeningsOf(store, 'messages', broken!.id)
    assert.equal(JSON.parse(told!.data).reason, 'message.segment_missing')
    // The mark of the whole one goes in its time, and makes no message.
    clock.advance(900_000)
    assert.equal(await inboundSetsLoop.do(loop), 1)
    assert.equal((await rows()).length, 2)
    assert.deepEqual(await oldParts(store, Number.MAX_SAFE_INTEGER, 9), [])
  })

  test('a new message under the reference of one that waits ends that one', async () => {
    const store = await open()
    const { take, texts } = desk(store)
    await take(part(1, 2, 1, 'old'))
    await take(part(1, 2, 1, 'new '))
    await take(part(1, 2, 2, 'one'))
    assert.deepEqual((await texts()).toSorted(), ['new one', 'old[…]'])
  })

  test('STOP is in force at once and answered once, START lifts it, HELP is answered', async () => {
    const store = await open()
    const { take, answers } = desk(store, { answers: { help: 'Call us.' } })
    const blocked = async () => await isOptedOut(store, accountId, '+15550001111', '+15559999999')
    await take(sms('Stop!'))
    await take(sms('STOP'))
    assert.equal(await blocked(), true)
    assert.equal(await isOptedOut(store, accountId, '+15550001111', '12345'), false)
    await take(sms('please stop calling me by six'))
    await take(sms('start'))
    assert.equal(await blocked(), false)
    await take(sms('help'))
    assert.deepEqual(
      answers.map(({ word, from, to }) => [word, from, to]),
      [
        ['stop', '+15559999999', '+15550001111'],
        ['start', '+15559999999', '+15550001111'],
        ['help', '+15559999999', '+15550001111'],
      ],
    )
    assert.equal(answers[2]!.text, 'Call us.')
    assert.equal((await listMessages(store, { scope: accountId, limit: 9 })).length, 5, 'words are messages too')
  })

  test('START of somebody who was erased lifts what stands under the hash', async () => {
    const store = await open()
    const { take, answers } = desk(store)
    const recipient = hashes.of(accountId, '+15550001111')
    await store.write(createOptOut, {
      account: accountId,
      recipient,
      sender: '+15559999999',
      origin: 'message',
      actor: { face: 'test' },
      now: 1,
    })
    await take(sms('START'))
    assert.equal(await isOptedOut(store, accountId, recipient, '+15559999999'), false)
    assert.equal(answers.length, 1)
  })

  test('answers are switched off by account or number, and never go to a name', async () => {
    const store = await open()
    const off = desk(store, { answers: { enabled: false } })
    await off.take(sms('help'))
    const own = desk(store, {}, { detail: '{"messaging":{"answers":{"help":"Ours."}}}' })
    await own.take(sms('help'))
    await own.take(sms('help', { sender: 'Shop' }))
    const silent = desk(store, { answers: { help: '' } })
    await silent.take(sms('help'))
    assert.deepEqual([off.answers.length, silent.answers.length], [0, 0])
    assert.deepEqual(
      own.answers.map(({ text }) => text),
      ['Ours.'],
    )
  })
})
