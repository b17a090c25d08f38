// Two user agents on loopback sockets call each other over each transport: answers, early media, late offers, glare, transfers and ends.

import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import { systemClock, type Clock } from '#values/clock.ts'
import { makeCertificate } from '../../../test/fakes/certificate.ts'
import { SipHeaders } from './headers.ts'
import type { InviteClientEvents, InviteOptions } from './invite-parts.ts'
import type { InviteServer } from './invite-server.ts'
import type { SessionEvents } from './session-parts.ts'
import type { Session } from './session.ts'
import { SipStack } from './sip-stack.ts'
import type { ServerTransaction, SipAddress, SipCause, TransportName } from './stack-parts.ts'
import { UserAgent } from './user-agent.ts'

const certificate = makeCertificate('localhost')
/** Short, so that silence is short. */
const timers = { t1Ms: 20, t2Ms: 80, t4Ms: 100 }
/** The seconds of 14.1 pass ten times as fast. */
const quick: Clock = { ...systemClock, after: (delayMs, act) => systemClock.after(delayMs < 1000 ? delayMs : delayMs / 10, act) }
const open: SipStack[] = []
after(() => Promise.all(open.map((stack) => stack.close())))

interface Side {
  readonly stack: SipStack
  readonly agent: UserAgent
  readonly at: SipAddress
  /** Methods and statuses that came in. */
  readonly came: string[]
}

async function side(
  transport: TransportName,
  onInvite: (invite: InviteServer) => void = (invite) => invite.refuse(480),
  onRequest: (transaction: ServerTransaction) => void = (transaction) => void transaction.respond(200),
): Promise<Side> {
  const came: string[] = []
  const stack = new SipStack({
    clock: quick,
    timers,
    tls: { rejectUnauthorized: false },
    wire: ({ direction, bytes }) =>
      direction === 'in' && came.push(/^(?:SIP\/2.0 )?(\S+)/.exec(bytes.toString('latin1'))?.[1] ?? ''),
    faulted: (error) => {
      throw error
    },
  })
  const agent = new UserAgent(stack, { onInvite, onRequest, methods: ['OPTIONS', 'MESSAGE'] })
  open.push(stack)
  const [at] = await stack.listen([{ transport, tls: certificate }])
  return { stack, agent, at: at!, came }
}

const to = ({ at }: Side): Pick<InviteOptions, 'uri' | 'to' | 'from'> => ({
  uri: `sip:b@${at.host}:${at.port}`,
  to: { host: at.host, port: at.port, transport: at.transport },
  from: '"A" <sip:a@example.com>',
})

const offer = Buffer.from('offer')
const answer = Buffer.from('answer')

/** Hooks that fail the test unless they are replaced. */
function calling(events: Partial<InviteClientEvents>, hooks: Partial<SessionEvents> = {}): InviteClientEvents {
  return {
    answered: () => assert.fail('answered'),
    failed: (cause) => assert.fail(`failed: ${JSON.stringify(cause)}`),
    session: () => ({ ended() {}, ...hooks }),
    ...events,
  }
}

/** A call that stands, and both of its sessions. */
async function established(
  transport: TransportName,
  ours: Partial<SessionEvents> = {},
  theirs: Partial<SessionEvents> = {},
  first: Buffer | 'none' = offer,
): Promise<{ a: Side; b: Side; caller: Session; callee: Session; confirmed: string; ends: Promise<[SipCause, SipCause]> }> {
  const calleeEnd = Promise.withResolvers<SipCause>()
  const callerEnd = Promise.withResolvers<SipCause>()
  const confirmed = Promise.withResolvers<string>()
  const stands = Promise.withResolvers<Session>()
  let callee: Session | undefined
  const b = await side(transport, (invite) => {
    invite.listen(
      { failed: () => assert.fail('failed'), confirmed: (sdp) => confirmed.resolve(`${sdp}`) },
      { ended: calleeEnd.resolve, ...theirs },
    )
    invite.ring()
    callee = invite.accept(answer)
  })
  const a = await side(transport)
  a.agent.invite(
    { ...to(b), sdp: first === 'none' ? undefined : first },
    calling(
      {
        answered: ({ session, sdp, accept }) => {
          assert.equal(`${sdp}`, 'answer')
          accept?.(Buffer.from('late answer'))
          stands.resolve(session)
        },
      },
      { ended: callerEnd.resolve, ...ours },
    ),
  )
  const caller = await stands.promise
  const ends = Promise.all([callerEnd.promise, calleeEnd.promise])
  return { a, b, caller, callee: callee!, confirmed: await confirmed.promise, ends }
}

