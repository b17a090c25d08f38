// Calls through Restcomm's door over the running program: phones of an outside party, an application that answers with markup, status
// callbacks field by field, changes of calls that are up, conferences and recordings. The numbers in brackets are the reference's own
// black-box cases (section 30). Nothing here imports from src/.

import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import twilio from 'twilio'
import {
  accountPath,
  modify,
  openPhone,
  ownNumber,
  place,
  recordOf,
  withApplication,
  type Application,
} from '../../conformance/restcomm/calls.ts'
import { ask } from '../../conformance/restcomm/client.ts'
import { withServer } from '../../conformance/restcomm/messages.ts'
import { startServer, type RunningServer } from '../../conformance/server.ts'
import { header, methodOf, reasonsOf, statusOf } from '../../conformance/sip-text.ts'
import { until } from '../../conformance/until.ts'
import { openWorld } from '../../conformance/world.ts'

let server: RunningServer
let world: ReturnType<typeof openWorld>
let from: string
before(async () => {
  server = await startServer()
  world = openWorld({ ...server, ca: undefined })
  from = (await ownNumber(world)).phone
})
after(async () => {
  await world.close()
  await server.stop()
})

const callbacks = (application: Application, path: string) => application.asked.filter((one) => one.path === path)

test('four status callbacks, their fields in the published order [12]', async () => {
  await withApplication({ '/voice': '<Gather timeout="1"/>', '/status': '' }, async (application) => {
    const { peer, login } = await openPhone(world)
    const invited = peer.invited()
    const placed = await place(world, {
      From: from,
      To: `client:${login}?X-Room=12&X-Bed=a%20b`,
      Url: `${application.url}/voice`,
      StatusCallback: `${application.url}/status`,
      StatusCallbackMethod: 'GET',
      StatusCallbackEvent: 'initiated ringing,answered completed',
    })
    assert.equal(placed.status, 200, placed.text)
    assert.deepEqual([placed.json.status, placed.json.direction, placed.json.to], ['queued', 'outbound-api', login])
    const call = await invited
    // [7]
    assert.deepEqual([header(call.invite!, 'x-room'), header(call.invite!, 'x-bed')], ['12', 'a b'])
    assert.equal(header(call.invite!, 'x-restcomm-callsid'), placed.json.sid)
    assert.equal(header(call.invite!, 'x-restcomm-accountsid'), placed.json.account_sid)
    call.ring()
    await recordOf(world, { To: login }, ({ status }) => status === 'ringing')
    await call.answer()
    await call.ended()
    await application.heard('/status', (fields) => fields.get('CallStatus') === 'completed')
    const told = callbacks(application, '/status').map(({ fields }) => fields)
    const common = ['InstanceId', 'AccountSid', 'CallSid', 'From', 'To', 'Direction', 'CallerName', 'ForwardedFrom', 'CallStatus']
    const last = ['Timestamp', 'CallbackSource', 'SequenceNumber']
    const names = (fields: URLSearchParams): string[] => [...fields.keys()]
    assert.deepEqual(told.map(names), [
      [...common, ...last],
      [...common, ...last],
      [...common, ...last],
      [...common, 'CallDuration', ...last],
    ])
    const values = (name: string): (string | null)[] => told.map((fields) => fields.get(name))
    assert.deepEqual(values('CallStatus'), ['initiated', 'ringing', 'answered', 'completed'])
    assert.deepEqual(values('SequenceNumber'), ['0', '1', '2', '3'])
    assert.deepEqual(new Set(values('CallSid')), new Set([placed.json.sid]))
    assert.deepEqual(new Set(values('Direction')), new Set(['outbound-api']))
    assert.deepEqual(new Set(values('CallbackSource')), new Set(['call-progress-events']))
    assert.match(told[0]!.get('Timestamp')!, /^\w{3}, \d{2} \w{3} \d{4} \d\d:\d\d:\d\d Etc\/UTC$/)
  })
})

