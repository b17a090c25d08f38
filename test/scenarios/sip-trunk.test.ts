// Trunks against sipp: calls in and out, refusals as sipp sees them, and every class of status that a carrier may answer.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sipTrunkKind } from '../../src/carriers/sip-trunk/sip-trunk.ts'
import type { StreamNews } from '../../src/media/contract.ts'
import { WorkerMedia } from '../../src/media/media.ts'
import { refusal } from '../../src/reasons/refusal.ts'
import { systemClock } from '../../src/values/clock.ts'
import type { Detail } from '../../src/values/carrier-settings.ts'
import type { IncomingCall } from '../../src/voice/line.ts'
import { SilentPlace } from '../fakes/silent-media.ts'
import { Coming, listening, newsOf, openDoor, wishOf } from '../sip-place.ts'
import { claimPorts, freePort } from '../ports.ts'
import { scenarioOf, sipp } from '../sip-peers.ts'

async function trunk(take: (call: IncomingCall) => void, detail: Detail = {}) {
  const open = await listening(await openDoor())
  const kind = sipTrunkKind({ door: open.door, take })
  open.door.admit(kind.guests)
  const gateways = '127.0.0.1:9'
  const one = kind.open({
    id: 1,
    name: 't',
    detail: { gateways, sources: '127.0.0.1', optionsSeconds: 0, ...detail },
    secret: '',
  })
  return { ...open, trunk: one }
}

test('calls of sipp are answered and ended', async () => {
  const ends: string[] = []
  const { port, faults } = await trunk((call) => {
    call.listen({ ringing() {}, answered() {}, ended: ({ by, cause }) => ends.push(`${by} ${cause.reason}`) })
    call.leg.ring()
    void call.leg.answer(new SilentPlace())
  })
  const { code, output } = await sipp({ to: port, calls: 20, rate: 50 })
  assert.equal(code, 0, output)
  assert.deepEqual(
    ends,
    Array.from({ length: 20 }, () => 'peer call.completed'),
  )
  assert.deepEqual(faults, [])
})

const invite = `<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+4930111@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:+4930111@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000

]]></send>
<recv response="100" optional="true"/>`

const ack = `<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
[last_Via]
[last_From]
[last_To]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>`

test('a refusal is a status with two Reason headers', async () => {
  const { port } = await trunk((call) => call.leg.refuse(refusal('call.busy')))
  const expected = `<recv response="486"><action>
    <ereg regexp="Q.850;cause=17" search_in="msg" check_it="true" assign_to="1"/>
    <ereg regexp="SIP;cause=486;text=.call.busy" search_in="msg" check_it="true" assign_to="2"/>
    <log message="[$1] [$2]"/>
  </action></recv>`
  const { code, output, messages } = await sipp({ to: port, scenario: scenarioOf(`${invite}${expected}${ack}`) })
  assert.equal(code, 0, output + messages)
})

test('a face puts its own code into the second', async () => {
  const open = await listening(
    await openDoor({ faceReasonOf: (refused) => ({ protocol: 'CPaaS', cause: 1234, text: `said: ${refused.reason}` }) }),
  )
  const kind = sipTrunkKind({ door: open.door, take: (call) => call.leg.refuse(refusal('call.busy')) })
  open.door.admit(kind.guests)
  kind.open({ id: 1, name: 't', detail: { gateways: '127.0.0.1:9', sources: '127.0.0.1', optionsSeconds: 0 }, secret: '' })
  const expected = `<recv response="486"><action>
    <ereg regexp="CPaaS;cause=1234;text=.said: call.busy" search_in="msg" check_it="true" assign_to="1"/><log message="[$1]"/>
  </action></recv>`
  const { code, output } = await sipp({ to: open.port, scenario: scenarioOf(`${invite}${expected}${ack}`) })
  assert.equal(code, 0, output)
})

test('an offer that comes late is ours, and the answer comes with the ACK', async () => {
  const place = new SilentPlace()
  const ends: string[] = []
  const { port, faults } = await trunk((call) => {
    call.listen({ ringing() {}, answered() {}, ended: ({ by }) => ends.push(by) })
    void call.leg.answer(place)
  })
  const steps = `${invite.replace(/Content-Type[^]*?\]\]>/, 'Content-Length: 0\n\n]]>')}
<recv response="200" rrs="true"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[last_From]
[last_To]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio 4444 RTP/AVP 8
a=rtpmap:8 PCMA/8000

]]></send>
<pause milliseconds="200"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[last_From]
[last_To]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>`
  const { code, output, messages } = await sipp({ to: port, scenario: scenarioOf(steps) })
  assert.equal(code, 0, output + messages)
  assert.deepEqual([place.streams[0]?.last?.remotePort, place.streams[0]?.last?.codec.name], [4444, 'PCMA'])
  assert.deepEqual([ends, faults], [['peer'], []])
})

