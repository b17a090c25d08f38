// Whom a message's happenings are told to: its own callback, its number's URL or application, nobody.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { accountFrom } from '#accounts/account.ts'
import { insertedMessage } from '../../test/fakes/messages.ts'
import { createApplication } from '#store/applications.ts'
import type { Happening } from '#store/happenings.ts'
import { addNumber, freshNumber, type NumberRow } from '#store/numbers.ts'
import type { Store } from '#store/store.ts'
import type { MessageSubject } from './message-subject.ts'
import { messageTargets } from './message-targets.ts'

const account = accountFrom([
  {
    id: 7,
    parent_id: null,
    path: '/7/',
    depth: 0,
    name: 'a',
    status: 'active',
    kind: 'full',
    settings: '{"features":["sms","loopback_urls"]}',
    created_ms: 0,
    updated_ms: 0,
    version: 1,
  },
])

const happening = (nounId: number, kind: string, data: object = {}, noun = 'messages'): Happening => ({
  seq: 1,
  account_id: 7,
  noun,
  noun_id: nounId,
  kind,
  actor: '{}',
  data: JSON.stringify(data),
  at_ms: 99,
})

const actor = { face: 'test' }
const refusals: string[] = []

const targetsFor = (store: Store) =>
  messageTargets({
    read: store,
    accountOf: () => account,
    servicePage: (configuration) =>
      configuration === 'elsewhere' ? undefined : { face: 'serviceface', url: `http://${String(configuration)}/`, method: 'GET' },
    unserved: (_, { reason }) => void refusals.push(reason),
    tellsSegments: new Set(['part by part']),
  })

async function number(store: Store, id: number, text: string, detail: object, more: Partial<NumberRow> = {}): Promise<void> {
  const row = {
    ...freshNumber,
    id,
    account_id: 7,
    number: text,
    form: 'e164',
    country: 'US',
    type: 'local',
    state: '',
    region: '',
    capabilities: '{}',
    application_id: null,
    face: 'numberface',
    name: '',
    detail: JSON.stringify(detail),
    price_micro: 0,
    currency: 'USD',
    bought_ms: 1,
    updated_ms: 1,
    version: 1,
    ...more,
  }
  await store.write(addNumber, { row, actor } as never)
}

onBothEngines('message targets', ({ open }) => {
  test('a callback is told what it asked for, as it stood then', async () => {
    const store = await open()
    const callback = JSON.stringify({ url: 'http://a/', method: 'GET', fallbackUrl: 'http://b/' })
    await insertedMessage(store, { id: 1, account_id: 7, callback, state: 'delivered', ended_ms: 9, sent_ms: 5, face: 'f' })
    await insertedMessage(store, { id: 2, account_id: 7 })
    const told = await targetsFor(store)([
      happening(1, 'created', { state: 'queued' }),
      happening(1, 'sent'),
      happening(2, 'sent'),
      happening(1, 'undelivered', { reason: 'message.landline', params: '{"number":"+1"}', cause: 'err:005' }),
      happening(3, 'sent'),
      happening(1, 'sent', {}, 'numbers'),
      happening(1, 'redacted'),
    ])
    assert.deepEqual(
      told.map((list) => list.length),
      [0, 1, 0, 1, 0, 0, 0],
    )
    const [sent] = told[1]!
    const { subject: _, ...target } = sent!
    assert.deepEqual(target, {
      accountId: 7,
      endpointId: null,
      face: 'f',
      url: 'http://a/',
      fallbackUrl: 'http://b/',
      fallbackMethod: undefined,
      method: 'GET',
      kind: 'message.status',
      noun: 'messages',
      nounId: 1,
      errorId: null,
      loopback: true,
    })
    const first = sent!.subject as MessageSubject
    assert.deepEqual([first.state, first.final, first.endedMs, first.sentMs], ['sent', false, null, 5])
    const last = told[3]![0]!.subject as MessageSubject
    assert.deepEqual(
      [last.state, last.final, last.reason, last.params, last.cause, last.endedMs],
      ['undelivered', true, 'message.landline', { number: '+1' }, 'err:005', 9],
    )
  })

  test('where each segment has an id of its own, each is told', async () => {
    const store = await open()
    const callback = JSON.stringify({ url: 'http://a/', method: 'POST' })
    const told = { account_id: 7, callback, state: 'sent', segments: 3 }
    await insertedMessage(store, { ...told, id: 1, face: 'part by part' })
    await insertedMessage(store, { ...told, id: 2, face: 'whole' })
    await insertedMessage(store, { ...told, id: 3, face: 'part by part', segments: 1 })
    const lists = await targetsFor(store)([happening(1, 'sent'), happening(2, 'sent'), happening(3, 'sent')])
    const segmentsTold = lists.map((list) => list.map(({ subject }) => (subject as MessageSubject).segment))
    assert.deepEqual(segmentsTold, [[1, 2, 3], [undefined], [undefined]])
  })

  test('what was received is told to whatever serves its number, in the form of the number', async () => {
    const store = await open()
    const application = (id: number, kind: string, name: string, detail: object) =>
      store.write(createApplication, {
        row: { id, account_id: 7, name, kind, detail: JSON.stringify(detail), created_ms: 1, updated_ms: 1, version: 1 },
        unique: false,
        actor,
      })
    await application(20, 'sms', 'desk', { scriptUrl: 'http://app/', fallbackUrl: 'http://back/' })
    await application(21, 'inbound', 'night', { configuration: 'page' })
    await application(22, 'sms', 'empty', {})
    await application(23, 'inbound', 'day', { configuration: 'elsewhere' })
    const targets = targetsFor(store)
    let ids = 100
    const placed = async (detail: object, more: Partial<NumberRow> = {}) => {
      ids += 1
      const text = `+1555999${ids}`
      await number(store, ids, text, detail, more)
      await insertedMessage(store, { id: ids, account_id: 7, direction: 'in', recipient: text, state: 'received' })
      const [list] = await targets([happening(ids, 'received', { state: 'received', optOut: 'stop' })])
      for (const { subject } of list!) assert.equal((subject as MessageSubject).optOut, 'stop')
      return list!.map(({ url, method, fallbackUrl, face, kind }) => ({ url, method, fallbackUrl, face, kind }))
    }
    const inbound = { face: 'numberface', kind: 'message.inbound' }
    assert.deepEqual(await placed({ smsApplicationId: 20, smsUrl: 'http://url/' }), [
      { url: 'http://app/', method: 'POST', fallbackUrl: 'http://back/', ...inbound },
    ])
    assert.deepEqual(await placed({ smsUrl: 'http://url/', smsMethod: 'GET' }, { application_id: 20 }), [
      { url: 'http://url/', method: 'GET', fallbackUrl: undefined, ...inbound },
    ])
    assert.deepEqual(await placed({ service: 'night' }), [
      { url: 'http://page/', method: 'GET', fallbackUrl: undefined, ...inbound, face: 'serviceface' },
    ])
    assert.deepEqual(await placed({ service: 'day' }), [])
    assert.deepEqual(refusals, [])
    assert.deepEqual(await placed({}), [], 'bound to nothing')
    assert.deepEqual(refusals.splice(0), ['number.not_bound'])
    assert.deepEqual(await placed({ smsUrl: 'http://url/' }, { account_id: 8 }), [], 'sold on since')
    assert.deepEqual(refusals, [])
    assert.deepEqual([await placed({ smsApplicationId: 999 }), await placed({ smsApplicationId: 22 })], [[], []])
    assert.deepEqual(refusals.splice(0), ['application.not_found', 'provisioning.data_invalid'])
  })
})