for (const transport of ['udp', 'tcp', 'tls', 'ws', 'wss'] as const)
  test(`a call over ${transport}, ended with BYE and its reasons`, async () => {
    const { a, b, caller, callee, confirmed, ends } = await established(transport)
    assert.equal(confirmed, 'undefined')
    assert.deepEqual([caller.state, callee.state], ['confirmed', 'confirmed'])
    callee.bye([['Reason', 'Q.850;cause=16;text="Normal call clearing"']])
    const [heard, own] = await ends
    assert.deepEqual(own, { kind: 'local', deed: 'bye' })
    assert.equal(heard.kind, 'bye')
    assert.deepEqual(heard.kind === 'bye' && heard.reasons[0]?.cause, 16)
    assert.deepEqual([a.agent.sessions, b.agent.sessions], [0, 0])
  })

test('a late offer: the 2xx has the offer, the ACK the answer', async () => {
  const { confirmed, caller, ends } = await established('udp', {}, {}, 'none')
  assert.equal(confirmed, 'late answer')
  caller.bye()
  await ends
})

test('early media is acknowledged by PRACK, and the 2xx needs no SDP then', async () => {
  const seen: string[] = []
  const done = Promise.withResolvers<void>()
  const b = await side('udp', (invite) => {
    invite.listen({ failed() {}, acknowledged: () => seen.push('PRACK') }, { ended() {} })
    invite.ring()
    invite.progress(answer)
    invite.accept(answer)
  })
  const a = await side('udp')
  a.agent.invite(
    { ...to(b), sdp: offer },
    calling({
      progress: ({ status, reliable, sdp }) => seen.push(`${status} ${reliable} ${sdp}`),
      answered: ({ sdp, session }) => {
        seen.push(`200 ${sdp}`)
        session.bye()
        done.resolve()
      },
    }),
  )
  await done.promise
  assert.deepEqual(seen, ['180 false undefined', '183 true answer', 'PRACK', '200 undefined'])
})

test('a peer that requires reliable provisionals gets them, and its UPDATE is served before the answer', async () => {
  const done = Promise.withResolvers<string>()
  const b = await side('tcp', (invite) => {
    invite.listen({ failed() {} }, { ended() {}, offered: (made) => made.accept(Buffer.from(`to ${made.method}`)) })
    invite.progress(answer)
  })
  const a = await side('tcp')
  const call = a.agent.invite(
    { ...to(b), sdp: offer, reliable: 'required' },
    calling({
      progress: async ({ session, reliable }) => {
        assert.equal(reliable, true)
        const outcome = await session!.update(Buffer.from('second'))
        done.resolve(outcome.ok ? `${outcome.sdp}` : 'refused')
      },
      failed() {},
    }),
  )
  assert.equal(await done.promise, 'to UPDATE')
  call.cancel()
})