const refusing = (status: number, phrase: string, reason = ''): string =>
  scenarioOf(`<recv request="INVITE"/>
<send retrans="500"><![CDATA[
SIP/2.0 ${status} ${phrase}
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
${reason === '' ? '' : `Reason: ${reason}\n`}Content-Length: 0

]]></send>
<recv request="ACK"/>`)

test('a phone that another one was faster than is told so', async () => {
  const port = await freePort()
  const running = sipp({
    port,
    scenario: scenarioOf(`<recv request="INVITE"/>
<send><![CDATA[
SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Length: 0

]]></send>
<recv request="CANCEL"><action>
  <ereg regexp="SIP;cause=200;text=.Call completed elsewhere" search_in="msg" check_it="true" assign_to="1"/><log message="[$1]"/>
</action></recv>`),
  })
  const { trunk: one } = await trunk(() => undefined, { gateways: `127.0.0.1:${port}` })
  const news = newsOf()
  const leg = one.place(wishOf(), news)
  assert.equal((await news.told.next()).what, 'ringing')
  leg.hangUp(refusal('call.completed'))
  const { code, output, messages } = await running
  assert.equal(code, 0, output + messages)
})

const answers: readonly (readonly [number, string, string, string, string])[] = [
  [404, 'Not Found', '', 'call.destination_unknown', 'never'],
  [404, 'Not Found', 'Q.850;cause=3', 'routing.no_route', 'elsewhere'],
  [480, 'Temporarily Unavailable', 'Q.850;cause=19', 'call.no_answer', 'never'],
  [486, 'Busy Here', '', 'call.busy', 'never'],
  [500, 'Server Internal Error', 'Q.850;cause=16', 'call.network_failure', 'elsewhere'],
  [503, 'Service Unavailable', 'Q.850;cause=34', 'call.congestion', 'elsewhere'],
  [603, 'Decline', '', 'call.declined', 'never'],
  [699, 'Nobody Knows', '', 'call.declined', 'never'],
]

for (const [status, phrase, header, reason, next] of answers) {
  test(`a carrier that answers ${status} ${header} is understood`, async () => {
    const port = await freePort()
    const running = sipp({ port, scenario: refusing(status, phrase, header) })
    const { trunk: one } = await trunk(() => undefined, { gateways: `127.0.0.1:${port}` })
    const news = newsOf()
    one.place(wishOf(), news)
    const told = await news.told.next()
    assert.equal(told.what, 'ended')
    if (told.what !== 'ended') return
    assert.deepEqual([told.end.cause.reason, told.end.cause.next, told.end.cause.sipStatus], [reason, next, status])
    assert.equal((await running).code, 0)
  })
}

test('encrypted media go both ways, and a side that has none is refused', async () => {
  const media = new WorkerMedia({ clock: systemClock, rtpPorts: await claimPorts(40), workers: 1 })
  after(() => media.stop())
  const calls = new Coming<IncomingCall>()
  const there = await trunk(calls.push, { srtp: 'required' })
  const here = await trunk(() => undefined, { gateways: `127.0.0.1:${there.port}`, srtp: 'required' })
  const plain = await trunk(() => undefined, { gateways: `127.0.0.1:${there.port}` })
  const news = newsOf()
  const leg = here.trunk.place({ ...wishOf(), place: media.place() }, news)
  const call = await calls.next()
  await call.leg.answer(media.place())
  assert.equal((await news.told.next()).what, 'answered')
  const heard = new Coming<StreamNews>()
  call.leg.stream?.onNews(heard.push)
  leg.stream?.sendDigits('5')
  for (;;) {
    const one = await heard.next()
    if (one.type !== 'digit') continue
    assert.deepEqual([one.digit, one.by], ['5', 'rfc4733'])
    break
  }
  leg.hangUp(refusal('call.completed'))
  assert.equal((await news.told.next()).what, 'ended')

  const refused = newsOf()
  plain.trunk.place(wishOf(), refused)
  const open = await calls.next()
  await assert.rejects(open.leg.answer(media.place()), { reason: 'call.media_incompatible' })
  open.leg.refuse(refusal('call.media_incompatible'))
  const end = await refused.told.next()
  assert.equal(end.what === 'ended' && end.end.cause.sipStatus, 488)
})
