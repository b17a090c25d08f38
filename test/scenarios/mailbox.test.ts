// Mailboxes and messages between users through the native API, on both engines: who gets what, replies in threads, marks,
// what changed since, and what an idempotency key answers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House } from '../house.ts'

const dayMs = 24 * 3_600_000

onBothEngines('mailboxes by the native API', (bench) => {
  let house: House
  let me: string
  let ada: string
  let bo: string
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    house.ask(method, path, { key: house.sandbox.key, headers, ...(body !== undefined && { body }) })
  const good = async (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<any> => {
    const told = await ask(method, path, body, headers)
    assert.ok(told.status < 300, `${method} ${path}: ${told.text}`)
    return told.json
  }
  const refused = async (reason: string, method: string, path: string, body?: unknown): Promise<any> => {
    const { json } = await ask(method, path, body)
    assert.equal(json.reason, reason, path)
    return json
  }
  const user = async (extensionNumber: string) =>
    (await good('POST', '/users', { login: `user-${extensionNumber}@example.com`, detail: { extensionNumber } })).id
  const mailbox = async (of: string, query = '') => (await good('GET', `/users/${of}/mailbox${query}`)).items

  test('a message between users is in the mailbox of each', async () => {
    house = await openHouse(await bench.open())
    me = house.ids.show('user', house.sandbox.caller.user!.id)
    ada = await user('401')
    bo = await user('402')
    const sent = await good('POST', '/internal-messages', { to: [ada, bo, ada], text: 'lunch?' })
    assert.deepEqual([sent.userId, sent.direction, sent.kind, sent.read], [me, 'out', 'internal', true])
    assert.deepEqual(sent.internal, { from: me, to: [ada, bo] })
    const [{ state, text, from, segments, priceMicro }] = sent.messages
    assert.deepEqual([state, text, segments, priceMicro], ['delivered', 'lunch?', 0, 0])
    assert.equal(typeof from, 'string')
    const [got] = await mailbox(ada)
    assert.deepEqual([got.userId, got.direction, got.read, got.thread], [ada, 'in', false, sent.thread])
    assert.notEqual(got.id, sent.id)
    assert.equal((await mailbox(bo, '?read=false')).length, 1)
    assert.equal((await mailbox(bo, '?direction=out')).length, 0)
    assert.equal((await mailbox(bo, `?thread=${sent.thread}&kind=internal`)).length, 1)
    assert.equal((await good('GET', '/messages?kind=internal')).items.length, 1)
  })

  test('the same key sends it once', async () => {
    const body = { to: [bo], text: 'once' }
    const first = await good('POST', '/internal-messages', body, { 'idempotency-key': 'k1' })
    assert.deepEqual(await good('POST', '/internal-messages', body, { 'idempotency-key': 'k1' }), first)
    assert.equal((await mailbox(bo)).filter((one: any) => one.messages[0].text === 'once').length, 1)
  })

  test('answers go to the thread, as long as it is open and one takes part', async () => {
    const first = await good('POST', '/internal-messages', { to: [ada, bo], text: 'a thread' })
    const [atAda] = await mailbox(ada)
    const answer = await good('POST', '/internal-messages', { from: ada, replyTo: atAda.id, text: 'yes' })
    assert.deepEqual(answer.internal, { from: ada, to: [me, bo] })
    assert.equal(answer.thread, first.thread)
    await refused('resource.not_found', 'POST', '/internal-messages', { from: bo, replyTo: atAda.id, text: 'not mine' })
    await good('POST', '/internal-messages', { from: ada, to: [bo], replyTo: atAda.id, text: 'we two' })
    await refused('message.thread_left', 'POST', '/internal-messages', { replyTo: first.id, text: 'and I?' })
    const other = await good('POST', '/internal-messages', { to: [ada], text: 'old by then' })
    house.forward(31 * dayMs)
    await refused('message.thread_too_old', 'POST', '/internal-messages', { replyTo: other.id, text: 'still there?' })
  })

  test('who cannot get it is told, all at once', async () => {
    const away = await user('403')
    await good('PATCH', `/users/${away}`, { status: 'inactive' })
    const nobody = house.ids.show('user', house.parts.nextId())
    const { errors } = await refused('message.recipient_extension_state', 'POST', '/internal-messages', {
      to: [away, nobody, ada],
      text: 'hello',
    })
    assert.deepEqual(
      errors.map((one: any) => one.reason),
      ['message.recipient_extension_state', 'resource.not_found'],
    )
    await refused('request.parameter_missing', 'POST', '/internal-messages', { text: 'to whom?' })
    await refused('message.empty', 'POST', '/internal-messages', { to: [ada], text: '  ' })
  })

  test('marks are told as changes, and what is deleted elsewhere is gone', async () => {
    const { cursor } = await good('GET', `/users/${ada}/mailbox/changes`)
    const sent = await good('POST', '/internal-messages', { to: [ada], text: 'marked' })
    const [entry] = await mailbox(ada)
    const { items } = await good('PATCH', `/users/${ada}/mailbox`, { ids: [entry.id, sent.id], read: true })
    assert.deepEqual(
      items.map((one: any) => one.entry?.read ?? null),
      [true, null],
      'another user’s entry is none',
    )
    const since = await good('GET', `/users/${ada}/mailbox/changes?since=${encodeURIComponent(cursor)}`)
    assert.deepEqual(
      since.items.map((one: any) => [one.id, one.read]),
      [[entry.id, true]],
    )
    await good('DELETE', `/messages/${sent.messages[0].id}`)
    const after = await good('GET', `/users/${ada}/mailbox/changes?since=${encodeURIComponent(since.cursor)}`)
    assert.deepEqual([after.items, after.gone], [[], [entry.id]])
    await refused('resource.not_found', 'GET', `/mailbox-entries/${entry.id}`)
    const beyond = bench.engine === 'sqlite' ? '0:99999999' : '99999999999:-1'
    await refused('message.full_sync_required', 'GET', `/users/${ada}/mailbox/changes?since=${beyond}`)
    assert.deepEqual(house.faults, [])
  })
})
