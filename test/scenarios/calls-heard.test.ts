// Calls that are heard: phones and a switch of others call a number of the running program, an application's pages say what happens, and
// what went through the wire as sound is looked at: how loud it is, which tones are in it, which words. Each phone has a tone of its own.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { systemClock } from '#values/clock.ts'
import { readSound, toneFile, type HeardSound } from '../fakes/hearing-phone.ts'
import { recognise } from '../fakes/pocketsphinx.ts'
import { soundSocket } from '../fakes/sound-socket.ts'
import { heardPlace, type HeardPlace } from '../heard-place.ts'
import { newFolder } from '../program.ts'
import { freePort } from '../ports.ts'
import { scenarioOf, sipp } from '../sip-peers.ts'
import { loudness, mostAt, shareAt } from '../sound.ts'
import { until } from '../until.ts'

const tones = { ann: 880, ben: 620, cat: 1130, page: 1500 } as const
const limit = { timeout: 90_000 }

const data = newFolder()
let place: HeardPlace
before(async (t) => {
  place = await heardPlace(t as never, data)
})
after(() => place?.scripts.close())
beforeEach(() => place.begin())

/** As long as sound takes to be heard. */
const listen = (ms: number): Promise<void> => systemClock.sleep(ms)

const most = ({ samples, rateHz }: HeardSound, hz: number): number => mostAt(samples, rateHz, hz)

/** Which of the tones can be heard at all. */
const heardIn = (sound: HeardSound): string[] =>
  Object.entries(tones)
    .filter(([, hz]) => most(sound, hz) > 0.2)
    .map(([name]) => name)

const lastOf = (sounds: readonly HeardSound[]): HeardSound => {
  const sound = sounds.at(-1)
  assert.ok(sound, 'nothing was heard')
  return sound
}

/** The form that the status URL is told of a call's end with, of a call that came in from there. */
const toldEnd = (from: string, to = place.number) =>
  place.scripts.seen(
    ({ path, form }) => path === '/status' && form.get('From') === from && form.get('To') === to && form.has('CallDuration'),
  )

const page = (name: string): string => `${place.scripts.url}/${name}`

test('a carrier calls the number: sipp is played a sound, and is told why it is over', limit, async (t) => {
  const port = await freePort()
  const sound = await soundSocket(tones.cat)
  t.after(() => sound.close())
  await place.operator('POST', '/carriers', {
    name: 'carrier',
    kind: 'sip-trunk',
    detail: { gateways: `127.0.0.1:${port}`, optionsSeconds: 0 },
  })
  place.scripts.pages = {
    '/start': `<Play>${page('tone.wav')}</Play><Record action="${page('recorded')}" maxLength="2" playBeep="false"/>`,
    '/tone.wav': toneFile(tones.page, 1),
    '/recorded': '<Hangup/>',
  }
  const invite = `<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+493022233@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio ${sound.port} RTP/AVP 0
a=rtpmap:0 PCMU/8000

]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[last_From]
[last_To]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv request="BYE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via]
[last_From]
[last_To]
[last_Call-ID]
[last_CSeq]
Content-Length: 0

]]></send>`
  const { code, output, messages } = await sipp({ to: place.port, port, user: place.number, scenario: scenarioOf(invite) })
  assert.equal(code, 0, output + messages)
  assert.match(messages, /^Reason: Q\.850;cause=16/im)
  const heard = { samples: sound.heard(), rateHz: 8000 }
  const troubles = JSON.stringify((await place.api('GET', '/refusals')).items)
  assert.ok(most(heard, tones.page) > 0.9, `${most(heard, tones.page)} of ${heard.samples.length} samples; ${troubles}`)
  // What it sent is in the recording, which anybody can fetch who knows the address.
  const form = await place.scripts.next('/recorded')
  // Silence at its edges is cut off, and a busy machine may send nothing for a moment.
  const seconds = Number(form.get('RecordingDuration'))
  assert.ok(seconds > 1 && seconds <= 2, `${seconds} s`)
  const { items } = await place.api('GET', '/recordings')
  const recording = readSound(Buffer.from(await (await fetch(items[0].url)).arrayBuffer()))
  assert.ok(most(recording, tones.cat) > 0.9)
  const record = await place.ended({ from: '+493022233' })
  assert.deepEqual([record.state, record.reason.slug, record.endedBy], ['completed', 'call.completed', 'application'])
  assert.equal((await toldEnd('+493022233')).get('CallStatus'), 'completed')
})

