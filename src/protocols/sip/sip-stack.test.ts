// The stack on loopback sockets: where requests go, what long ones do, strangers and faulty messages, connections that die, draining; and RFC 3263 with a
// resolver that is handed in.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { connect, createServer } from 'node:net'
import test, { after } from 'node:test'
import { systemClock } from '#values/clock.ts'
import { SipHeaders } from './headers.ts'
import { locate } from './locate.ts'
import type { SipRequest } from './message.ts'
import { SipStack } from './sip-stack.ts'
import type { Destination, ServerTransaction, SipAddress, SipStackOptions, TransportName } from './stack-parts.ts'

const open: SipStack[] = []
after(() => Promise.all(open.map((stack) => stack.close())))

async function stackOf(
  transports: readonly TransportName[],
  options: Partial<SipStackOptions> = {},
  onRequest: (transaction: ServerTransaction) => void = (transaction) => void transaction.respond(200),
): Promise<{ stack: SipStack; at: readonly SipAddress[]; faults: unknown[] }> {
  const faults: unknown[] = []
  const timers = { t1Ms: 50, t2Ms: 200, t4Ms: 200 }
  const stack = new SipStack({ clock: systemClock, timers, faulted: (error) => void faults.push(error), ...options })
  open.push(stack)
  stack.onRequest = onRequest
  return { stack, at: await stack.listen(transports.map((transport) => ({ transport }))), faults }
}

function request(method: string, uri: string, body = ''): SipRequest {
  const headers = SipHeaders.from([
    ['From', '<sip:a@example.com>;tag=1'],
    ['To', `<${uri}>`],
    ['Call-ID', `${Math.random()}`],
    ['CSeq', `1 ${method}`],
  ])
  return { kind: 'request', method, uri, headers, body: Buffer.from(body) }
}

const ask = (stack: SipStack, made: SipRequest, to: Destination): Promise<string> =>
  new Promise((resolve) => {
    stack.request(made, to, {
      final: (response, { transport }) => resolve(`${response.status} ${transport}`),
      failed: ({ kind }) => resolve(kind),
    })
  })

/** What a stack answers to these bytes over UDP. */
async function raw(at: SipAddress, text: string, answers: number): Promise<string[]> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const got: string[] = []
  const all = new Promise<void>((resolve) => {
    socket.on('message', (bytes) => {
      got.push(bytes.toString())
      if (got.length === answers) resolve()
    })
  })
  const bytes = text.replaceAll('PORT', `${socket.address().port}`).replaceAll('\n', '\r\n')
  for (let n = 0; n < answers; n++) socket.send(bytes, at.port, at.host)
  await all
  socket.close()
  return got
}

const head = `OPTIONS sip:x@127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP example.com:PORT;branch=z9hG4bKraw
From: <sip:a@example.com>;tag=1
To: <sip:x@example.com>
Call-ID: raw
Max-Forwards: 70
`

test('retransmissions reach nobody twice and get the same bytes; received is told (18.2.1)', async () => {
  let asked = 0
  const { at } = await stackOf(['udp'], {}, (transaction) => {
    asked++
    transaction.respond(200)
  })
  const answers = await raw(at[0]!, `${head}CSeq: 1 OPTIONS\nContent-Length: 0\n\n`, 3)
  assert.equal(asked, 1)
  assert.equal(new Set(answers).size, 1)
  assert.match(answers[0]!, /^Via: SIP\/2\.0\/UDP example\.com:\d+;branch=z9hG4bKraw;received=127\.0\.0\.1\r$/m)
})

test('a message that breaks the rules is answered 400 and reaches nobody', async () => {
  const { at } = await stackOf(['udp'], {}, () => assert.fail('reached'))
  const [answer] = await raw(at[0]!, `${head}CSeq: 1 INVITE\nContent-Length: 0\n\n`, 1)
  assert.match(answer!, /^SIP\/2\.0 400 /)
})

test('who says that it listens at port 0 gets no answer, and nobody else is hurt', async () => {
  const { at, faults } = await stackOf(['udp'])
  const portless = head.replace(':PORT', ':0')
  const socket = createSocket('udp4')
  for (const bytes of [`${portless}CSeq: 1 OPTIONS\n\n`, `${portless}CSeq: 2 OPTIONS\nTo: <sip:twice@example.com>\n\n`])
    await new Promise((sent) => socket.send(bytes.replaceAll('\n', '\r\n'), at[0]!.port, at[0]!.host, sent))
  socket.close()
  const [answer = ''] = await raw(at[0]!, `${head}CSeq: 3 OPTIONS\n\n`, 1)
  assert.match(answer, /^SIP\/2\.0 200 /)
  assert.deepEqual(faults, [])
})

