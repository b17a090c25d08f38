// Calls as clients of aculab have them, over the running program: phones of an outside network call and are called, an application's pages
// answer with actions, and what each page is told is looked at. A page after the end comes though the program is killed.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, beforeEach, test, type TestContext } from 'node:test'
import { systemClock } from '#values/clock.ts'
import type { PeerCall } from '../../conformance/sip-call.ts'
import { SipPeer } from '../../conformance/sip-peer.ts'
import { statusOf } from '../../conformance/sip-text.ts'
import { toneFile } from '../fakes/hearing-phone.ts'
import { newFolder, startProgram, type Program } from '../program.ts'
import { freePort } from '../ports.ts'
import { until } from '../until.ts'

const data = newFolder()
const outside = '16465550'
let program: Program
let credentials: any
let server: Server
let base: string
let peer: SipPeer
let sip: { host: string; port: number }
let number: string
/** Actions by path; anything else is 404. */
let pages: Record<string, unknown[]> = {}
let asked: { path: string; info: any }[] = []

const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`

async function ask(path: string, init: RequestInit & { login?: string } = {}): Promise<any> {
  const { basicUser, apiAccessKey } = credentials.aculab
  const { login = basic(basicUser, apiAccessKey), ...rest } = init
  const headers = { authorization: login, accept: 'application/json', ...(init.headers as Record<string, string>) }
  const response = await fetch(`${program.url}/aculab${path}`, { ...rest, headers })
  assert.ok(response.ok, `${path}: ${response.status} ${response.ok ? '' : await response.text()}`)
  const type = response.headers.get('content-type') ?? ''
  return type.startsWith('application/json') ? response.json() : Buffer.from(await response.arrayBuffer())
}

async function native(key: string, method: string, path: string, body?: object): Promise<any> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const response = await fetch(`${program.url}/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  assert.ok(response.ok, `${path}: ${response.status} ${response.ok ? '' : await response.text()}`)
  return response.json()
}

/** Of this application, where it is told. */
const seen = async (path: string, instance?: string): Promise<any> =>
  (await until(
    () =>
      asked.find(
        (one) => one.path === path && (instance ?? one.info.application_instance_id) === one.info.application_instance_id,
      ),
    (one) => one,
  ))!.info

const put = (path: string, configuration: object): Promise<unknown> =>
  ask(path, { method: 'PUT', body: JSON.stringify(configuration), headers: { 'content-type': 'application/json' } })

const service = () => ({
  rest: {
    first_page: { address: `${base}/first` },
    error_page: { address: `${base}/error` },
    final_page: { address: `${base}/final` },
    api_version: '2.0',
  },
})

const callIn = () => peer.call({ server: sip, from: `${outside}001`, to: number })
const wait = [{ sleep: { seconds: 600 } }]

/** Ends with whoever asked for it. */
async function start(t: unknown): Promise<void> {
  program = await startProgram(t as TestContext, data, {
    OFFHOOK_SIP: `${sip.host}:${sip.port}`,
    OFFHOOK_SMPP: 'off',
    OFFHOOK_MEDIA_WORKERS: '1',
  })
}

before(async (t) => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const path = request.url ?? ''
      asked.push({ path, info: JSON.parse(body) })
      const actions = pages[path]
      response.writeHead(actions ? 200 : 404, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ actions, api_version: '2.0', token: path }))
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => void server.once('listening', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  sip = { host: '127.0.0.1', port: await freePort() }
  peer = await SipPeer.open()
  await start(t)
  credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const operator = credentials.operator.key
  const detail = { gateways: `127.0.0.1:${peer.port}`, optionsSeconds: 0 }
  const { id: carrierId } = await native(operator, 'POST', '/carriers', { name: 'network', kind: 'sip-trunk', detail })
  await native(operator, 'POST', '/routes', { carrierId, prefix: `+${outside}`, kind: 'voice' })
  await put('/service/v1/inbound/Sales', service())
  const bought = await ask('/tel_purchase?country=United%20States&state=California&region=San%20Francisco')
  number = bought.numbers[0]
  await ask(`/tel_update_number?number=${number}&service=Sales`)
})
after(() => {
  peer.close()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked = []
  pages = { '/final': [] }
})