test('all phones of a client ring, and the first that answers has the call [8]', async () => {
  await withApplication({ '/voice': '<Gather timeout="30"/>' }, async ({ url }) => {
    const { peer, login, password } = await openPhone(world)
    const second = await world.phone()
    assert.equal(statusOf(await second.register({ server: world.sip, login, password })), 200)
    const [one, other] = [peer.invited(), second.invited()]
    const placed = await place(world, { From: from, To: `client:${login}`, Url: `${url}/voice` })
    const [first, late] = await Promise.all([one, other])
    first.ring()
    late.ring()
    await first.answer()
    assert.equal(methodOf(await late.ended()), 'CANCEL')
    // [14]
    const ended = await modify(world, placed.json.sid, { Status: 'completed' })
    assert.equal(ended.status, 200, ended.text)
    assert.equal(methodOf(await first.ended()), 'BYE')
    await recordOf(world, { To: login }, ({ status }) => status === 'completed')
    assert.equal((await modify(world, placed.json.sid, { Status: 'completed' })).status, 410)
  })
})

test('another script for one leg lets the other go, or takes both [16]', async () => {
  const called = await openPhone(world)
  const pages = {
    '/voice': `<Dial><Client>${called.login}</Client></Dial>`,
    '/after': '<Gather timeout="30"/>',
    '/both': '<Dial><Conference>together</Conference></Dial>',
  }
  await withApplication(pages, async (application) => {
    const caller = await openPhone(world, `${application.url}/voice`)
    const connect = async () => {
      const invited = called.peer.invited()
      const call = await caller.call()
      const leg = await invited
      await leg.answer()
      assert.equal(statusOf(await call.final()), 200)
      const asked = callbacks(application, '/voice').at(-1)!.fields.get('CallSid')!
      // The bridge stands once both are in progress.
      await recordOf(world, { ParentCallSid: asked }, ({ status }) => status === 'in-progress')
      return { call, leg, sid: asked }
    }
    const alone = await connect()
    assert.equal((await modify(world, alone.sid, { Url: `${application.url}/after` })).status, 200)
    assert.equal(reasonsOf(await alone.leg.ended())['CPaaS']?.cause, 1101)
    await application.heard('/after', (fields) => fields.get('CallSid') === alone.sid)
    await alone.call.hangUp()

    const both = await connect()
    const moved = await modify(world, both.sid, { Url: `${application.url}/both`, MoveConnectedCallLeg: 'true' })
    assert.equal(moved.status, 200, moved.text)
    const members = await until(
      async () => {
        const { json } = await ask(world, 'GET', `${accountPath(world)}/Conferences.json?FriendlyName=together`)
        const [room] = json.conferences
        return room && (await ask(world, 'GET', `${accountPath(world)}/Conferences/${room.sid}/Participants.json`)).json.calls
      },
      (found) => found?.length === 2,
      'both in the conference',
    )
    assert.ok(members.some(({ sid }: { sid: string }) => sid === both.sid))
    // [18]
    const [{ conference_sid: room }] = members
    const muted = async (): Promise<boolean> =>
      (await ask(world, 'GET', `${accountPath(world)}/Conferences/${room}/Participants/${both.sid}.json`)).json.muted
    for (const wanted of [true, false]) {
      assert.equal((await modify(world, both.sid, { Mute: String(wanted) })).status, 200)
      await until(muted, (found) => found === wanted, `muted as ${wanted}`)
    }
    await both.call.hangUp()
    await both.leg.hangUp()
  })
})