test('a throw of the layer above is a fault, answered 500', async () => {
  const { stack, at, faults } = await stackOf(['udp'], {}, () => {
    throw new Error('bug')
  })
  const { host, port } = at[0]!
  assert.equal(await ask(stack, request('OPTIONS', `sip:x@${host}`), { host, port }), '500 udp')
  assert.equal(faults.length, 1)
})

test('the guard drops without a word; a draining stack refuses new calls only', async () => {
  const { stack, at } = await stackOf(['udp'], { guard: (_source, { uri }) => (uri.includes('scan') ? 'drop' : 'serve') })
  const { host, port } = at[0]!
  assert.equal(await ask(stack, request('OPTIONS', `sip:scan@${host}`), { host, port }), 'timeout')
  stack.drain()
  assert.equal(await ask(stack, request('INVITE', `sip:x@${host}`), { host, port }), '503 udp')
  assert.equal(await ask(stack, request('OPTIONS', `sip:x@${host}`), { host, port }), '200 udp')
})

test('what is too long for a datagram goes over TCP where the peer has it, else over UDP (18.1.1)', async () => {
  // TCP first: of its ports many are taken by connections under way.
  const both = await stackOf(['tcp'])
  const { port } = both.at[0]!
  await both.stack.listen([{ transport: 'udp', port }])
  const onlyUdp = await stackOf(['udp'])
  const { stack } = await stackOf(['udp', 'tcp'])
  const long = (): SipRequest => request('MESSAGE', 'sip:x@127.0.0.1', 'x'.repeat(2000))
  assert.equal(await ask(stack, long(), { host: '127.0.0.1', port }), '200 tcp')
  assert.equal(await ask(stack, request('MESSAGE', 'sip:x@127.0.0.1', 'short'), { host: '127.0.0.1', port }), '200 udp')
  assert.equal(await ask(stack, long(), { host: '127.0.0.1', port: onlyUdp.at[0]!.port }), '200 udp')
})

test('one connection serves both ways: a request comes back down the flow it came by (RFC 5626)', async () => {
  const callee = await stackOf(['tcp'], {}, (transaction) => {
    transaction.respond(200)
    callee.stack.request(request('OPTIONS', 'sip:back@127.0.0.1'), { flow: transaction.flow }, { final() {}, failed() {} })
  })
  const asked = Promise.withResolvers<string>()
  const caller = await stackOf(['tcp'], {}, (transaction) => {
    transaction.respond(200)
    asked.resolve(transaction.request.uri)
  })
  const { host, port } = callee.at[0]!
  const to: Destination = { host, port, transport: 'tcp' }
  assert.equal(await ask(caller.stack, request('OPTIONS', 'sip:x@127.0.0.1'), to), '200 tcp')
  assert.equal(await asked.promise, 'sip:back@127.0.0.1')
  assert.deepEqual([caller.stack.counts.connections, callee.stack.counts.connections], [1, 1])
})

test('a ping is answered with a pong, and a peer that gives none is given up (RFC 5626 4.4.1)', async () => {
  const { at } = await stackOf(['tcp'])
  const socket = connect(at[0]!.port, at[0]!.host)
  const pong = new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())))
  socket.write('\r\n\r\n')
  assert.equal(await pong, '\r\n')
  socket.destroy()
  // Half open: it takes what we write and never says anything.
  const mute = createServer((taken) => void taken.resume())
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const { stack } = await stackOf(['tcp'], { pingMs: 100, pongMs: 100, timers: { t1Ms: 10_000 } })
  const address = mute.address() as { port: number }
  const to: Destination = { host: '127.0.0.1', port: address.port, transport: 'tcp' }
  assert.equal(await ask(stack, request('OPTIONS', 'sip:x@127.0.0.1'), to), 'transport')
  mute.close()
})

test('over a connection of a kind that we do not listen for no port is promised', async () => {
  const came = Promise.withResolvers<string>()
  const there = await stackOf(['tcp'], {}, (transaction) => {
    came.resolve(transaction.request.headers.get('Via') ?? '')
    transaction.respond(200)
  })
  const here = await stackOf(['udp'])
  const { host, port } = there.at[0]!
  assert.equal(await ask(here.stack, request('OPTIONS', 'sip:x'), { host, port, transport: 'tcp' }), '200 tcp')
  assert.match(await came.promise, /^SIP\/2\.0\/TCP 127\.0\.0\.1;branch=/)
})