for (const codec of ['g722', 'opus'] as const) {
  test(`words are understood in the sound of a phone with ${codec}`, limit, async () => {
    const ann = await place.phone({ login: 'ann', toneHz: tones.ann, codec })
    place.scripts.pages = { '/start': '<Pause length="1"/><Say>billing</Say><Pause length="1"/><Hangup/>' }
    await ann.dial(place.number)
    const record = await place.ended({ from: 'ann' })
    assert.equal(record.media.codec.toLowerCase(), codec)
    assert.equal(record.reason.slug, 'call.completed')
    const { samples, rateHz } = lastOf(ann.heard())
    assert.ok(loudness(samples) > 0.01, `${loudness(samples)}`)
    // pocketsphinx wants 16 kHz; it understands nothing of what went over a telephone line.
    const wide = rateHz === 16_000 ? samples : samples.filter((_, at) => at % 3 === 0)
    assert.match(await recognise(wide, ['billing', 'support', 'sales', 'operator']), /billing/)
  })
}

test('a phone presses keys, and what it says is recorded', limit, async () => {
  const ann = await place.phone({ login: 'ann', toneHz: tones.ann, codec: 'pcma' })
  place.scripts.pages = {
    '/start': `<Gather action="${page('pressed')}" numDigits="3" timeout="20"><Play loop="0">${page('tone.wav')}</Play></Gather>`,
    '/tone.wav': toneFile(tones.page, 1),
    '/pressed': `<Play>${page('tone.wav')}</Play><Record action="${page('recorded')}" maxLength="2" playBeep="true"/>`,
    '/recorded': '<Reject/>',
  }
  await ann.dial(place.number)
  await ann.press('402')
  assert.equal((await place.scripts.next('/pressed')).get('Digits'), '402')
  const form = await place.scripts.next('/recorded')
  const record = await place.ended({ from: 'ann' })
  assert.deepEqual([record.state, record.endedBy], ['completed', 'application'])
  const seconds = Number(form.get('RecordingDuration'))
  assert.ok(seconds > 1 && seconds <= 2, `${seconds} s`)
  const recording = readSound(Buffer.from(await (await fetch(form.get('RecordingUrl')!)).arrayBuffer()))
  assert.ok(most(recording, tones.ann) > 0.9)
  assert.ok(Math.abs(recording.samples.length / recording.rateHz - seconds) < 0.2)
  assert.deepEqual(heardIn(lastOf(ann.heard())), ['page'])
})

test('two phones are connected: each hears the other; one hangs up, and the other goes on in the script', limit, async () => {
  const [ann, ben] = await Promise.all([
    place.phone({ login: 'ann', toneHz: tones.ann }),
    place.phone({ login: 'ben', toneHz: tones.ben, codec: 'g722' }),
  ])
  place.scripts.pages = {
    '/start': `<Dial action="${page('dialled')}" record="true"><Client>ben</Client></Dial>`,
    '/dialled': `<Play>${page('tone.wav')}</Play>`,
    '/tone.wav': toneFile(tones.page, 1),
  }
  await ann.dial(place.number)
  const second = await place.up({ to: 'ben' })
  await listen(1500)
  ben.hangUp()
  const form = await place.scripts.next('/dialled')
  assert.equal(form.get('DialCallStatus'), 'completed')
  const [first, other] = [await place.ended({ from: 'ann', to: place.number }), await place.ended({ to: 'ben' })]
  assert.equal(other.id, second.id)
  assert.deepEqual([other.parentId, other.sessionId, other.endedBy], [first.id, first.sessionId, 'callee'])
  assert.deepEqual([first.reason.slug, other.reason.slug], ['markup.ended', 'call.completed'])
  assert.deepEqual(heardIn(lastOf(ann.heard())), ['ben', 'page'])
  assert.deepEqual(heardIn(lastOf(ben.heard())), ['ann'])
  const recording = Buffer.from(await (await fetch(form.get('RecordingUrl')!)).arrayBuffer())
  assert.deepEqual(heardIn(readSound(recording)), ['ann', 'ben'])
})

