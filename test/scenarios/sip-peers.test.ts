// Our stack and user agent against sipp, which nobody here wrote: ordinary calls, and what networks do to them (lost ACK and BYE, CANCEL crossing a 2xx, reliable
// provisionals).

import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import type { InviteClientEvents } from '#protocols/sip/invite-parts.ts'
import type { InviteServer } from '#protocols/sip/invite-server.ts'
import { SipStack } from '#protocols/sip/sip-stack.ts'
import type { SipAddress, SipCause } from '#protocols/sip/stack-parts.ts'
import { UserAgent } from '#protocols/sip/user-agent.ts'
import { systemClock } from '#values/clock.ts'
import { answer, answerWithin, isThere, maybe, pause, receive, request, runSipp } from '../fakes/sipp.ts'
import { freePort } from '../ports.ts'
const sdp = Buffer.from(
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n',
)
const open: SipStack[] = []
after(() => Promise.all(open.map((stack) => stack.close())))

/** T1 is short, so that what is lost is missed soon. */
async function agentOf(
  onInvite: (invite: InviteServer) => void,
  transport: 'udp' | 'tcp' = 'udp',
): Promise<{ agent: UserAgent; at: SipAddress; came: string[]; went: string[] }> {
  const came: string[] = []
  const went: string[] = []
  const stack = new SipStack({
    clock: systemClock,
    timers: { t1Ms: 50, t2Ms: 200, t4Ms: 200 },
    wire: ({ direction, bytes }) => {
      const list = direction === 'in' ? came : went
      list.push(/^(?:SIP\/2.0 )?(\S+)/.exec(bytes.toString('latin1'))?.[1] ?? '')
    },
    faulted: (error) => {
      throw error
    },
  })
  open.push(stack)
  const agent = new UserAgent(stack, { onInvite, onRequest: (transaction) => void transaction.respond(200) })
  const [at] = await stack.listen([{ transport }])
  return { agent, at: at!, came, went }
}

for (const transport of ['udp', 'tcp'] as const)
  test(`sipp calls twenty times over ${transport}`, async () => {
    const causes: string[] = []
    const { agent, at } = await agentOf((invite) => {
      invite.listen({ failed: ({ kind }) => causes.push(kind) }, { ended: ({ kind }) => causes.push(kind) })
      invite.ring()
      invite.accept(sdp)
    }, transport)
    const { code, trouble } = await runSipp({ scenario: 'uac', port: at.port, calls: 20, transport })
    assert.equal(code, 0, trouble)
    assert.deepEqual(
      causes,
      Array.from({ length: 20 }, () => 'bye'),
    )
    assert.equal(agent.sessions, 0)
  })

test('the ACK of our 2xx never comes: sent again, then BYE and the cause', async () => {
  const ended = Promise.withResolvers<SipCause>()
  const { at, went } = await agentOf((invite) => {
    invite.listen({ failed: () => assert.fail() }, { ended: ended.resolve })
    invite.accept(sdp)
  })
  const { code, trouble } = await runSipp({
    scenario: [
      request('INVITE', 1, [], true),
      maybe('100'),
      receive('200'),
      // sipp swallows what comes again.
      receive('BYE', 'timeout="30000"'),
      answerWithin('200 OK'),
    ],
    port: at.port,
  })
  assert.equal((await ended.promise).kind, 'ack_lost')
  assert.ok(went.filter((what) => what === '200').length > 3)
  assert.equal(code, 0, trouble)
})

test('sipp gives up with CANCEL: 200, 487, and its reason is told', async () => {
  const failed = Promise.withResolvers<SipCause>()
  const { at } = await agentOf((invite) => {
    invite.listen({ failed: failed.resolve }, { ended: () => assert.fail() })
    invite.ring()
  })
  const via = ['Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-[call_number]-x']
  const withBranch = (step: string): string => step.replace(/Via: .*/, via[0]!)
  const { code, trouble } = await runSipp({
    scenario: [
      withBranch(request('INVITE', 1, [], true)),
      maybe('100'),
      receive('180'),
      withBranch(request('CANCEL', 1, ['Reason: SIP;cause=200;text="Call completed elsewhere"'])),
      receive('200'),
      receive('487'),
      withBranch(request('ACK', 1)),
    ],
    port: at.port,
  })
  assert.equal(code, 0, trouble)
  const cause = await failed.promise
  assert.equal(cause.kind === 'cancel' && cause.reasons[0]?.text, 'Call completed elsewhere')
})

/** A call of ours to sipp; what came of it, and how sipp saw it. */
async function callSipp(scenario: readonly string[], act: (events: Partial<InviteClientEvents>, cancel: () => void) => void) {
  const port = await freePort()
  const side = await agentOf((invite) => invite.refuse(480))
  const sipp = runSipp({ scenario, localPort: port })
  await isThere(port)
  const told = Promise.withResolvers<string>()
  const events: Partial<InviteClientEvents> = {
    failed: (cause) => told.resolve(cause.kind === 'response' ? `${cause.status}` : cause.kind),
    answered: ({ session }) => session.bye(),
    session: () => ({ ended: ({ kind }) => told.resolve(kind) }),
  }
  act(events, () => call.cancel())
  const call = side.agent.invite(
    { uri: `sip:service@127.0.0.1:${port}`, to: { host: '127.0.0.1', port }, from: '<sip:us@127.0.0.1>', sdp },
    events as InviteClientEvents,
  )
  const [outcome, { code, trouble }] = await Promise.all([told.promise, sipp])
  assert.equal(code, 0, trouble)
  return { outcome, came: side.came }
}

test('a CANCEL that crosses the 2xx: ACK, BYE and one end', async () => {
  const { outcome } = await callSipp(
    [
      receive('INVITE'),
      answer('180 Ringing'),
      receive('CANCEL'),
      answerWithin('200 OK'),
      answer('200 OK', [], true, 'CSeq: 1 INVITE'),
      receive('ACK'),
      receive('BYE'),
      answerWithin('200 OK'),
    ],
    (events, cancel) => {
      events.progress = cancel
    },
  )
  assert.equal(outcome, 'local')
})

test('a reliable provisional of sipp gets its PRACK', async () => {
  const { came, outcome } = await callSipp(
    [
      receive('INVITE'),
      answer('183 Session Progress', ['Require: 100rel', 'RSeq: 71'], true),
      receive('PRACK'),
      answerWithin('200 OK'),
      answer('200 OK', [], false, 'CSeq: 1 INVITE')
        .replace('[last_Via:]', 'Via: [$via]')
        .replace('[last_To:];tag=sipp[call_number]', '[last_To:]'),
      receive('ACK'),
      receive('BYE'),
      answerWithin('200 OK'),
    ].map((step, at) =>
      at === 0
        ? '<recv request="INVITE"><action><ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/></action></recv>'
        : step,
    ),
    () => {},
  )
  assert.equal(outcome, 'local')
  assert.ok(came.includes('183'))
})

test('a BYE that is answered late is sent again and the call ends once', async () => {
  const { outcome } = await callSipp(
    [receive('INVITE'), answer('200 OK', [], true), receive('ACK'), receive('BYE'), pause(300), answerWithin('200 OK')],
    () => {},
  )
  assert.equal(outcome, 'local')
})

test('a busy sipp is told with its phrase and acknowledged', async () => {
  const { outcome } = await callSipp([receive('INVITE'), answer('486 Busy Here'), receive('ACK')], () => {})
  assert.equal(outcome, '486')
})
