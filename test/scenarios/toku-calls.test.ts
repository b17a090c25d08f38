// Calls through the toku face, heard: a call handle is asked, its commands are done on real calls over SIP and RTP, and both of its URLs are told
// the truth. The cases are those of the reference, section 16.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openApplication, type Answer, type Application, type Told } from '../../conformance/toku/application.ts'
import { accepted, ask, makeUser, password } from '../../conformance/toku/client.ts'
import { addTrunk, serving, type Trunk } from '../../conformance/toku/engine.ts'
import { startServer, type RunningServer } from '../../conformance/server.ts'
import type { World } from '../../conformance/scenario.ts'
import type { PeerCall } from '../../conformance/sip-call.ts'
import { statusOf } from '../../conformance/sip-text.ts'
import { openWorld } from '../../conformance/world.ts'
import { until } from '../until.ts'

/** What came before the end may be read after it: sound has a socket of its own. */
async function heard(call: PeerCall): Promise<void> {
  await until(() => call.heard > 0)
}

/** How often there is sound after so long a silence: G.711, 8 kHz. */
function burstsIn(samples: Int16Array): number {
  let bursts = 0
  let silence = 4000
  for (const sample of samples) {
    if (Math.abs(sample) < 500) silence += 1
    else {
      if (silence >= 4000) bursts += 1
      silence = 0
    }
  }
  return bursts
}