test('a caller on hold hears music, and the other again afterwards', limit, async () => {
  const [ann, ben] = await Promise.all([
    place.phone({ login: 'ann', toneHz: tones.ann }),
    place.phone({ login: 'ben', toneHz: tones.ben }),
  ])
  place.scripts.pages = { '/start': '<Dial><Client>ben</Client></Dial>' }
  await ann.dial(place.number)
  const { id } = await place.up({ to: 'ben' })
  // By their numbers: an answer may be sent twice.
  const agreedAgain = (times: number) =>
    until(async () => {
      const { items } = await place.api('GET', `/calls/${id}/timeline`)
      const answers = items.filter(({ kind, data }: any) => kind === '200 INVITE' && data.direction === 'out')
      return new Set(answers.map(({ data }: any) => /CSeq: (\d+)/i.exec(data.text)![1])).size >= times
    })
  await listen(600)
  ben.type('/hold')
  await agreedAgain(1)
  await listen(1500)
  ben.type('/resume')
  await agreedAgain(2)
  await listen(800)
  ben.hangUp()
  await place.ended({ from: 'ann', to: place.number })
  const { samples, rateHz } = lastOf(ann.heard())
  const parts = Array.from({ length: Math.floor(samples.length / rateHz / 0.25) }, (_, n) =>
    samples.subarray((n * rateHz) / 4, ((n + 1) * rateHz) / 4),
  ).map((part) => (loudness(part) < 0.01 ? 'nothing' : shareAt(part, rateHz, tones.ben) > 0.8 ? 'ben' : 'music'))
  assert.match(parts.join(' '), /ben.*music.*ben/)
})

test('three are in a conference: each hears the others and not itself', limit, async () => {
  const phones = await Promise.all([
    place.phone({ login: 'ann', toneHz: tones.ann }),
    place.phone({ login: 'ben', toneHz: tones.ben, codec: 'g722' }),
    place.phone({ login: 'cat', toneHz: tones.cat, codec: 'opus' }),
  ])
  place.scripts.pages = { '/start': '<Dial><Conference beep="false">standup</Conference></Dial>' }
  await Promise.all(phones.map((phone) => phone.dial(place.number)))
  const conference = await until(
    async () => (await place.api('GET', '/conferences?state=running')).items[0],
    (one) => one !== undefined,
  )
  await until(
    () => place.api('GET', `/conferences/${conference.id}/members`),
    ({ items }) => items.length === 3,
  )
  await listen(1500)
  await place.api('POST', `/conferences/${conference.id}/end`)
  const records = []
  for (const { login } of phones) records.push(await place.ended({ from: login }))
  const heard = phones.map((phone) => {
    const { samples, rateHz } = lastOf(phone.heard())
    return heardIn({ samples: samples.subarray(-1.2 * rateHz), rateHz })
  })
  assert.deepEqual(
    records.map(({ reason }) => reason.slug),
    ['call.terminated_by_request', 'call.terminated_by_request', 'call.terminated_by_request'],
  )
  assert.deepEqual(heard, [
    ['ben', 'cat'],
    ['ann', 'cat'],
    ['ann', 'ben'],
  ])
  for (const { login } of phones) assert.equal((await toldEnd(login)).get('CallStatus'), 'completed')
})