test('a closed stack has nothing more to say: what it still would send fails, and nothing is thrown', async () => {
  const asked = Promise.withResolvers<ServerTransaction>()
  const { stack, at } = await stackOf(['udp'], {}, asked.resolve)
  const { stack: other } = await stackOf(['udp'])
  const done = ask(other, request('OPTIONS', 'sip:x@127.0.0.1'), at[0]!)
  const transaction = await asked.promise
  await stack.close()
  transaction.respond(200)
  assert.equal(await ask(stack, request('OPTIONS', 'sip:x@127.0.0.1'), { flow: transaction.flow }), 'transport')
  await stack.close()
  assert.equal(await done, 'timeout')
})

test('no more connections are taken than allowed, and idle ones are closed', async () => {
  const { stack, at } = await stackOf(['tcp'], { maxConnections: 1, idleMs: 300 })
  const first = connect(at[0]!.port, at[0]!.host)
  const firstIsClosed = new Promise((resolve) => first.once('close', resolve))
  first.write(`${head}CSeq: 1 OPTIONS\nContent-Length: 0\n\n`.replaceAll('\n', '\r\n').replace('UDP', 'TCP').replace(':PORT', ''))
  // It was served, so it is nobody's guess.
  await new Promise((resolve) => first.once('data', resolve))
  const second = connect(at[0]!.port, at[0]!.host).resume()
  await new Promise((resolve) => second.once('close', resolve))
  await firstIsClosed
  assert.equal(stack.counts.connections, 0)
})

const resolver = {
  addresses: async (name: string) =>
    ({ 'one.example': ['192.0.2.1'], 'two.example': ['192.0.2.2', '2001:db8::2'], 'bare.example': ['192.0.2.3'] })[name] ?? [],
  srv: async (name: string) =>
    name === '_sip._udp.example.com'
      ? [
          { name: 'two.example', port: 5070, priority: 20, weight: 0 },
          { name: 'one.example', port: 5060, priority: 10, weight: 5 },
        ]
      : name === '_sips._tcp.example.com'
        ? [{ name: 'one.example', port: 5061, priority: 1, weight: 0 }]
        : [],
  naptr: async (name: string) =>
    name === 'naptr.example'
      ? [
          { order: 2, preference: 1, service: 'SIP+D2U', replacement: '_sip._udp.example.com' },
          { order: 1, preference: 1, service: 'SIPS+D2T', replacement: '_sips._tcp.example.com' },
        ]
      : [],
}

test('a name that a peer gave leads to no address that the peer may not lead to', async () => {
  const addresses = async (): Promise<readonly string[]> => ['127.0.0.1']
  const { stack } = await stackOf(['udp'], { resolver: { addresses } })
  const { at } = await stackOf(['udp'])
  const { port } = at[0]!
  const named = (peer?: string) => ask(stack, request('OPTIONS', 'sip:x@trap.example'), { host: 'trap.example', port, peer })
  assert.deepEqual([await named(), await named('127.0.0.1'), await named('203.0.113.7')], ['200 udp', '200 udp', 'unresolved'])
})

test('names: NAPTR, SRV in order of priority, addresses (RFC 3263 4)', async () => {
  const found = async (to: Parameters<typeof locate>[0]): Promise<string[]> =>
    (await locate(to, resolver, () => 0)).map(({ transport, host, port }) => `${transport} ${host} ${port}`)
  assert.deepEqual(await found({ host: '192.0.2.9' }), ['udp 192.0.2.9 5060'])
  assert.deepEqual(await found({ host: '[2001:db8::9]', secure: true }), ['tls 2001:db8::9 5061'])
  assert.deepEqual(await found({ host: 'one.example', port: 5080, transport: 'tcp' }), ['tcp 192.0.2.1 5080'])
  assert.deepEqual(await found({ host: 'example.com' }), ['udp 192.0.2.1 5060', 'udp 192.0.2.2 5070', 'udp 2001:db8::2 5070'])
  assert.deepEqual(await found({ host: 'example.com', secure: true }), ['tls 192.0.2.1 5061'])
  assert.deepEqual((await found({ host: 'naptr.example' }))[0], 'tls 192.0.2.1 5061')
  assert.deepEqual(await found({ host: 'bare.example' }), ['udp 192.0.2.3 5060'])
  assert.deepEqual(await found({ host: 'gone.example' }), [])
})