test('what a Dial came to is told to its action, whom it reached and whom it did not [19, 20]', async () => {
  const called = await openPhone(world)
  const pages = {
    '/voice': '<Dial action="/nobody"><Client>nobody</Client></Dial>',
    '/nobody': `<Dial action="/talked"><Client statusCallback="/child">${called.login}</Client></Dial>`,
    '/talked': '<Hangup/>',
    '/child': '',
  }
  await withApplication(pages, async (application) => {
    const caller = await openPhone(world, `${application.url}/voice`)
    const invited = called.peer.invited()
    const call = await caller.call()
    const nobody = await application.heard('/nobody')
    assert.deepEqual(
      ['DialCallStatus', 'DialCallDuration', 'DialCallSid'].map((name) => nobody.get(name)),
      ['failed', '0', 'null'],
    )
    // It has a record all the same, which the page learns the error id of.
    const { headers } = callbacks(application, '/nobody')[0]!
    assert.equal(headers['offhook-reason'], 'client.not_found')
    const refused = (await recordOf(world, { To: 'nobody' }, ({ status }) => status === 'failed')) as { parent_call_sid: string }
    assert.equal(refused.parent_call_sid, nobody.get('CallSid'))
    const leg = await invited
    leg.ring()
    await recordOf(world, { To: called.login, Status: 'ringing' }, () => true)
    await leg.answer()
    await leg.hangUp()
    const talked = await application.heard('/talked')
    assert.equal(talked.get('DialCallStatus'), 'completed')
    const child = await ask(world, 'GET', `${accountPath(world)}/Calls/${talked.get('DialCallSid')}.json`)
    assert.deepEqual(
      [child.status, child.json.direction, child.json.parent_call_sid],
      [200, 'outbound-dial', talked.get('CallSid')],
    )
    await call.ended()
    // [13]
    await application.heard('/child', (fields) => fields.get('CallStatus') === 'completed')
    const told = callbacks(application, '/child').map(({ fields }) => fields)
    assert.deepEqual(
      told.map((fields) => fields.get('CallStatus')),
      ['initiated', 'ringing', 'answered', 'completed'],
    )
    assert.deepEqual(new Set(told.map((fields) => fields.get('ParentCallSid'))), new Set([talked.get('CallSid')]))
  })
})

test('whoever screens is told of the leg and of what its phone said, and the action which leg it was', async () => {
  const called = await openPhone(world)
  const pages = {
    '/voice': `<Dial action="/talked"><Client url="/screen">${called.login}?X-Ours=1</Client></Dial>`,
    '/screen': '<Pause length="0"/>',
    '/talked': '<Hangup/>',
  }
  await withApplication(pages, async (application) => {
    const caller = await openPhone(world, `${application.url}/voice`)
    const invited = called.peer.invited()
    const call = await caller.call()
    const leg = await invited
    await leg.answer(['X-Desk: 7'])
    const screened = await application.heard('/screen')
    assert.equal(screened.get('SipCallId'), header(leg.invite!, 'call-id'))
    assert.deepEqual([screened.get('SipHeader_X-Desk'), screened.get('SipHeader_X-Ours')], ['7', null])
    assert.equal(statusOf(await call.final()), 200)
    await recordOf(world, { To: called.login }, ({ status }) => status === 'in-progress')
    await leg.hangUp()
    const talked = await application.heard('/talked')
    assert.equal(talked.get('OutboundCallSid'), screened.get('CallSid'))
    assert.equal(talked.get('DialCallSid'), screened.get('CallSid'))
  })
})

test('a call that is placed with Record is recorded to its end, whatever script comes', async () => {
  const pages = { '/voice': '<Gather timeout="30"/>', '/other': '<Gather timeout="30"/>', '/status': '' }
  await withApplication(pages, async (application) => {
    const { peer, login } = await openPhone(world)
    const invited = peer.invited()
    const form = { From: from, To: `client:${login}`, Url: `${application.url}/voice`, Record: 'true' }
    const placed = await place(world, { ...form, StatusCallback: `${application.url}/status` })
    const leg = await invited
    await leg.answer()
    await application.heard('/voice')
    assert.equal((await modify(world, placed.json.sid, { Url: `${application.url}/other` })).status, 200)
    await application.heard('/other')
    const stop = leg.tone(440)
    await until(
      () => leg.said,
      (packets) => packets >= 75,
      'a second and a half of sound',
    )
    stop()
    await leg.hangUp()
    const told = await application.heard('/status', (fields) => fields.get('CallStatus') === 'completed')
    assert.ok(Number(told.get('RecordingDuration')) >= 1, told.toString())
    const { json } = await ask(world, 'GET', `${accountPath(world)}/Recordings.json?CallSid=${placed.json.sid}`)
    assert.deepEqual([json.total, json.recordings[0].sid], [1, told.get('RecordingSid')])
    assert.equal(json.recordings[0].file_uri, told.get('RecordingUrl'))
  })
})

