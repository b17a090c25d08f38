// Calls that go out, heard: over a trunk to a carrier that is sipp, from phone to phone, and what comes of those that nobody answers. What
// is said on the wire and what the record and the page say must be one.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { systemClock } from '#values/clock.ts'
import { soundSocket } from '../fakes/sound-socket.ts'
import { heardPlace, type HeardPlace } from '../heard-place.ts'
import { newFolder } from '../program.ts'
import { mostAt } from '../sound.ts'
import { freePort } from '../ports.ts'
import { scenarioOf, sipp, type SippRun } from '../sip-peers.ts'

const tones = { ann: 440, ben: 620, carrier: 1130 } as const
const limit = { timeout: 90_000 }

const data = newFolder()
let place: HeardPlace
let carrierPort: number
before(async (t) => {
  place = await heardPlace(t as never, data)
  carrierPort = await freePort()
  const { id: carrierId } = await place.operator('POST', '/carriers', {
    name: 'carrier',
    kind: 'sip-trunk',
    detail: { gateways: `127.0.0.1:${carrierPort}`, optionsSeconds: 0 },
  })
  await place.operator('POST', '/routes', { carrierId, prefix: '+1914', kind: 'voice' })
})
after(() => place?.scripts.close())
beforeEach(() => place.begin())

const called = '+19145550123'

/** Steps of the carrier's side, after the INVITE. */
const answers = (status: string, to = '', more = ''): string => `<send><![CDATA[
SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:]${to}
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:carrier@127.0.0.1:[local_port]>
${more}]]></send>
`
const none = 'Content-Length: 0\n\n'
const sdp = (port: number): string => `Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio ${port} RTP/AVP 0
a=rtpmap:0 PCMU/8000

`
const tagged = ';tag=carrier[call_number]'

function carrier(...steps: readonly string[]): Promise<SippRun> {
  return sipp({ port: carrierPort, scenario: scenarioOf(['<recv request="INVITE" crlf="true"/>', ...steps].join('\n')) })
}

const over = async ({ code, output, messages }: SippRun): Promise<string> => {
  assert.equal(code, 0, output + messages)
  return messages
}

test('sound of a carrier before its answer is heard, and both hear each other after it', limit, async (t) => {
  const ann = await place.phone({ login: 'ann', toneHz: tones.ann })
  const sound = await soundSocket(tones.carrier)
  t.after(() => sound.close())
  const ran = carrier(
    answers('183 Session Progress', tagged, sdp(sound.port)),
    '<pause milliseconds="2000"/>',
    answers('200 OK', tagged, sdp(sound.port)),
    '<recv request="ACK"/>',
    '<recv request="BYE"/>',
    answers('200 OK', '', none),
  )
  await ann.dial(called)
  const before = sound.heard().length
  await sound.until(before + 8000)
  ann.hangUp()
  await over(await ran)
  const record = await place.ended({ to: called })
  assert.deepEqual([record.state, record.endedBy, record.media.codec], ['completed', 'caller', 'PCMU'])
  assert.ok(mostAt(sound.heard(), 8000, tones.ann) > 0.9)
  // Most of what the phone heard came before the answer.
  const { samples, rateHz } = ann.heard().at(-1)!
  assert.ok(samples.length / rateHz > record.durationMs / 1000 + 0.5, `${samples.length / rateHz} s, ${record.durationMs} ms`)
  assert.ok(mostAt(samples, rateHz, tones.carrier) > 0.9)
})

test('a carrier that is busy is told to the page, in the record and to the caller, who goes on', limit, async () => {
  place.scripts.pages = {
    '/start': `<Dial action="${place.scripts.url}/dialled"><Number>${called}</Number></Dial>`,
    '/dialled': '<Hangup/>',
  }
  const ann = await place.phone({ login: 'ann', toneHz: tones.ann })
  const ran = carrier(answers('486 Busy Here', tagged, none), '<recv request="ACK"/>')
  await ann.dial(place.number)
  assert.equal((await place.scripts.next('/dialled')).get('DialCallStatus'), 'busy')
  await over(await ran)
  const record = await place.ended({ to: called })
  assert.deepEqual([record.state, record.reason.slug, record.sipStatus], ['busy', 'call.busy', 486])
  assert.equal((await place.ended({ from: 'ann', to: place.number })).state, 'completed')
})

test('a caller who gives up while it rings: the carrier is told by CANCEL, and both records say so', limit, async () => {
  const ann = await place.phone({ login: 'ann', toneHz: tones.ann })
  const ran = carrier(
    answers('180 Ringing', tagged, none),
    '<recv request="CANCEL"/>',
    answers('200 OK', tagged, none),
    `<send><![CDATA[
SIP/2.0 487 Request Terminated
[last_Via:]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 1 INVITE
Content-Length: 0

]]></send>`,
    '<recv request="ACK"/>',
  )
  ann.type(`/dial sip:${called}@127.0.0.1:${place.port}`)
  await ann.next(/180 Ringing/)
  ann.hangUp()
  assert.match(await over(await ran), /^Reason: Q\.850;cause=16/m)
  for (const { state, reason, endedBy } of await place.bothLegs({ from: 'ann', to: called }))
    assert.deepEqual([state, reason.slug, endedBy], ['canceled', 'call.canceled_by_request', 'caller'])
})

test('keys pass from phone to phone, whatever their codecs', limit, async () => {
  const [ann, ben] = await Promise.all([
    place.phone({ login: 'ann', toneHz: tones.ann }),
    place.phone({ login: 'ben', toneHz: tones.ben, codec: 'opus' }),
  ])
  await ann.dial('ben')
  const received = ben.next(/received event: '5'/)
  await ann.press('5')
  await received
  ann.hangUp()
  assert.equal((await place.ended({ from: 'ann' })).reason.slug, 'call.completed')
})

test('a phone that is not registered: the caller is told so in SIP, and the record says it too', limit, async () => {
  const ann = await place.phone({ login: 'ann', toneHz: tones.ann })
  await place.client('away')
  ann.type(`/dial sip:away@127.0.0.1:${place.port}`)
  await ann.next(/session closed: 480/)
  const record = await place.ended({ from: 'ann', to: 'away' })
  assert.deepEqual([record.state, record.reason.slug], ['no_answer', 'call.unreachable'])
})

test('a phone that dies in a call is told of in the record: since when nothing came', limit, async () => {
  const [ann, ben] = await Promise.all([
    place.phone({ login: 'ann', toneHz: tones.ann }),
    place.phone({ login: 'ben', toneHz: tones.ben }),
  ])
  await ann.dial('ben')
  const { id } = await place.up({ to: 'ben' })
  // Less than four seconds are no silence yet.
  await systemClock.sleep(1000)
  ben.die()
  await systemClock.sleep(5500)
  ann.hangUp()
  const legs = await place.bothLegs({ from: 'ann', to: 'ben' })
  const [its, other] = [legs.find((one: any) => one.id === id), legs.find((one: any) => one.id !== id)]
  assert.match(its.media.verdict, /^no packets from the other side for the last \d+ s before the end; \d+ had come before$/)
  assert.equal(other.media.verdict, undefined)
})