test('a caller is recorded, hears it again, presses keys and is connected; the final page has the last token', async () => {
  pages['/first'] = [{ record: { next_page: { url: 'recorded' }, barge_in_digits: '#' } }]
  pages['/connected'] = []
  const call = await callIn()
  assert.match((await call.final()).first, / 200 /)
  const { this_call: first } = await seen('/first')
  assert.deepEqual([first.call_state, first.call_from, first.call_to], ['inbound', `${outside}001`, number])
  const silent = call.tone(440)
  await systemClock.sleep(700)
  silent()
  pages['/recorded'] = [{ get_number: { digit_count: 2, end_digit: '', next_page: { url: '/pressed' } } }]
  await call.press('#')
  const { action_result: recorded, token } = await seen('/recorded')
  const { filename, contains_sound: hasSound } = recorded.result
  assert.deepEqual([recorded.action, hasSound, token], ['record', true, '/first'])
  const wav: Buffer = await ask(`/file_get?filetype=media&filename=${encodeURIComponent(filename)}`)
  assert.equal(wav.toString('latin1', 0, 4), 'RIFF')
  assert.deepEqual(Object.keys(await ask(`/file_list?filetype=media&filename=${encodeURIComponent(filename)}`)), [filename])
  pages['/pressed'] = [
    { play: { play_list: [{ file_to_play: filename }], barge_in_on_digit: false } },
    { delete_file: { filename } },
    { connect: { destinations: [`tel:${outside}002`], next_page: { url: '/connected' } } },
  ]
  const invited = peer.invited()
  await call.press('42')
  assert.deepEqual((await seen('/pressed')).action_result, { action: 'get_number', result: { entered_number: '42' } })
  const other = await invited
  assert.ok(call.heard > 20, 'what was recorded was heard')
  await other.answer()
  await other.hangUp()
  const { action_result: connected } = await seen('/connected')
  assert.equal(connected.action, 'connect')
  await call.ended()
  const final = await seen('/final')
  assert.deepEqual([final.token, final.this_call.call_state, final.this_call.call_cause], ['/connected', 'idle', 'completed'])
  assert.deepEqual(await ask('/file_list?filetype=media'), {})
})

test('a page that cannot be had leads to the page of errors, and then to the final one', async () => {
  pages['/error'] = [{ hang_up: {} }]
  const call = await callIn()
  await call.final()
  await call.ended()
  const { error_result: error } = await seen('/error')
  assert.match(error.result, /404/)
  assert.equal((await seen('/final')).this_call.call_cause, 'completed')
})

test('a page that names no action has its caller answered and hung up; the page of errors does not', async () => {
  pages['/first'] = []
  const answered = await callIn()
  assert.equal(statusOf(await answered.final()), 200)
  const { this_call: over } = await seen('/final')
  assert.deepEqual([over.call_state, over.call_cause], ['idle', 'completed'])
  asked = []
  pages = { '/final': [], '/error': [] }
  const refused = await callIn()
  assert.equal(statusOf(await refused.final()), 603)
  assert.equal((await seen('/final')).this_call.call_cause, 'completed')
})

test('a start calls out, is told of, goes on elsewhere when it is interrupted, and has a return code', async () => {
  await put('/service/v1/outbound/Dialer', { ...service(), service_password: 'open sesame' })
  await ask('/file_write?filetype=media&filename=minute.wav', {
    method: 'POST',
    body: toneFile(440, 60),
    headers: { 'content-type': 'audio/wav' },
  })
  pages['/first'] = [{ play: { play_list: [{ file_to_play: 'minute.wav' }] } }]
  pages['/elsewhere'] = [{ hang_up: { return_code: -107 } }]
  const login = basic(`${credentials.aculab.basicUser}/Dialer`, 'open sesame')
  const invited = peer.invited()
  const calls = { to: `tel:${outside}003`, from: number, token: 'mine' }
  const [reference] = await ask('/service_start', {
    login,
    method: 'POST',
    body: new URLSearchParams({ rest_calls: JSON.stringify(calls) }),
  })
  const state = async () => (await ask(`/service_status?service_reference_ids=${reference}`, { login }))[reference]
  assert.equal((await state()).status, 'queued')
  assert.deepEqual(await ask('/service/v1/outbound_queues'), [{ service_name: 'Dialer', length: 1 }])
  const call = await invited
  await call.answer()
  const { application_instance_id: instance, token, this_call: told } = await seen('/first')
  assert.deepEqual([token, told.call_direction, told.call_to], ['mine', 'out', `${outside}003`])
  await until(state, ({ status }) => status === 'running')
  // The page was asked before its action is done.
  await until(() => call.heard > 10)
  const page = encodeURIComponent(`${base}/elsewhere`)
  const interrupted = await ask(`/rest_interrupt?application_instance_ids=${instance}&redirect_page=${page}`)
  assert.deepEqual(interrupted, { [instance]: { result: 'interrupted', action: 'play' } })
  const { action_result: result } = await seen('/elsewhere')
  assert.deepEqual(result, { action: 'play', interrupted: true })
  await call.ended()
  await seen('/final')
  assert.deepEqual((await ask(`/application_status?application_instance_ids=${instance}`))[instance], {
    status: 'completed',
    return_code: -107,
  })
  assert.equal((await state()).detail, -107)
})