test("a caller id that is not the account's is told with its code", async () => {
  const { status, json } = await place(world, { From: '+19995550000', To: '+13105550130', Url: 'http://127.0.0.1:1/' })
  assert.deepEqual([status, json.code], [404, 3101])
})

test('a phone hands its call over where the number has a page for that, and nowhere else [23]', async () => {
  const called = await openPhone(world)
  const pages = {
    '/voice': `<Dial><Client>${called.login}</Client></Dial>`,
    '/refer': '<Gather timeout="30"/>',
  }
  await withApplication(pages, async (application) => {
    const { sid, phone } = await ownNumber(world)
    const number = `${accountPath(world)}/IncomingPhoneNumbers/${sid}.json`
    const ring = async () => {
      const invited = called.peer.invited()
      const made = await world.api('POST', '/handsets/%2B13105550162/calls', { to: phone })
      assert.ok(made.status < 300, made.text)
      const leg = await invited
      await leg.answer()
      await recordOf(world, { To: called.login, SortBy: 'DateCreated:desc' }, ({ status }) => status === 'in-progress')
      return leg
    }
    const target = ['Refer-To: <sip:desk@pbx.example>', `Referred-By: <sip:${called.login}@127.0.0.1>`]
    assert.equal((await ask(world, 'POST', number, { VoiceUrl: `${application.url}/voice` })).status, 200)
    const kept = await ring()
    const refused = await kept.request('REFER', target)
    // Not 404: by RFC 5057 5.1 that would end the phone's dialog.
    assert.equal(statusOf(refused), 603, refused.raw)
    assert.deepEqual(reasonsOf(refused)['CPaaS'], { cause: 3102, text: 'Number not bound (Refer)' })
    await kept.hangUp()

    assert.equal((await ask(world, 'POST', number, { ReferUrl: `${application.url}/refer` })).status, 200)
    const leg = await ring()
    assert.equal(statusOf(await leg.request('REFER', target)), 202)
    assert.equal(reasonsOf(await leg.ended())['CPaaS']?.cause, 1106)
    const asked = await application.heard('/refer')
    assert.equal(asked.get('ReferTarget'), 'sip:desk@pbx.example')
    assert.deepEqual([asked.get('Transferor'), asked.get('Transferee')], [called.login, '+13105550162'])
    assert.equal((await modify(world, asked.get('CallSid')!, { Status: 'completed' })).status, 200)
  })
})

test("a number's own status callback tells its calls with what scripts are told", async () => {
  await withApplication({ '/voice': '<Gather timeout="1"/>', '/status': '' }, async (application) => {
    const { sid, phone } = await ownNumber(world)
    const bound = { VoiceUrl: `${application.url}/voice`, StatusCallback: `${application.url}/status` }
    assert.equal((await ask(world, 'POST', `${accountPath(world)}/IncomingPhoneNumbers/${sid}.json`, bound)).status, 200)
    const made = await world.api('POST', '/handsets/%2B13105550161/calls', { to: phone })
    assert.ok(made.status < 300, made.text)
    await application.heard('/status', (fields) => fields.get('CallStatus') === 'completed')
    const told = callbacks(application, '/status').map(({ fields }) => fields.get('CallStatus'))
    assert.deepEqual(told, ['ringing', 'in-progress', 'completed'])
    const { fields } = callbacks(application, '/status')[0]!
    assert.deepEqual(
      ['From', 'To', 'Direction', 'ApiVersion', 'CallerName'].map((name) => fields.get(name)),
      ['+13105550161', phone, 'inbound', '2012-04-24', 'null'],
    )
  })
})