test('a phone asks by REFER that its caller be connected elsewhere', limit, async () => {
  const [ann, ben, cat] = await Promise.all([
    place.phone({ login: 'ann', toneHz: tones.ann }),
    place.phone({ login: 'ben', toneHz: tones.ben }),
    place.phone({ login: 'cat', toneHz: tones.cat }),
  ])
  place.scripts.pages = {
    '/start': '<Dial><Client>ben</Client></Dial>',
    '/refer': '<Dial><Client>cat</Client></Dial>',
  }
  await ann.dial(place.number)
  await place.up({ to: 'ben' })
  await listen(500)
  ben.type(`/transfer sip:cat@127.0.0.1:${place.port}`)
  assert.match((await place.scripts.next('/refer')).get('ReferTarget') ?? '', /cat/)
  const left = await place.ended({ to: 'ben' })
  assert.equal(left.reason.slug, 'call.transferred')
  await place.up({ to: 'cat' })
  await listen(1000)
  ann.hangUp()
  const [first, last] = [await place.ended({ from: 'ann', to: place.number }), await place.ended({ to: 'cat' })]
  assert.deepEqual([first.endedBy, last.reason.slug], ['caller', 'call.completed'])
  assert.deepEqual(heardIn(lastOf(ann.heard())), ['ben', 'cat'])
  assert.deepEqual(heardIn(lastOf(cat.heard())), ['ann'])
  assert.deepEqual(heardIn(lastOf(ben.heard())), ['ann'])
})

test('a request sends a call that is up to another page', limit, async () => {
  const [ann, ben] = await Promise.all([
    place.phone({ login: 'ann', toneHz: tones.ann }),
    place.phone({ login: 'ben', toneHz: tones.ben }),
  ])
  place.scripts.pages = {
    '/start': '<Dial><Client>ben</Client></Dial>',
    '/other': `<Play>${page('tone.wav')}</Play>`,
    '/tone.wav': toneFile(tones.page, 1),
  }
  await ann.dial(place.number)
  await place.up({ to: 'ben' })
  const { id } = await place.up({ from: 'ann', to: place.number })
  await listen(500)
  await place.api('PATCH', `/calls/${id}`, { url: page('other') })
  const [first, other] = [await place.ended({ from: 'ann', to: place.number }), await place.ended({ to: 'ben' })]
  assert.deepEqual([first.reason.slug, other.reason.slug], ['markup.ended', 'call.terminated_by_request'])
  assert.deepEqual(heardIn(lastOf(ann.heard())), ['ben', 'page'])
  assert.deepEqual(heardIn(lastOf(ben.heard())), ['ann'])
})

test('a request rings a phone, and what it plays is heard', limit, async () => {
  const ben = await place.phone({ login: 'ben', toneHz: tones.ben })
  place.scripts.pages = { '/hello': `<Play>${page('tone.wav')}</Play>`, '/tone.wav': toneFile(tones.page, 1) }
  const { id } = await place.api('POST', '/calls', {
    from: place.number,
    to: 'client:ben',
    url: page('hello'),
    statusUrl: page('status'),
  })
  const record = await place.ended({ to: 'ben' })
  assert.equal(record.id, id)
  assert.deepEqual([record.state, record.reason.slug], ['completed', 'markup.ended'])
  assert.deepEqual(heardIn(lastOf(ben.heard())), ['page'])
})

test('each call has come to one end, and was told of once', limit, async () => {
  const { items } = await place.api('GET', '/calls')
  const inbound = items.filter((one: any) => one.origin === 'inbound')
  assert.ok(inbound.length >= 10)
  assert.deepEqual(
    items.filter((one: any) => !one.final || one.reason === null),
    [],
  )
  const ends = await until(
    () =>
      place.scripts.asked.filter(
        ({ path, form }) => path === '/status' && form.has('CallDuration') && form.get('To') === place.number,
      ),
    (told) => told.length >= inbound.length,
  )
  assert.equal(new Set(ends.map(({ form }) => form.get('CallSid'))).size, ends.length)
  assert.doesNotMatch(place.program.lines(), /"level":[56]0/)
})