test('a start that is refused says what was wrong with it, and nothing of deleting', async () => {
  await put('/service/v1/outbound/Refused', { ...service(), service_password: 'open sesame' })
  const login = basic(`${credentials.aculab.basicUser}/Refused`, 'open sesame')
  const refused = async (form: Record<string, string>): Promise<[number, string]> => {
    const headers = { authorization: login, accept: 'application/json' }
    const body = new URLSearchParams(form)
    const response = await fetch(`${program.url}/aculab/service_start`, { method: 'POST', headers, body })
    return [response.status, ((await response.json()) as { error: { code: string } }).error.code]
  }
  const to = `${outside}001`
  assert.deepEqual(await refused({ rest_calls: '' }), [400, '0023'])
  assert.deepEqual(await refused({ outbound_parameters: '' }), [400, '0023'])
  assert.deepEqual(await refused({ delimiter: '|' }), [400, '0001'])
  assert.deepEqual(await refused({ rest_calls: JSON.stringify({ to, from: '14155559999' }) }), [403, 'HTTP 403'])
  const nowhere = { to: 'sip:bob@nowhere.invalid', from: number }
  assert.deepEqual(await refused({ rest_calls: JSON.stringify(nowhere) }), [422, 'HTTP 422'])
})

test('what nobody has answered yet can be cancelled, and rings no more', async () => {
  await put('/service/v1/outbound/Dialer', { ...service(), service_password: 'open sesame' })
  const login = basic(`${credentials.aculab.basicUser}/Dialer`, 'open sesame')
  const invited = peer.invited()
  const [reference] = await ask('/service_start', {
    login,
    method: 'POST',
    body: new URLSearchParams({ rest_calls: JSON.stringify({ to: `tel:${outside}004`, from: number }) }),
  })
  const call = await invited
  call.ring()
  assert.deepEqual(await ask(`/service_cancel?service_reference_ids=${reference}`, { login }), {
    [reference]: { result: 'cancelled' },
  })
  await call.ended()
  const state = async () => (await ask(`/service_status?service_reference_ids=${reference}`, { login }))[reference].status
  await until(state, (status) => status === 'cancelled')
  await seen('/final')
})

test('who comes too early to a reserved conference is diverted; later no more are let in than were reserved, until it ends', async () => {
  const lobby = { rest: { ...service().rest, first_page: { address: `${base}/lobby` } } }
  await put('/service/v1/inbound/Lobby', lobby)
  pages['/first'] = [{ connect_to_conference: { name: 'Board', next_page: { url: '/left' } } }]
  pages['/lobby'] = wait
  pages['/error'] = []
  const minute = new Date(Date.now() + 3_600_000).toISOString().slice(0, 16).replaceAll(/[T:]/g, '-')
  const wish = `conference_name=Board&max_participants=2&start_time=${minute}&duration=60&divert=Lobby`
  const { reservation_token: token } = await ask(`/conference_reservation_create?${wish}`)
  const listed = async () => (await ask('/conference_list')).filter((one: any) => one.conference_name === 'Board')
  assert.deepEqual(
    (await listed()).map((one: any) => [one.state, one.reservation_token, one.max_participants, one.participant_count]),
    [['RESERVED', token, 2, 0]],
  )
  const early = await callIn()
  await early.final()
  const { this_call: diverted } = await seen('/lobby')
  assert.equal(diverted.call_state, 'answered')
  await early.hangUp()
  await ask(`/conference_reservation_remove?reservation_token=${token}`)
  assert.deepEqual(await listed(), [])

  const now = { name: 'Board', participants: 2, durationMinutes: 60 }
  const { id } = await native(credentials.api.key, 'POST', '/conference-reservations', now)
  const inside = [await callIn(), await callIn()]
  await until(listed, ([one]) => one.state === 'ACTIVE' && one.participant_count === 2)
  const third = await callIn()
  const { error_result: refused } = await seen('/error')
  assert.match(refused.result, /full/)
  await third.ended()
  await native(credentials.api.key, 'POST', `/conference-reservations/${id}/end`)
  for (const call of inside) await call.ended()
  const told = await native(credentials.api.key, 'GET', `/conference-reservations/${id}`)
  assert.equal(told.state, 'completed')
  await until(listed, ([one, other]) => one.state === 'COMPLETED' && one.participant_count === 0 && other === undefined)
  const late = await callIn()
  await until(
    () => asked.filter(({ path, info }) => path === '/error' && /finished/.test(info.error_result.result)).length,
    (times) => times === 1,
  )
  await late.ended()
})

