// Scripts of calls over the running program: virtual handsets call a number, a server of ours answers with markup, and sound goes over
// real media. What the pages were asked with is what is looked at, and what the records say in the end.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { newFolder, startProgram, type Program } from '../program.ts'
import { until } from '../until.ts'

const data = newFolder()
const caller = '+13105550101'
let program: Program
let credentials: any
let number: { sid: string; phone_number: string }
let server: Server
let base: string
/** Markup by path; a number is a status. */
let pages: Record<string, string | number> = {}
let asked: { path: string; form: URLSearchParams }[] = []

async function request(method: string, path: string, init: RequestInit): Promise<any> {
  const response = await fetch(program.url + path, { method, ...init })
  const text = await response.text()
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
  return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text
}

const ask = (method: string, path: string, form?: Record<string, string>) => {
  const { accountSid, authToken } = credentials.restcomm
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const body = form && { body: new URLSearchParams(form) }
  return request(method, `/restcomm/2012-04-24/Accounts/${accountSid}${path}`, { headers: { authorization }, ...body })
}

const native = (method: string, path: string, body?: object) =>
  request(method, `/v1${path}`, {
    headers: { authorization: `Bearer ${credentials.api.key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })

const respond = (inner: string): string => `<?xml version="1.0"?><Response>${inner}</Response>`
const seen = (path: string) =>
  until(
    () => asked.find((one) => one.path === path)?.form,
    (form) => form !== undefined,
  ) as Promise<URLSearchParams>
const handset = encodeURIComponent(caller)
const call = (more: object = {}): Promise<{ id: string }> =>
  native('POST', `/handsets/${handset}/calls`, { to: number.phone_number, ...more })
const steer = (id: string, what: object) => native('POST', `/handsets/${handset}/calls/${id}`, what)
const partyOf = async (id: string): Promise<any> =>
  (await native('GET', `/handsets/${handset}/calls`)).items.find((one: any) => one.id === id)
const ended = (id: string) =>
  until(
    () => partyOf(id),
    (one) => one?.state === 'ended',
  )

before(async (t) => {
  server = createServer((req, res) => {
    let body = ''
    req.on('data', (chunk: Buffer) => (body += chunk.toString()))
    req.on('end', () => {
      const { pathname, search } = new URL(req.url ?? '/', 'http://x')
      asked.push({ path: pathname, form: new URLSearchParams(body || search) })
      const page = pages[pathname] ?? 404
      res.writeHead(typeof page === 'number' ? page : 200, { 'content-type': 'application/xml' })
      res.end(typeof page === 'number' ? '' : page)
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => void server.once('listening', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  program = await startProgram(t as never, data)
  credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  number = await ask('POST', '/IncomingPhoneNumbers.json', { AreaCode: '415' })
  await ask('POST', `/IncomingPhoneNumbers/${number.sid}.json`, {
    VoiceUrl: `${base}/start`,
    VoiceFallbackUrl: `${base}/fallback`,
  })
})
after(() => server.close())
beforeEach(() => {
  asked = []
  pages = {}
})

test('a caller presses keys and is heard by the page', async () => {
  pages = {
    '/start': respond('<Gather action="/pressed" numDigits="3" timeout="10"/>'),
    '/pressed': respond('<Pause length="1"/><Hangup/>'),
  }
  const { id } = await call({ press: '123' })
  assert.equal((await seen('/start')).get('From'), caller)
  assert.equal((await seen('/pressed')).get('Digits'), '123')
  assert.equal((await ended(id)).reason, 'call.completed')
})

test('a page that fails leaves the caller with its fallback', async () => {
  pages = { '/start': 500, '/fallback': respond('<Gather timeout="1"/>') }
  const { id } = await call()
  await seen('/fallback')
  const { state, answeredAt } = await ended(id)
  assert.deepEqual([state, answeredAt !== null], ['ended', true])
})

test('markup that cannot be read is told with its place, and refuses the caller', async () => {
  pages = { '/start': respond('<Say>Hello</Play>'), '/fallback': 404 }
  const { id } = await call()
  const { answeredAt, reason } = await ended(id)
  assert.deepEqual([answeredAt, typeof reason], [null, 'string'])
  const refusals = await until(
    () => native('GET', '/refusals'),
    ({ items }) => items.some((one: any) => one.reason === 'markup.error'),
  )
  const { params } = refusals.items.find((one: any) => one.reason === 'markup.error')
  assert.ok(params.line === 1 && params.column > 1, JSON.stringify(params))
})

test('a caller is recorded, and the recording is heard at its public address', async () => {
  pages = {
    '/start': respond('<Gather action="/record" numDigits="1" timeout="60"/>'),
    '/record': respond('<Record action="/done" maxLength="6" timeout="5" playBeep="false"/>'),
    '/done': respond('<Hangup/>'),
  }
  const { id } = await call()
  await until(
    () => partyOf(id),
    ({ state }) => state === 'answered',
  )
  // Nobody waits for whoever is silent: once it was said it is there at once.
  const say = 'This is a message for everybody who was not there'
  await steer(id, { say, press: '1' })
  await seen('/record')
  await steer(id, { say })
  const form = await seen('/done')
  await ended(id)
  assert.ok(Number(form.get('RecordingDuration')) > 0)
  const { items } = await native('GET', '/recordings')
  const [{ state, url, durationMs, sizeBytes }] = items
  assert.deepEqual([state, durationMs > 500], ['ready', true])
  const wav = Buffer.from(await (await fetch(url)).arrayBuffer())
  assert.deepEqual([wav.toString('latin1', 0, 4), wav.length], ['RIFF', sizeBytes])
  assert.ok(wav.subarray(44).some((byte) => byte !== 0))
})

test('two callers meet in a conference, one is muted by a request, and it is over when both have gone', async () => {
  pages = { '/start': respond('<Dial><Conference beep="false">standup</Conference></Dial>') }
  const calls = [await call(), await call()]
  const conference = await until(
    async () => (await native('GET', '/conferences?state=running')).items[0],
    (one) => one !== undefined,
  )
  const members = await until(
    () => native('GET', `/conferences/${conference.id}/members`),
    ({ items }) => items.length === 2,
  )
  const [{ callId }] = members.items
  const muted = await native('PATCH', `/conferences/${conference.id}/members/${callId}`, { isMuted: true })
  assert.equal(muted.isMuted, true)
  for (const { id } of calls) await steer(id, { hangUp: true })
  const over = await until(
    () => native('GET', `/conferences/${conference.id}`),
    ({ state }) => state === 'completed',
  )
  assert.ok(over.endedAt)
})

test('a caller is connected with another phone, until one of them hangs up; the page learns how it went', async () => {
  const called = '+13105550102'
  pages = {
    '/start': respond(`<Dial action="/dialed" timeout="20" record="true"><Number>${called}</Number></Dial>`),
    '/dialed': respond('<Hangup/>'),
  }
  const { id } = await call()
  const other = encodeURIComponent(called)
  const rung = await until(
    async () => (await native('GET', `/handsets/${other}/calls`)).items.find((one: any) => one.state === 'answered'),
    (one) => one !== undefined,
  )
  await steer(id, { press: '5' })
  await until(
    async () => (await native('GET', `/handsets/${other}/calls`)).items[0],
    ({ digits }) => digits === '5',
  )
  await native('POST', `/handsets/${other}/calls/${rung.id}`, { hangUp: true })
  const form = await seen('/dialed')
  assert.equal(form.get('DialCallStatus'), 'completed')
  const { items: legs } = await native('GET', '/calls')
  const first = legs.find((one: any) => one.direction === 'in')
  // While it is up too, and from its record when it is over: what is kept goes to the disk a moment later.
  const verbs = await until(
    async () => (await native('GET', `/calls/${first.id}/timeline`)).items.filter(({ what }: any) => what === 'verb'),
    (found) => found.length > 1,
  )
  assert.deepEqual(verbs[0].kind === 'dial' && [verbs[0].data.how, verbs[0].data.targets], ['finished', [called]])
  assert.ok(
    verbs.some(({ kind, data }: any) => kind === 'dial.connected' && data.to === called && data.callId.startsWith('cal_')),
  )
  assert.equal((await ended(id)).reason, 'call.completed')
})