test('a recording is heard by whoever has its address, until it is deleted', async () => {
  const pages = { '/voice': '<Record action="/recorded" maxLength="1" playBeep="false"/>', '/recorded': '<Hangup/>' }
  await withApplication(pages, async (application) => {
    const { call } = await openPhone(world, `${application.url}/voice`)
    const talk = await call()
    assert.equal(statusOf(await talk.final()), 200)
    const stop = talk.tone(440)
    const told = await application.heard('/recorded')
    stop()
    const address = told.get('RecordingUrl')!
    assert.equal(told.get('PublicRecordingUrl'), address)
    const sound = await fetch(address)
    assert.deepEqual([sound.status, sound.headers.get('content-type')], [200, 'audio/wav'])
    assert.equal(
      Buffer.from(await sound.arrayBuffer())
        .subarray(0, 4)
        .toString(),
      'RIFF',
    )
    const part = await fetch(address, { headers: { range: 'bytes=0-3' } })
    assert.deepEqual([part.status, await part.text()], [206, 'RIFF'])
    const sid = told.get('CallSid')!
    const list = await ask(world, 'GET', `${accountPath(world)}/Recordings.json?CallSid=${sid}`)
    assert.deepEqual([list.json.total, list.json.recordings[0].call_sid, list.json.recordings[0].file_uri], [1, sid, address])
    const bare = await ask(world, 'GET', `${accountPath(world)}/Calls/${sid}/Recordings.json`)
    assert.deepEqual(bare.json, list.json.recordings)
    const one = `${accountPath(world)}/Recordings/${list.json.recordings[0].sid}`
    assert.match((await ask(world, 'GET', `${one}.json`)).json.duration, /^\d+\.\d$/)
    assert.equal((await ask(world, 'DELETE', `${one}.json`)).status, 200)
    assert.ok([404, 410].includes((await fetch(address)).status))
    assert.equal((await ask(world, 'GET', `${one}.json`)).status, 404)
    assert.equal((await fetch(address.replace(/RE.{32}/, `RE${'0'.repeat(32)}`))).status, 404)
  })
})

test('calls are listed by pages, filtered and sorted [2, 3, 4, 17]', async () => {
  const calls = `${accountPath(world)}/Calls`
  const list = async (query: string): Promise<any> => (await ask(world, 'GET', `${calls}.json?${query}`)).json
  const whole = await list('')
  assert.deepEqual([whole.page, whole.num_pages, whole.start, whole.end], [0, 0, '0', String(whole.total)])
  const times = (found: any): number[] => found.calls.map((one: any) => Date.parse(one.date_created))
  assert.deepEqual(times(await list('SortBy=DateCreated')), times(await list('SortBy=DateCreated:asc')))
  assert.deepEqual(times(await list('SortBy=DateCreated:desc')), times(whole))
  assert.equal((await ask(world, 'GET', `${calls}.json?SortBy=DateCreated:invalid`)).status, 400)
  const beyond = await ask(world, 'GET', `${calls}.json?Page=99`)
  assert.deepEqual([beyond.status, beyond.text], [400, ''])
  const some = await list('From=phone-%25&Status=completed')
  assert.ok(some.total > 0 && some.total < whole.total)
  assert.ok(some.calls.every((one: any) => one.from.startsWith('phone-') && one.status === 'completed'))
  assert.equal((await list('Status=not-found')).total, 0)
  assert.equal((await ask(world, 'GET', `${calls}/CA${'0'.repeat(32)}.json`)).status, 404)
  assert.equal((await ask(world, 'POST', `${calls}/nothing.json`, { Status: 'completed' })).status, 400)
  const xml = await ask(world, 'GET', calls)
  assert.match(xml.text, /<RestcommResponse><Calls page="0"[^>]*><Call><Sid>ID.*<Ring_duration>\d+<\/Ring_duration>/s)
  const { login } = await openPhone(world)
  const form = { From: from, To: `client:${login}`, Url: 'http://127.0.0.1:9/voice' }
  assert.match((await ask(world, 'POST', calls, form)).text, /^<\?xml [^>]*\?>\n<Call><Sid>ID/)
})

test('what is missing in a call is told in plain words', async () => {
  const missing = await place(world, { To: '+13105550141', Url: 'http://127.0.0.1:9/' })
  assert.deepEqual([missing.status, missing.text], [400, 'From can not be null.'])
  const unknown = await place(world, { From: from, To: 'client:nobody', Url: 'http://127.0.0.1:9/' })
  assert.deepEqual([unknown.status, unknown.json.code], [500, 1202])
})

