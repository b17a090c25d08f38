// Webhooks as an account's own developer meets them: endpoints, what they are told, signatures, dead letters, and the commands
// that forward and trigger. The program is a process of its own; what is asked of it goes over sockets.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { verifyStandard } from '#webhooks/verify.ts'
import { startWebhookServer } from '../fakes/webhook-server.ts'
import { freePort } from '../ports.ts'
import { newFolder, runProgram, startProgram, type Program } from '../program.ts'
import { until } from '../until.ts'

const data = newFolder()
let program: Program
let key: string

before(async (t) => {
  program = await startProgram(t as never, data)
  key = (JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8')) as { api: { key: string } }).api.key
})

async function ask(method: string, path: string, body?: object): Promise<{ status: number; json: any }> {
  const response = await fetch(`${program.url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, json: await response.json() }
}

const delivery = (id: string, fine: (found: any) => boolean): Promise<any> =>
  until(async () => (await ask('GET', `/webhook-deliveries/${id}`)).json, fine)

const ended = (id: string): Promise<any> => delivery(id, ({ endedAt, log }) => endedAt !== null && log.length > 0)

test('what happens in the account is told to its endpoints, signed, with both secrets while one replaces the other', async () => {
  const server = await startWebhookServer()
  const made = await ask('POST', '/webhook-endpoints', { url: `${server.url}/in`, events: ['application.*'], name: 'mine' })
  assert.equal(made.status, 201)
  assert.match(made.json.secret, /^whsec_/)
  assert.equal((await ask('POST', '/applications', { name: 'heard' })).status, 201)
  await server.until(1)
  const [first] = server.heard
  const event = JSON.parse(first!.body)
  assert.equal(event.type, 'application.created')
  assert.match(event.data.id, /^app_/)
  assert.equal(first!.headers['offhook-event'], 'application.created')
  const check = (heard: typeof first, secret: string) =>
    verifyStandard({ body: heard!.body, headers: heard!.headers, secret, nowMs: Date.now() })
  assert.deepEqual(check(first, made.json.secret), { ok: true })

  const rotated = await ask('POST', `/webhook-endpoints/${made.json.id}/rotate`, {})
  assert.equal(rotated.status, 201)
  assert.notEqual(rotated.json.secret, made.json.secret)
  assert.equal((await ask('GET', `/webhook-endpoints/${made.json.id}/secret`)).json.secret, rotated.json.secret)
  await ask('POST', '/applications', { name: 'heard again' })
  await server.until(2)
  for (const secret of [made.json.secret, rotated.json.secret]) assert.deepEqual(check(server.heard[1], secret), { ok: true })

  const { json: list } = await ask('GET', `/webhook-deliveries?endpointId=${made.json.id}&event=application.created`)
  assert.equal(list.items.length, 2)
  const whole = await ended(list.items[1].id)
  assert.equal(whole.state, 'delivered')
  assert.equal(whole.headers['webhook-id'], first!.headers['webhook-id'])
  assert.equal(whole.id, first!.headers['webhook-id'])
  assert.equal(whole.log[0].status, 200)
  assert.equal(whole.log[0].headers['webhook-signature'], first!.headers['webhook-signature'])
  assert.match(whole.nounId, /^app_/)

  assert.equal((await ask('PATCH', `/webhook-endpoints/${made.json.id}`, { enabled: false })).json.enabled, false)
  assert.equal((await ask('POST', `/webhook-endpoints/${made.json.id}/test`, {})).json.reason, 'webhook.endpoint_removed')
  assert.equal((await ask('DELETE', `/webhook-endpoints/${made.json.id}`)).status, 200)
  assert.equal((await ask('GET', `/webhook-endpoints/${made.json.id}`)).json.reason, 'resource.not_found')
})

test('what is wrong with an endpoint is said', async () => {
  const create = async (body: object) => (await ask('POST', '/webhook-endpoints', body)).json
  for (const url of ['ftp://a.example/', 'nonsense', '//a.example', 'http:// a.example/'])
    assert.equal((await create({ url, events: ['*'] })).reason, 'webhook.callback_url_invalid', url)
  const unknown = await create({ url: 'https://a.example/', events: ['message.deliverd'] })
  assert.equal(unknown.reason, 'webhook.event_unknown')
  assert.equal(unknown.params.nearest, 'message.delivered')
  assert.equal((await create({ events: ['*'] })).reason, 'request.parameter_missing')
  assert.equal(
    (await create({ kind: 'listener', url: 'https://a.example/', events: ['*'] })).reason,
    'request.parameters_exclusive',
  )
  assert.equal((await ask('POST', '/webhook-events', { event: 'number.bought' })).json.reason, 'webhook.no_endpoint')
  const events = (await ask('GET', '/webhook-events')).json.items as { name: string }[]
  assert.ok(events.some(({ name }) => name === 'message.delivered'))
  assert.match((await ask('POST', '/webhook-secret')).json.secret, /^whsec_/)
})

test('a delivery that fails says why, is a dead letter when it is given up, and can be replayed', async () => {
  const server = await startWebhookServer()
  server.answer = (response) => void response.writeHead(410).end('gone')
  const { json: endpoint } = await ask('POST', '/webhook-endpoints', { url: server.url, events: ['number.*'] })
  const { json: sent } = await ask('POST', '/webhook-events', { event: 'number.bought', data: { number: '+15005550199' } })
  const failed = await ended(sent.deliveries[0])
  assert.deepEqual(
    [failed.state, failed.reason.slug, failed.reason.fault],
    ['failed', 'webhook.status_unexpected', 'application'],
  )
  assert.equal(failed.log[0].answerBody, 'gone')
  assert.equal(JSON.parse(failed.body).data.number, '+15005550199')
  assert.equal(JSON.parse(failed.body).test, true)
  const { json: dead } = await ask('GET', `/webhook-deliveries?state=failed&endpointId=${endpoint.id}`)
  assert.deepEqual(
    dead.items.map(({ id }: { id: string }) => id),
    [failed.id],
  )
  server.answer = (response) => void response.end()
  const replayed = await ask('POST', '/webhook-deliveries/replay', { endpointId: endpoint.id })
  assert.deepEqual([replayed.status, replayed.json], [202, { replayed: 1, more: false }])
  await server.until(2)
  assert.equal(server.heard[1]!.headers['webhook-id'], failed.id)
  await delivery(failed.id, ({ state }) => state === 'delivered')
  assert.equal((await ask('POST', `/webhook-deliveries/${failed.id}/replay`)).status, 202)
  await server.until(3)
  await ask('DELETE', `/webhook-endpoints/${endpoint.id}`)
})

test('each way in which a server cannot be told has its reason, with whose fault it is', { timeout: 300_000 }, async () => {
  const server = await startWebhookServer()
  const closed = await startWebhookServer(await freePort())
  await closed.close()
  server.answer = (response, { path }) => {
    if (path === '/redirect') response.writeHead(301, { location: '/elsewhere' }).end()
    else if (path === '/garbage') response.socket!.end('220 smtp ready\r\n')
    else response.writeHead(503).end()
  }
  const urls: [string, string, string][] = [
    ['http://169.254.169.254/latest/meta-data/', 'webhook.address_refused', 'operator-policy'],
    ['http://[::ffff:10.0.0.1]/', 'webhook.address_refused', 'operator-policy'],
    [`${closed.url}/`, 'webhook.unreachable', 'application'],
    ['http://no-such-host/', 'webhook.name_unresolved', 'application'],
    [`${server.url.replace('http:', 'https:')}/`, 'webhook.tls_failed', 'application'],
    [`${server.url}/redirect`, 'webhook.redirected', 'application'],
    [`${server.url}/garbage`, 'webhook.answer_unreadable', 'application'],
    [`${server.url}/busy`, 'webhook.status_unexpected', 'application'],
  ]
  for (const [url, slug, fault] of urls) {
    const { json: endpoint } = await ask('POST', '/webhook-endpoints', { url, events: ['user.created'] })
    const { json: sent } = await ask('POST', `/webhook-endpoints/${endpoint.id}/test`, { event: 'user.created' })
    const told = await delivery(sent.deliveries[0], ({ attempts, log }) => attempts > 0 && log.length > 0)
    assert.deepEqual([told.state, told.reason.slug, told.reason.fault], ['pending', slug, fault], url)
    assert.equal(told.log[0].reason, slug)
    assert.ok(Date.parse(told.nextAttemptAt) > Date.parse(told.log[0].at))
    // What still waits for it is not sent any more.
    await ask('DELETE', `/webhook-endpoints/${endpoint.id}`)
  }
})

test('offhook listen forwards them as they are, and offhook trigger says how it went', { timeout: 300_000 }, async (t) => {
  const server = await startWebhookServer()
  const command = fileURLToPath(new URL('../../bin/offhook.js', import.meta.url))
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OFFHOOK_') && name !== 'NODE_TEST_CONTEXT')
  const env = { ...Object.fromEntries(inherited), OFFHOOK_DATA: data, OFFHOOK_HTTP: '127.0.0.1:0' }
  const listener = spawn(process.execPath, [command, 'listen', '--forward', `${server.url}/local`, '--events', 'message.*'], {
    env,
  })
  t.after(() => listener.kill('SIGKILL'))
  const lines: string[] = []
  let heard: (() => void) | undefined
  createInterface(listener.stdout).on('line', (line) => {
    lines.push(line)
    heard?.()
  })
  const line = async (at: number): Promise<string> => {
    while (lines.length <= at) await new Promise<void>((resolve) => (heard = resolve))
    return lines[at]!
  }
  assert.match(await line(0), /forwarding to/)
  const secret = /whsec_\S+/.exec(await line(1))![0]
  const triggered = runProgram(['trigger', 'message.failed', '--set', 'text=hello', '--set', 'segments=2'], data)
  assert.equal(triggered.status, 0, triggered.stderr)
  assert.match(triggered.stdout, /^offered {2}a listener/)
  await server.until(1)
  const [one] = server.heard
  assert.equal(one!.path, '/local')
  assert.deepEqual(verifyStandard({ body: one!.body, headers: one!.headers, secret, nowMs: Date.now() }), { ok: true })
  const event = JSON.parse(one!.body)
  assert.deepEqual([event.type, event.data.text, event.data.segments, event.test], ['message.failed', 'hello', 2, true])
  assert.match(await line(2), /^message.failed {2}200/)
  listener.kill('SIGTERM')
  const [exit] = await once(listener, 'exit')
  assert.equal(exit, 0)
  const { items } = (await ask('GET', '/webhook-endpoints')).json
  assert.deepEqual(
    items.filter(({ kind }: { kind: string }) => kind === 'listener'),
    [],
  )
  assert.equal(runProgram(['trigger', 'message.failed'], data).status, 1)
  assert.match(runProgram(['trigger', 'message.faild'], data).stderr, /message\.failed/)
  assert.equal(runProgram(['listen'], data).status, 2)
  assert.equal(runProgram(['trigger'], data).status, 2)
})

test('a process that is killed while it tells, tells the rest when it is started again', { timeout: 300_000 }, async (t) => {
  const server = await startWebhookServer()
  server.answer = () => {}
  const { json: endpoint } = await ask('POST', '/webhook-endpoints', { url: server.url, events: ['application.created'] })
  const names = Array.from({ length: 12 }, (_, n) => `survives ${n}`)
  const made = await Promise.all(names.map((name) => ask('POST', '/applications', { name })))
  assert.ok(made.every(({ status }) => status === 201))
  program.child.kill('SIGKILL')
  await program.ended
  server.answer = (response) => void response.end()
  program = await startProgram(t, data)
  const wanted = new Set(made.map(({ json }) => json.id as string))
  // All may have been heard before the program said that it is ready.
  await until(
    () => new Set(server.heard.map(({ body }) => (JSON.parse(body) as { data: { id: string } }).data.id)),
    (told) => wanted.isSubsetOf(told),
  )
  await until(
    async () => (await ask('GET', `/webhook-deliveries?endpointId=${endpoint.id}`)).json.items,
    (items) => items.length === 12 && items.every(({ state }: { state: string }) => state === 'delivered'),
  )
})