describe('calls of toku', () => {
  let server: RunningServer
  let world: ReturnType<typeof openWorld>
  let trunk: Trunk
  const applications: Application[] = []
  let number = 6531580000

  before(async () => {
    server = await startServer()
    world = openWorld(server)
    trunk = await addTrunk(world, '121255')
  })
  after(async () => {
    for (const application of applications) await application.close()
    await world.close()
    await server.stop()
  })

  interface Line {
    readonly number: string
    readonly application: Application
    /** A phone of the network calls the number. */
    call(): Promise<PeerCall>
  }

  async function line(answer: (told: Told) => Answer, more: object = {}, service = 'PROGRAMMABLE_CALL'): Promise<Line> {
    const application = await openApplication(answer)
    applications.push(application)
    number += 1
    const settings = { callback_url: `${application.url}/handle`, status_url: `${application.url}/status`, ...more }
    await serving(world as World, String(number), service, settings)
    const to = `+${number}`
    return {
      number: String(number),
      application,
      call: () => trunk.peer.call({ server: world.sip, from: '+12125550199', to }),
    }
  }

  /** There are only so many in stock: the next line takes it. */
  async function giveBack(given: string, service = 'PROGRAMMABLE_CALL'): Promise<void> {
    accepted(await ask(world, 'DELETE', `/number/v1/numbers/${given}/services/${service}`))
    accepted(await ask(world, 'DELETE', `/number/v1/numbers/${given}`))
    number -= 1
  }

  const isOver = ({ call_status }: Told['event']): boolean => call_status === 'DISCONNECT'

  test('SETUP comes by GET or as a form, with all its fields; prompts are heard and Hangup ends the call', async () => {
    for (const callback_method of ['GET', 'POST'] as const) {
      const { number, application, call } = await line(
        ({ event }) =>
          event['call_status'] === 'SETUP'
            ? [{ function: 'PlayFile', type: 'system', value: 'beep' }, { function: 'Hangup' }]
            : [],
        { callback_method },
      )
      const caller = await call()
      assert.equal(statusOf(await caller.final()), 200)
      const { method, event } = await application.next('/handle')
      const { session_id, call_setup_time, call_alert_time, ...rest } = event
      assert.equal(method, callback_method)
      assert.match(session_id!, /^\d+$/)
      assert.match(call_setup_time!, /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/)
      assert.equal(call_alert_time, call_setup_time)
      assert.deepEqual(rest, {
        result: '0',
        result_desc: 'success',
        service_name: 'PROGRAMMABLE_CALL',
        channel: '0',
        call_status: 'SETUP',
        calling_party: '12125550199',
        called_party: number,
        redirecting_number: '',
        direction: '0',
        reference_id: '',
        call_connected_time: '',
        call_disconnected_time: '',
        gmt: '0',
        call_cause: '',
        call_connected: '0',
        call_duration: '0',
        number,
      })
      await caller.ended()
      await heard(caller)
      const { method: told, event: over } = await application.next('/status', isOver)
      assert.equal(told, 'POST')
      assert.deepEqual([over['result'], over['call_cause'], over['call_connected']], ['0', '200', '1'])
      assert.equal(over['session_id'], session_id)
    }
  })

  test('a key ends the prompt and is told as DTMF; truth in quotes and bare is the same', async () => {
    for (const handle_interrupt of ['true', true, 1]) {
      const { application, call } = await line(({ event }) =>
        event['call_status'] === 'SETUP'
          ? [{ function: 'PlayTTS', message: 'Press one', dtmf: 1, handle_interrupt, voice: 'F', language: 30 }]
          : [{ function: 'Hangup' }],
      )
      const caller = await call()
      assert.equal(statusOf(await caller.final()), 200)
      await application.next('/handle')
      await caller.press('5')
      const { event } = await application.next('/handle')
      assert.deepEqual(
        [event['call_status'], event['dtmf'], event['direction'], 'referenceid' in event, 'reference_id' in event],
        ['DTMF', '5', '0', true, false],
      )
      await caller.ended()
    }
  })

  test('without a key the prompt is repeated with other words, and then DTMF is empty', async () => {
    const { application, call } = await line(({ event }) =>
      event['call_status'] === 'SETUP'
        ? [
            {
              function: 'PlayFile',
              type: 'system',
              value: 'beep',
              dtmf: 2,
              handle_interrupt: 'true',
              replay: 1,
              no_dtmf_value: 'beep',
            },
          ]
        : [{ function: 'Hangup' }],
    )
    const caller = await call()
    assert.equal(statusOf(await caller.final()), 200)
    await application.next('/handle')
    const { event } = await application.next('/handle')
    assert.deepEqual([event['call_status'], event['dtmf']], ['DTMF', ''])
    await caller.ended()
    assert.equal(burstsIn(caller.samples()), 2)
  })

  test('an answer without commands adds nothing: what was queued goes on', async () => {
    const { application, call } = await line(({ event }) =>
      event['call_status'] === 'SETUP'
        ? [
            { function: 'PlayFile', type: 'system', value: 'beep', dtmf: 1, handle_interrupt: true },
            { function: 'PlayFile', type: 'system', value: 'beep', dtmf: 1, handle_interrupt: true },
            { function: 'Hangup' },
          ]
        : [],
    )
    const caller = await call()
    assert.equal(statusOf(await caller.final()), 200)
    await application.next('/handle')
    await caller.press('1')
    assert.equal((await application.next('/handle')).event['dtmf'], '1')
    await caller.press('2')
    assert.equal((await application.next('/handle')).event['dtmf'], '2')
    await caller.ended()
  })

  test('MakeCall to a busy party is told with its cause, and the next answer is obeyed', async () => {
    const { application, call, number } = await line(({ event }) =>
      event['call_status'] === 'SETUP'
        ? [{ function: 'MakeCall', called_party: '12125500010', handle_interrupt: true, ringtone: 'US' }]
        : [{ function: 'PlayFile', type: 'system', value: 'beep' }, { function: 'Hangup' }],
    )
    const invited = trunk.peer.invited()
    const caller = await call()
    const called = await invited
    assert.match(called.invite!.raw, new RegExp(`From: .*${number}@`), 'the number is shown where nothing else is said')
    called.refuse(486, 'Busy Here')
    await application.next('/handle')
    const { event } = await application.next('/handle')
    assert.deepEqual(
      [event['call_status'], event['channel'], event['call_cause'], event['call_connected'], event['call_duration']],
      ['DISCONNECT', '1', '486', '0', '0'],
    )
    assert.deepEqual(
      [event['calling_party'], event['called_party'], event['number'], event['direction']],
      [number, '12125500010', number, '1'],
    )
    assert.match(event['call_disconnected_time']!, /^\d{4}-\d{2}-\d{2} /)
    assert.equal(statusOf(await caller.final()), 200)
    await caller.ended()
    await heard(caller)
  })

  test('MakeCall bridges, and its recording is told by GET once the file can be had', async () => {
    const { application, call } = await line(({ event }) =>
      event['call_status'] === 'SETUP'
        ? [
            {
              function: 'MakeCall',
              called_party: '12125500011',
              record_call: true,
              record_wait_sync: 'true',
              record_callback_url: `${applications.at(-1)!.url}/record`,
            },
          ]
        : [],
    )
    const invited = trunk.peer.invited()
    const caller = await call()
    const called = await invited
    called.ring()
    await called.answer()
    assert.equal(statusOf(await caller.final()), 200)
    const quiet = [caller.tone(440), called.tone(880)]
    // Both hear each other.
    await until(() => caller.heard >= 50 && called.heard >= 50)
    for (const stop of quiet) stop()
    await called.hangUp()
    const { method, event: record } = await application.next('/record')
    assert.deepEqual([method, record['call_status'], record['result']], ['GET', 'RECORD', '0'])
    const file = await fetch(record['record_url']!)
    assert.deepEqual([file.status, file.headers.get('content-type')], [200, 'audio/wav'])
    await file.arrayBuffer()
    const { recordings } = accepted(await ask(world, 'GET', `/record/v1/recordings?session_id=${record['session_id']}`))
    assert.deepEqual([recordings[0].record_id, recordings[0].state], [record['record_id'], 'ready'])
    await caller.ended()
  })

  test('a handle that fails, and one that answers no JSON, release the call with -300', async () => {
    for (const answer of [500, 'hello'] as const) {
      const { application, call } = await line(({ path }) => (path === '/handle' ? answer : []))
      const caller = await call()
      assert.ok(statusOf(await caller.final()) >= 400)
      const { event: over } = await application.next('/status', isOver)
      assert.deepEqual([over['result'], over['call_connected']], ['-300', '0'])
    }
  })

  test('a command that is not known is passed over and told with -301 in the next event', async () => {
    const { application, call } = await line(({ event }) =>
      event['call_status'] === 'SETUP'
        ? [{ function: 'Dance' }, { function: 'PlayFile', type: 'system', value: 'beep', dtmf: 1, handle_interrupt: true }]
        : [{ function: 'PlayFile', type: 'url', value: 'nowhere' }, { function: 'Hangup' }],
    )
    const caller = await call()
    assert.equal(statusOf(await caller.final()), 200)
    await application.next('/handle')
    await caller.press('7')
    const { event } = await application.next('/handle')
    assert.deepEqual([event['result'], event['dtmf']], ['-301', '7'])
    await caller.ended()
    // What was passed over last is told at the end.
    assert.equal((await application.next('/status', isOver)).event['result'], '-1209')
  })

  test('what an event has told of a command is not told again at the end', async () => {
    const commands = [{ function: 'Dance' }, { function: 'MakeCall', called_party: '5016001234', handle_interrupt: true }]
    const {
      number: own,
      application,
      call,
    } = await line(({ event }) =>
      event['call_status'] === 'SETUP'
        ? commands
        : [{ function: 'PlayFile', type: 'system', value: 'beep' }, { function: 'Hangup' }],
    )
    const caller = await call()
    assert.equal(statusOf(await caller.final()), 200)
    const { event } = await application.next('/handle', isOver)
    assert.deepEqual([event['result'], event['called_party'], event['call_cause']], ['-1010', '5016001234', '403'])
    await caller.ended()
    assert.equal((await application.next('/status', isOver)).event['result'], '0')
    await giveBack(own)
  })

  test('commands that a request gives take the place of those that were queued', async () => {
    const { number, application } = await line(({ event }) =>
      event['call_status'] === 'CONNECT'
        ? [
            { function: 'Sleep', duration: 3600 },
            { function: 'Sleep', duration: 3600 },
          ]
        : [],
    )
    const invited = trunk.peer.invited()
    const { session_id } = accepted(await ask(world, 'POST', '/call/v1/calls', { number, called_party: '12125500014' }))
    const called = await invited
    await called.answer()
    await application.next('/handle')
    const beep = { function: 'PlayFile', type: 'system', value: 'beep' }
    const commands = [{ ...beep, dtmf: 1, handle_interrupt: true }, beep, { function: 'Hangup' }]
    accepted(await ask(world, 'PUT', `/call/v1/calls/${session_id}`, { commands }))
    await heard(called)
    await called.press('9')
    assert.equal((await application.next('/handle')).event['dtmf'], '9')
    // Nothing was answered: the rest of these is done, and they end the call.
    await called.ended()
    await application.next('/status', isOver)
    await giveBack(number)
  })

  test('a command that cannot be done while the call is up is told in the next event, and then in none', async () => {
    const nothing = await openApplication(() => 404)
    applications.push(nothing)
    const commands = [
      { function: 'PlayFile', type: 'url', value: `${nothing.url}/gone.wav` },
      { function: 'PlayTTS', message: 'Press one', dtmf: 1, handle_interrupt: true },
      { function: 'MakeCall', called_party: '5016001234' },
      { function: 'Sleep', duration: 1 },
    ]
    const { application, call } = await line(({ event }) => (event['call_status'] === 'SETUP' ? commands : []))
    const caller = await call()
    await caller.final()
    await heard(caller)
    await caller.press('5')
    const { event } = await application.next('/handle', ({ call_status }) => call_status === 'DTMF')
    assert.deepEqual([event['result'], event['dtmf']], ['-1209', '5'])
    await caller.ended()
    const { event: over } = await application.next('/status', isOver)
    assert.deepEqual([over['result'], over['call_cause']], ['-1010', '200'])
  })

  test('a number without a flow releases its calls with -1203, one without commands with no fault', async () => {
    const { application, call } = await line(() => [], { callback_url: undefined })
    assert.ok(statusOf(await (await call()).final()) >= 400)
    assert.equal((await application.next('/status', isOver)).event['result'], '-1203')
    const silent = await line(() => [])
    assert.equal(statusOf(await (await silent.call()).final()), 603)
    const { event: over } = await silent.application.next('/status', isOver)
    assert.deepEqual([over['result'], over['call_cause']], ['0', '603'])
  })

  test('a call is placed, told as it goes, changed by commands, and ended', async () => {
    const { number, application } = await line(() => [{ function: 'Sleep', duration: 60 }])
    const invited = trunk.peer.invited()
    const wish = { number, called_party: '12125500012', reference_id: 'trip-77', max_call_duration: '30' }
    const { session_id } = accepted(await ask(world, 'POST', '/call/v1/calls', wish))
    const path = `/call/v1/calls/${session_id}`
    const called = await invited
    called.ring()
    await application.next('/status', ({ call_status }) => call_status === 'ALERT')
    assert.equal((await ask(world, 'PUT', path, { commands: [{ function: 'Hangup' }] })).json.result, -1223)
    await called.answer()
    const { event: handle } = await application.next('/handle')
    assert.deepEqual([handle['call_status'], handle['direction'], handle['reference_id']], ['CONNECT', '1', 'trip-77'])
    assert.equal(accepted(await ask(world, 'GET', path)).call_status, 'CONNECT')
    assert.equal(accepted(await ask(world, 'GET', `/call/v1/cdrs/${session_id}`)).state, 'open')
    const play = { function: 'PlayFile', type: 'system', value: 'beep', dtmf: 1, handle_interrupt: true }
    accepted(await ask(world, 'PUT', path, { commands: [play] }))
    await heard(called)
    await called.press('9')
    assert.equal((await application.next('/handle')).event['dtmf'], '9')
    accepted(await ask(world, 'DELETE', path))
    await called.ended()
    const { event: over } = await application.next('/status', isOver)
    assert.deepEqual([over['result'], over['call_cause'], over['call_connected']], ['0', '200', '1'])
    const record = accepted(await ask(world, 'GET', `/call/v1/cdrs/${session_id}`))
    assert.deepEqual([record.state, record.call_connected, record.reference_id], ['closed', 1, 'trip-77'])
    assert.equal((await ask(world, 'PUT', `/call/v1/cdrs/${session_id}`, { remark: 'x' })).json.result, -1227)
    assert.equal((await ask(world, 'DELETE', path)).json.result, -1221)
    const { cdrs } = accepted(await ask(world, 'GET', '/call/v1/cdrs?limit=1'))
    assert.equal(cdrs[0].session_id, session_id)
  })

  test('commands that come with a call are done without asking anybody', async () => {
    const { number } = await line(() => [])
    const invited = trunk.peer.invited()
    const commands = [{ function: 'PlayFile', type: 'system', value: 'beep' }, { function: 'Hangup' }]
    accepted(await ask(world, 'POST', '/call/v1/calls', { number, called_party: '12125500013', commands }))
    const called = await invited
    await called.answer()
    await called.ended()
    await heard(called)
    const unknown = await ask(world, 'POST', '/call/v1/calls', {
      number,
      called_party: '12125500013',
      commands: [{ function: 'Dance' }],
    })
    assert.deepEqual([unknown.status, unknown.json.result], [400, -301])
  })

  test('a forward rings its destination, and its end is told', async () => {
    const { number, application, call } = await line(() => [], { callback_url: undefined }, 'CALL_FORWARD')
    const wish = { destination: '12125500014', ring_timeout: 20, callback_url: `${application.url}/forward` }
    accepted(await ask(world, 'POST', `/call/v1/forwards/${number}`, wish))
    const invited = trunk.peer.invited()
    const caller = await call()
    const called = await invited
    await called.answer()
    assert.equal(statusOf(await caller.final()), 200)
    await called.hangUp()
    await caller.ended()
    const { event: over } = await application.next('/forward', isOver)
    assert.deepEqual([over['service_name'], over['call_cause'], over['call_connected']], ['CALL_FORWARD', '200', '1'])
  })

  test('parties who are masked from each other reach each other by the secret number, recorded, and strangers reach nobody', async () => {
    const { application, number: secret_number } = await line(() => [], {}, 'SECRET_NUMBER')
    const [party_a, party_b] = ['12125550141', '12125550142']
    const callback_url = `${application.url}/masked`
    const wish = { secret_number, party_a, party_b, record_call: 'true', callback_url, reference_id: 'trip-77' }
    const made = accepted(await ask(world, 'POST', '/masking/v1/sessions', wish))
    assert.deepEqual([made.secret_number, made.state, made.record_call, made.reference_id], [secret_number, 'open', 1, 'trip-77'])
    const path = `/masking/v1/sessions/${made.session_id}`
    const from = async (party: string) => trunk.peer.call({ server: world.sip, from: `+${party}`, to: `+${secret_number}` })
    for (const [caller, called] of [
      [party_a, party_b],
      [party_b, party_a],
    ] as const) {
      const invited = trunk.peer.invited()
      const call = await from(caller)
      const other = await invited
      assert.match(other.asked, new RegExp(`^INVITE sip:\\+?${called}@`))
      assert.match(other.asked, new RegExp(`\nFrom: [^\n]*${secret_number}`))
      assert.doesNotMatch(other.asked, new RegExp(caller), 'nothing of the caller is told')
      await other.answer()
      assert.equal(statusOf(await call.final()), 200)
      const quiet = call.tone(440)
      await until(() => other.heard >= 50)
      quiet()
      await call.hangUp()
      await other.ended()
      const { event } = await application.next('/masked', isOver)
      assert.deepEqual(
        [event['service_name'], event['calling_party'], event['called_party'], event['reference_id'], event['result']],
        ['SECRET_NUMBER', caller, secret_number, 'trip-77', '0'],
      )
      const { event: recorded } = await application.next('/masked', ({ call_status }) => call_status === 'RECORD')
      assert.match(recorded['record_url']!, /^http/)
    }
    const { services } = accepted(await ask(world, 'GET', '/account/v1/services'))
    assert.ok(
      services.every(({ service_id }: { service_id: string }) => service_id !== 'OTP'),
      'what is not built is not offered',
    )
    const stranger = await from('12125550143')
    assert.equal(statusOf(await stranger.final()), 481)
    assert.equal((await application.next('/status', isOver)).event['result'], '-1208')

    const inUse = await ask(world, 'DELETE', `/number/v1/numbers/${secret_number}/services/SECRET_NUMBER`)
    assert.equal(inUse.json.result, -103)
    const [one] = accepted(await ask(world, 'GET', '/masking/v1/sessions?limit=1')).sessions
    assert.equal(one.session_id, made.session_id)
    // Without a number one is picked over which neither is bound yet; there is only this one.
    const pick = (b: string) => ask(world, 'POST', '/masking/v1/sessions', { party_a: '12125550144', party_b: b })
    const picked = accepted(await pick('12125550145'))
    assert.equal(picked.secret_number, secret_number)
    assert.equal((await pick(party_b)).json.result, -1002)
    accepted(await ask(world, 'DELETE', `/masking/v1/sessions/${picked.session_id}`))
    const later = '2035-01-01 00:00:00'
    assert.equal(accepted(await ask(world, 'PUT', path, { expiry_time: later, record_call: false })).expiry_time, later)
    assert.equal((await ask(world, 'PUT', path, { expiry_time: '2020-01-01 00:00:00' })).json.result, -301)
    assert.equal(accepted(await ask(world, 'DELETE', path)).state, 'closed')
    assert.equal((await ask(world, 'DELETE', path)).json.result, -1221)
    assert.equal((await ask(world, 'GET', '/masking/v1/sessions/9007199254740000')).json.result, -1208)
    assert.equal(statusOf(await (await from(party_a)).final()), 481)
    await giveBack(secret_number, 'SECRET_NUMBER')
  })

  test('a VoIP user registers, is called, calls as its default number, and is refused in another state', async () => {
    const path = await makeUser(world as World, 'team', 'anna')
    const login = 'anna.team'
    const phone = await world.phone()
    const register = () => phone.register({ server: world.sip, login, password })
    assert.equal(statusOf(await register()), 200)
    const wrong = await phone.register({ server: world.sip, login, password: 'wrong' })
    assert.ok([401, 403].includes(statusOf(wrong)), wrong.raw)
    const { call } = await line(() => [{ function: 'MakeCall', called_party: `sip:${login}` }])
    const invited = phone.invited()
    const caller = await call()
    const rung = await invited
    await rung.answer()
    assert.equal(statusOf(await caller.final()), 200)
    await rung.hangUp()
    await caller.ended()
    // It calls telephones from its default number.
    const { number: own } = await line(() => [])
    accepted(await ask(world, 'PUT', path, { default_number: own }))
    const out = trunk.peer.invited()
    const credentials = { username: login, password }
    const dialled = await phone.call({ server: world.sip, from: `sip:${login}@127.0.0.1`, to: '12125500015', credentials })
    const telephone = await out
    assert.match(telephone.invite!.raw, new RegExp(`From: .*${own}@`))
    await telephone.answer()
    assert.equal(statusOf(await dialled.final()), 200)
    await dialled.hangUp()
    await telephone.ended()
    accepted(await ask(world, 'PUT', path, { state: 'suspended' }))
    const suspended = await register()
    assert.equal(statusOf(suspended), 403, suspended.raw)
  })
})