test('the final page names the recording of the call, and who was rung and dropped; a called side has pages of its own', async () => {
  await put('/service/v1/inbound/Sales', { ...service(), call_recording: { enabled: true } })
  const destinations = [`tel:${outside}005`, `tel:${outside}006`]
  const secondary = { first_page: { url: '/missing' }, error_page: { url: '/apology' }, final_page: { url: '/over' } }
  pages['/first'] = [{ connect: { destinations, secondary_call: secondary } }]
  pages['/apology'] = []
  pages['/over'] = []
  const ringing: PeerCall[] = []
  peer.onInvite((other) => void ringing.push(other))
  const call = await callIn()
  await until(
    () => ringing,
    ({ length }) => length === 2,
  )
  const [first, second] = ringing as [PeerCall, PeerCall]
  second.ring()
  await first.answer()
  // Its first page is not there: the called side has its own page of errors, and stays.
  const { error_result: error, this_call: called } = await seen('/apology')
  assert.match(error.result, /404/)
  assert.equal(called.call_direction, 'out')
  await second.ended()
  const stop = call.tone(440)
  await until(
    () => first.heard,
    (packets) => packets > 20,
  )
  stop()
  await call.hangUp()
  await first.ended()
  const instance = (await seen('/first')).application_instance_id
  const { this_call: over, dropped_calls: dropped } = await seen('/final', instance)
  assert.deepEqual(dropped.map((one: any) => one.call_to).toSorted(), [`${outside}005`, `${outside}006`])
  assert.ok(dropped.every((one: any) => one.call_direction === 'out' && one.call_id !== instance))
  assert.ok(
    dropped.every((one: any) => one.call_state === 'idle'),
    'whoever is dropped is not told as talking',
  )
  const name = over.call_recording_filename
  assert.match(name, new RegExp(`^/rest_api/recordings/.*_${instance}\\.wav$`))
  const wav: Buffer = await until(
    () => ask(`/file_get?filetype=media&filename=${encodeURIComponent(name)}`).catch(() => undefined),
    (found) => found,
  )
  assert.equal(wav.toString('latin1', 0, 4), 'RIFF')
  assert.equal((await seen('/over')).this_call.call_direction, 'out')
  await put('/service/v1/inbound/Sales', service())
})

test('an application has its row among the application records, with what it cost', async () => {
  pages['/first'] = [{ sleep: { seconds: 1 } }]
  const call = await callIn()
  await call.final()
  await call.ended()
  const { application_instance_id: instance } = await seen('/final')
  const moment = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', '_')
  const span = `from=${moment(Date.now() - 3_600_000)}&to=${moment(Date.now() + 60_000)}`
  const { filename } = await ask(`/report_start?report=adr&filetype=json&${span}`)
  const rows: any[] = await until(
    () => ask(`/report_get?filename=${encodeURIComponent(filename)}`),
    (found) => found.some((one: any) => one['Application Instance ID'] === instance),
  )
  const row = rows.find((one) => one['Application Instance ID'] === instance)
  assert.deepEqual(Object.keys(row).slice(0, 3), ['Date_Time of record', 'Application Instance ID', 'Application Name'])
  assert.deepEqual([row['Application Name'], row['Costs valid'], row['Status']], ['Sales', 'True', 0])
  assert.ok(row['Duration'] >= 1 && row['Stop Time'] - row['Start Time'] >= 1)
  assert.equal(row['Total cost'], row['Platform cost'])
})

test('who is registered is listed by client id, once, and no more when the phone has gone', async () => {
  const listed = async () => ask('/webrtc_registered_clients')
  assert.deepEqual(await listed(), [])
  const login = { login: 'desk', password: 'Correct-Horse-9' }
  await native(credentials.api.key, 'POST', '/clients', login)
  const register = (expires: number) => peer.register({ server: sip, ...login, expires })
  assert.equal(statusOf(await register(600)), 200)
  const [one, ...more] = await listed()
  assert.deepEqual([one.client_id, more], ['desk', []])
  assert.match(one.last_modified, /^\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d$/)
  assert.equal(statusOf(await register(0)), 200)
  assert.deepEqual(await listed(), [])
})

test('killed while a call is up, the program asks the final page when it is back', async (t) => {
  pages['/first'] = wait
  const call = await callIn()
  await call.final()
  const { application_instance_id: instance } = await seen('/first')
  const up = async () => (await native(credentials.api.key, 'GET', '/calls?up=true')).items
  await until(up, ([one]) => one?.state === 'answered')
  program.child.kill('SIGKILL')
  await program.ended
  await start(t)
  const { this_call: told } = await seen('/final', instance)
  assert.deepEqual([told.call_state, told.call_cause], ['idle', 'dropped'])
  const state = (await ask(`/application_status?application_instance_ids=${instance}`))[instance]
  assert.deepEqual(state, { status: 'completed', return_code: 0 })
})
