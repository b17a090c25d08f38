// The life of an SMS at this vendor's door, over the running program: sent to one and to several, told by callbacks in the query and
// in forms, read, planned and taken back, answered to a number of the service SMS, and said under one key only once.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startWebhookServer } from '../fakes/webhook-server.ts'
import { newFolder, startProgram } from '../program.ts'

async function openDoor(t: TestContext) {
  const data = newFolder()
  const program = await startProgram(t, data)
  const credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const { consumerKey, consumerSecret } = credentials.toku
  const token = await fetch(`${program.url}/toku/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const { access_token } = (await token.json()) as { access_token: string }
  const asks =
    (base: string, authorization: string) =>
    async (method: string, path: string, body?: object, more: Record<string, string> = {}): Promise<any> => {
      const headers = { authorization, 'content-type': 'application/json', ...more }
      const answer = await fetch(base + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
      return { status: answer.status, headers: answer.headers, ...((await answer.json()) as object) }
    }
  return {
    toku: asks(`${program.url}/toku`, `Bearer ${access_token}`),
    own: asks(`${program.url}/v1`, `Bearer ${credentials.api.key}`),
  }
}

const formOf = (text: string) => Object.fromEntries(new URLSearchParams(text))

test('an SMS is told by callbacks, read, planned and taken back', { timeout: 300_000 }, async (t) => {
  const { toku } = await openDoor(t)
  const server = await startWebhookServer()

  await t.test('the answer comes once the gateway has it, the callback says how it went', async () => {
    const sent = await toku('POST', '/sms/v1/messages', {
      from: 'Shop',
      to: '+447700900901',
      message: 'Hello',
      callback_url: `${server.url}/status?shop=1`,
      reference_id: 'trip-77',
    })
    assert.deepEqual([sent.status, sent.result, sent.reference_id], [200, 0, 'trip-77'])
    assert.match(sent.message_id, /^\d+$/)
    assert.ok(sent.headers.get('location').endsWith(`/toku/sms/v1/messages/${sent.message_id}`))
    await server.until(2)
    const [first, last] = server.heard
    assert.deepEqual([first!.method, first!.path], ['POST', '/status?shop=1'])
    assert.equal(first!.headers['content-type'], 'application/x-www-form-urlencoded')
    assert.deepEqual([formOf(first!.body)['status'], formOf(last!.body)['status']], ['SENT', 'DELIVERED'])
    const { create_time, sent_time, end_time, ...told } = formOf(last!.body)
    assert.deepEqual(told, {
      result: '0',
      result_desc: 'success',
      service_name: 'SMS',
      message_id: sent.message_id,
      reference_id: 'trip-77',
      direction: '1',
      from: 'Shop',
      to: '447700900901',
      message: 'Hello',
      status: 'DELIVERED',
      error_code: '0',
      error_desc: 'success',
      segments: '1',
      charge: told['charge'],
      currency: 'USD',
      gmt: '0',
    })
    for (const time of [create_time, sent_time, end_time]) assert.match(time!, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    const read = await toku('GET', `/sms/v1/messages/${sent.message_id}`)
    assert.deepEqual([read.result, read.status, read.error_code], [0, 'DELIVERED', 0])
  })

  await t.test('what does not arrive has its code, in the query where GET was wanted', async () => {
    const before = server.heard.length
    const sent = await toku('POST', '/sms/v1/messages', {
      from: 'Shop',
      to: '447700900907',
      message: 'Hello',
      callback_url: `${server.url}/status?shop=1`,
      callback_method: 'get',
    })
    await server.until(before + 2)
    const { method, path, body } = server.heard.at(-1)!
    assert.deepEqual([method, body], ['GET', ''])
    const told = formOf(path.slice(path.indexOf('?') + 1))
    const { shop, message_id, status, result, error_code } = told
    assert.deepEqual([shop, message_id, status, result, error_code], ['1', sent.message_id, 'UNDELIVERED', '-2003', '-2003'])
  })

  await t.test('several recipients are several messages, each with its own result', async () => {
    const { result, messages, message_id } = await toku('POST', '/sms/v1/messages', {
      from: 'Shop',
      to: '447700900901, 447700900918',
      message: 'Hello',
    })
    assert.equal(result, 0)
    assert.deepEqual(
      messages.map((one: any) => [one.to, one.result, one.message_id]),
      [
        ['447700900901', 0, message_id],
        ['447700900918', -2005, undefined],
      ],
    )
    // All are looked at before any is sent.
    const bad = await toku('POST', '/sms/v1/messages', { from: 'Shop', to: '447700900901,12ab', message: 'Hello' })
    assert.deepEqual([bad.status, bad.result, bad.param], [400, -2005, 'to'])
  })

  await t.test('a message waits for its time, told in the zone of the account, and can be taken back', async () => {
    const planned = { from: 'Shop', to: '447700900901', message: 'Later', send_time: '2030-02-28 10:00:00' }
    const { message_id } = await toku('POST', '/sms/v1/messages', planned)
    const { status } = await toku('GET', `/sms/v1/messages/${message_id}`)
    assert.equal(status, 'SCHEDULED')
    assert.equal((await toku('DELETE', `/sms/v1/messages/${message_id}`)).status, 'CANCELED')
    const again = await toku('DELETE', `/sms/v1/messages/${message_id}`)
    assert.deepEqual([again.status, again.result, again.headers.get('offhook-reason')], [409, -1, 'message.state_invalid'])
    const unknown = await toku('GET', '/sms/v1/messages/12345')
    assert.deepEqual([unknown.status, unknown.headers.get('offhook-reason')], [404, 'resource.not_found'])
  })

  await t.test('faults are told in their order', async () => {
    const good = { from: 'Shop', to: '447700900901', message: 'Hello' }
    const cases: [object, number, string | undefined][] = [
      [{ ...good, from: undefined }, -302, 'from'],
      [{ ...good, message: 7 }, -301, 'message'],
      [{ ...good, message: 'x'.repeat(10_001) }, -303, 'message'],
      [{ ...good, callback_url: 'ftp://x' }, -1205, 'callback_url'],
      [{ ...good, callback_method: 'PUT' }, -1207, 'callback_method'],
      [{ ...good, from: '+12', to: 'x', message: '' }, -2004, 'from'],
      [{ ...good, from: '447700900999' }, -1007, undefined],
    ]
    for (const [body, result, param] of cases) {
      const answer = await toku('POST', '/sms/v1/messages', body)
      assert.deepEqual([answer.result, answer.param], [result, param], JSON.stringify(answer))
    }
  })

  await t.test('under one key it is sent once, and a failure stays one', async () => {
    const key = { 'idempotency-key': 'order-88' }
    const hello = { from: 'Shop', to: '447700900901', message: 'Once' }
    const first = await toku('POST', '/sms/v1/messages', hello, key)
    const second = await toku('POST', '/sms/v1/messages', hello, key)
    assert.deepEqual([second.result, second.message_id], [0, first.message_id])
    // The network refuses this one.
    const refused = { ...hello, to: '447700900918' }
    const failing = { 'idempotency-key': 'order-89' }
    for (let tries = 0; tries < 2; tries += 1) {
      const answer = await toku('POST', '/sms/v1/messages', refused, failing)
      assert.deepEqual([answer.status, answer.result], [400, -2005])
    }
  })
})

test('what comes to a number of the service SMS is told to its callback URL', { timeout: 300_000 }, async (t) => {
  const { toku, own } = await openDoor(t)
  const server = await startWebhookServer()
  const number = '6531580001'
  await toku('POST', '/number/v1/numbers', { number })
  const services = `/number/v1/numbers/${number}/services`
  const bound = await toku('POST', services, {
    service_id: 'SMS',
    callback_url: `${server.url}/inbound`,
    callback_method: 'POST',
  })
  assert.equal(bound.result, 0, JSON.stringify(bound))
  const said = await own('POST', '/handsets/%2B447700900950/messages', { to: `+${number}`, text: 'Good evening' })
  assert.ok(said.status < 300, JSON.stringify(said))
  await server.until(1)
  const told = formOf(server.heard[0]!.body)
  assert.deepEqual(
    [
      told['result'],
      told['service_name'],
      told['number'],
      told['direction'],
      told['from'],
      told['to'],
      told['message'],
      told['status'],
    ],
    ['0', 'SMS', number, '0', '447700900950', number, 'Good evening', 'RECEIVED'],
  )
  const read = await toku('GET', `/sms/v1/messages/${told['message_id']}`)
  assert.deepEqual([read.direction, read.message], [0, 'Good evening'])
  // A message from that number to one that the account does not own may be answered.
  const answer = await toku('POST', '/sms/v1/messages', { from: number, to: told['from'], message: 'And to you' })
  assert.equal(answer.result, 0)
})