test('a refusal, a redirect and a cancelled call tell their causes', async () => {
  const cancelled = Promise.withResolvers<SipCause>()
  const b = await side('udp', (invite) => {
    const user = /sip:(\w+)@/.exec(invite.request.uri)?.[1]
    invite.listen({ failed: cancelled.resolve }, { ended() {} })
    if (user === 'busy') invite.refuse(486, { phrase: 'Talking', headers: [['Reason', 'Q.850;cause=17']] })
    else if (user === 'moved') invite.redirect(['<sip:new@example.com>'])
    else invite.ring()
  })
  const a = await side('udp')
  const at = to(b)
  const outcome = (user: string, act: (events: Partial<InviteClientEvents>) => void = () => {}): Promise<unknown> =>
    new Promise((resolve) => {
      const events: Partial<InviteClientEvents> = { failed: resolve, redirected: resolve }
      act(events)
      a.agent.invite({ ...at, uri: at.uri.replace('b@', `${user}@`), sdp: offer }, calling(events))
    })
  const busy = (await outcome('busy')) as SipCause & { kind: 'response' }
  assert.deepEqual([busy.status, busy.phrase, busy.reasons[0]?.cause], [486, 'Talking', 17])
  assert.deepEqual(await outcome('moved'), ['<sip:new@example.com>'])
  const gone = new Promise<SipCause>((resolve) => {
    const call = a.agent.invite(
      { ...at, sdp: offer },
      calling({ failed: resolve, progress: () => call.cancel([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']]) }),
    )
  })
  const seen = await gone
  assert.equal(seen.kind === 'response' && seen.status, 487)
  const told = await cancelled.promise
  assert.equal(told.kind === 'cancel' && told.reasons[0]?.text, 'Call completed elsewhere')
  assert.deepEqual([a.agent.sessions, b.agent.sessions], [0, 0])
})

test('a CANCEL that crosses the 2xx: ACK, then BYE, and one end on each side', async () => {
  const ended = Promise.withResolvers<SipCause>()
  const b = await side('udp', (invite) => {
    invite.listen({ failed: ended.resolve }, { ended: ended.resolve })
    invite.ring()
    invite.accept(answer)
  })
  const a = await side('udp')
  const failed = new Promise<SipCause>((resolve) => {
    // Both come in one go: the 180 lets the CANCEL out when the 200 is on its way.
    const call = a.agent.invite({ ...to(b), sdp: offer }, calling({ failed: resolve, progress: () => call.cancel() }))
  })
  assert.deepEqual(await failed, { kind: 'local', deed: 'cancel' })
  assert.equal((await ended.promise).kind, 'bye')
  assert.ok(b.came.includes('ACK') && b.came.includes('CANCEL'))
})

test('offers within the session: re-INVITE both ways, without SDP, UPDATE, and a refusal that changes nothing', async () => {
  const asked: string[] = []
  const hooks: Partial<SessionEvents> = {
    offered: (made) => {
      asked.push(`${made.method} ${made.sdp}`)
      if (`${made.sdp}` === 'bad') made.refuse()
      else made.accept(Buffer.from('fine'))
    },
  }
  const { caller, callee, ends } = await established('tcp', hooks, hooks)
  const shown = async (outcome: ReturnType<Session['reinvite']>): Promise<string> => {
    const got = await outcome
    return got.ok ? `${got.sdp}` : got.cause.kind === 'response' ? `${got.cause.status}` : got.cause.kind
  }
  assert.equal(await shown(caller.reinvite(Buffer.from('hold'))), 'fine')
  assert.equal(await shown(callee.reinvite(Buffer.from('resume'))), 'fine')
  assert.equal(await shown(callee.reinvite(Buffer.from('bad'))), '488')
  assert.equal(await shown(caller.reinvite(undefined, { answer: (theirs) => Buffer.from(`to ${theirs}`) })), 'fine')
  assert.equal(await shown(callee.update(Buffer.from('more'))), 'fine')
  assert.deepEqual(asked, ['INVITE hold', 'INVITE resume', 'INVITE bad', 'INVITE undefined', 'UPDATE more'])
  caller.bye()
  await ends
})

test('glare: two re-INVITEs that cross both come through in the end (14.1)', async () => {
  const hooks: Partial<SessionEvents> = { offered: (made) => made.accept(Buffer.from('fine')) }
  const { a, b, caller, callee, ends } = await established('udp', hooks, hooks)
  const [one, two] = await Promise.all([caller.reinvite(Buffer.from('one')), callee.reinvite(Buffer.from('two'))])
  assert.deepEqual([one.ok, two.ok], [true, true])
  assert.ok([...a.came, ...b.came].includes('491'))
  caller.bye()
  await ends
})

test('INFO, MESSAGE, OPTIONS and what has no hook', async () => {
  const { caller, callee, ends } = await established(
    'udp',
    {},
    {
      info: (asked) =>
        asked.respond(`${asked.body}` === 'Signal=5' && asked.contentType === 'application/dtmf-relay' ? 200 : 400),
    },
  )
  const status = async (outcome: ReturnType<Session['info']>): Promise<number> => {
    const got = await outcome
    return got.ok ? got.response.status : got.cause.kind === 'response' ? got.cause.status : 0
  }
  assert.equal(await status(caller.info('application/dtmf-relay', Buffer.from('Signal=5'))), 200)
  assert.equal(await status(callee.info('application/dtmf', Buffer.from('5'))), 415)
  assert.equal(await status(caller.message('text/plain', Buffer.from('hello'))), 405)
  assert.equal(await status(caller.options()), 200)
  caller.bye()
  await ends
})

test('REFER: news until the last; a transfer that nobody takes is declined', async () => {
  const news: string[] = []
  const { caller, callee, ends } = await established(
    'udp',
    {},
    {
      referred: (transfer) => {
        assert.equal(transfer.target, 'sip:c@example.com')
        assert.deepEqual(transfer.replaces, {
          callId: caller.callId,
          toTag: caller.remoteTag,
          fromTag: caller.localTag,
          earlyOnly: false,
        })
        transfer.accept()
        transfer.notify(180)
        transfer.notify(486)
        transfer.notify(200)
      },
    },
  )
  const last = Promise.withResolvers<void>()
  const outcome = await caller.refer('sip:c@example.com', {
    replaces: caller,
    notified: ({ status, last: isLast }) => {
      news.push(`${status} ${isLast}`)
      if (isLast) last.resolve()
    },
  })
  assert.equal(outcome.ok && outcome.response.status, 202)
  await last.promise
  assert.deepEqual(news, ['100 false', '180 false', '486 true'])
  const declined = await callee.refer('sip:c@example.com')
  assert.equal(!declined.ok && declined.cause.kind === 'response' && declined.cause.status, 603)
  caller.bye()
  await ends
})

test('an INVITE with Replaces takes the place of the call it names; one that names none gets 481', async () => {
  const replaced = Promise.withResolvers<SipCause>()
  const invites: InviteServer[] = []
  const b = await side('udp', (invite) => {
    invites.push(invite)
    invite.listen({ failed() {} }, { ended: invites.length === 1 ? replaced.resolve : () => {} })
    invite.accept(answer)
  })
  const a = await side('udp')
  const call = (replaces?: InviteOptions['replaces']): Promise<Session | SipCause> =>
    new Promise((resolve) => {
      a.agent.invite(
        { ...to(b), sdp: offer, replaces },
        calling({ answered: ({ session }) => resolve(session), failed: resolve }),
      )
    })
  const first = (await call()) as Session
  const mark = { callId: first.callId, toTag: first.remoteTag, fromTag: first.localTag, earlyOnly: false }
  const unknown = (await call({ ...mark, toTag: 'other' })) as SipCause
  assert.equal(unknown.kind === 'response' && unknown.status, 481)
  const second = (await call(mark)) as Session
  assert.deepEqual(await replaced.promise, { kind: 'local', deed: 'replaced' })
  assert.equal(invites[1]?.replaces?.callId, first.callId)
  second.bye()
})

test('outside dialogs: unknown methods 405, schemes 416, extensions 420, dialogs 481, bodies 415', async () => {
  const b = await side('udp')
  const a = await side('udp')
  const ask = (method: string, more: [string, string][] = [], body = '', toTag = '', uri = to(b).uri): Promise<string> =>
    new Promise((resolve) => {
      const { to: where } = to(b)
      const headers = [
        ['From', '<sip:a@example.com>;tag=1'],
        ['To', `<${uri}>${toTag}`],
        ['Call-ID', `${Math.random()}`],
        ['CSeq', `1 ${method}`],
        ...more,
      ] as [string, string][]
      a.stack.request({ kind: 'request', method, uri, headers: SipHeaders.from(headers), body: Buffer.from(body) }, where, {
        final: (response) => {
          const told = ['Allow', 'Unsupported', 'Accept'].map((name) => response.headers.get(name)).find((value) => value)
          resolve(`${response.status} ${told?.split(',')[0] ?? ''}`.trim())
        },
        failed: (cause) => resolve(cause.kind),
      })
    })
  assert.equal(await ask('PUBLISH'), '405 INVITE')
  assert.equal(await ask('INVITE', [], '', '', 'urn:service:sos'), '416')
  assert.equal(await ask('OPTIONS', [], '', '', 'tel:+4930222'), '200')
  assert.equal(await ask('OPTIONS', [['Require', 'nothing']]), '420 nothing')
  assert.equal(await ask('OPTIONS', [], '', ';tag=none'), '481')
  assert.equal(await ask('BYE'), '481')
  assert.equal(await ask('MESSAGE', [['Content-Type', 'text/plain']], 'hello'), '200')
  assert.equal(await ask('INVITE', [['Content-Type', 'text/plain']], 'hello'), '415 application/sdp')
  assert.equal(
    await ask('INVITE', [
      ['Session-Expires', '30'],
      ['Supported', 'timer'],
    ]),
    '422',
  )
})

test('a peer that no longer knows the dialog ends it: 481', async () => {
  const { caller, callee, b, ends } = await established('udp')
  // The callee forgets it without a word, as after a crash.
  callee.ended({ kind: 'local', deed: 'stopped' })
  const outcome = await caller.info('application/dtmf', Buffer.from('1'))
  assert.equal(!outcome.ok && outcome.cause.kind === 'response' && outcome.cause.status, 481)
  const [cause] = await ends
  assert.equal(cause.kind, 'response')
  assert.ok(b.came.includes('INFO'))
})

test('nobody there: over UDP silence is a timeout, over TCP a refused connection', async () => {
  const a = await side('udp')
  const gone = await side('udp')
  const goneTcp = await side('tcp')
  const [at, atTcp] = [to(gone), to(goneTcp)]
  await Promise.all([gone.stack.close(), goneTcp.stack.close()])
  const cause = (where: typeof at): Promise<string> =>
    new Promise((resolve) => {
      a.agent.invite({ ...where, sdp: offer }, calling({ failed: ({ kind }) => resolve(kind) }))
    })
  assert.equal(await cause(at), 'timeout')
  assert.equal(await cause(atTcp), 'transport')
})