test('whom nobody can ring is refused at once, and never with a good status', async () => {
  const login = `silent-${Date.now().toString(36)}`
  const made = await ask(world, 'POST', `${accountPath(world)}/Clients.json`, { Login: login, Password: 'Never-registered-1' })
  assert.equal(made.status, 200, made.text)
  const silent = await place(world, { From: from, To: `client:${login}`, Url: 'http://127.0.0.1:9/' })
  assert.deepEqual([silent.status, silent.json.code], [500, 1202], silent.text)
  const nowhere = await place(world, { From: from, To: 'sip:bob@nowhere.invalid', Url: 'http://127.0.0.1:9/' })
  assert.equal(nowhere.status, 404, nowhere.text)
})

test('a document of a type that is none has the code of that', async () => {
  const answer = (_: unknown, __: string, response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  await withServer(answer, async (url) => {
    const { call } = await openPhone(world, `${url}/voice`)
    assert.equal(statusOf(await (await call()).final()), 500)
    const of = async (): Promise<any[]> => {
      const query = `RequestUrl=${encodeURIComponent(`${url}/voice`)}`
      return (await ask(world, 'GET', `${accountPath(world)}/Notifications.json?${query}`)).json.notifications
    }
    const [note] = await until(of, (found) => found.length > 0, 'its notification')
    assert.deepEqual([note.error_code, note.log], [12300, 0])
  })
})

test('warnings of a document are notifications of its call', async () => {
  await withApplication({ '/voice': '<Gather timeout="soon" colour="red"/><Enqueue/>' }, async (application) => {
    const { call } = await openPhone(world, `${application.url}/voice`)
    const talk = await call()
    assert.equal(statusOf(await talk.final()), 200)
    const sid = (await application.heard('/voice')).get('CallSid')
    const of = async (): Promise<any[]> => {
      const query = `RequestUrl=${encodeURIComponent(`${application.url}/voice`)}`
      return (await ask(world, 'GET', `${accountPath(world)}/Notifications.json?${query}`)).json.notifications
    }
    const notes = await until(of, (found) => found.length === 3, 'its notifications')
    assert.deepEqual(notes.map((note) => [note.error_code, note.log, note.call_sid]).toSorted(), [
      [13310, 1, sid],
      [2001, 1, sid],
      [2001, 1, sid],
    ])
    const own = (path: string) => ask(world, 'GET', `${accountPath(world)}/Calls/${path}/Notifications.json`)
    const ofCall = (await own(sid!)).json
    assert.deepEqual([ofCall.total, ofCall.notifications.length], [3, 3])
    assert.ok(ofCall.uri.endsWith(`/Calls/${sid}/Notifications.json`), ofCall.uri)
    assert.equal((await own(`CA${'0'.repeat(32)}`)).status, 404)
    await talk.hangUp()
  })
})

/** The library's own HTTP client, its requests turned towards the server under test. */
class Turned extends twilio.RequestClient {
  override request(options: any): Promise<any> {
    const { pathname, search } = new URL(options.uri)
    const path = pathname.replace(/^\/2010-04-01(?=\/)/, '/restcomm/2012-04-24')
    return super.request({ ...options, uri: server.baseUrl + path + search })
  }
}

test('a client library that nobody here wrote places a call, reads it and ends it', async () => {
  const { accountSid, authToken } = server.credentials.restcomm
  const library = twilio(accountSid, authToken, { httpClient: new Turned() })
  await withApplication({ '/voice': '<Gather timeout="30"/>' }, async ({ url }) => {
    const { peer, login } = await openPhone(world)
    const invited = peer.invited()
    const placed = await library.calls.create({ from, to: `client:${login}`, url: `${url}/voice`, timeout: 20 })
    assert.equal(placed.direction, 'outbound-api')
    const call = await invited
    await call.answer()
    await until(
      () => library.calls(placed.sid).fetch(),
      ({ status }) => status === 'in-progress',
      'the call in progress',
    )
    const [newest] = await library.calls.list({ limit: 1 })
    assert.equal(newest?.sid, placed.sid)
    await library.calls(placed.sid).update({ status: 'completed' })
    assert.equal(reasonsOf(await call.ended())['CPaaS']?.cause, 1101)
  })
})
