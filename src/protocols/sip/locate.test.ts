// Where requests go by what their URI names; the ways through DNS are tried over sockets in sip-stack.test.ts.

import assert from 'node:assert/strict'
import test from 'node:test'
import { locate } from './locate.ts'
import type { TransportName } from './stack-parts.ts'

const host = '192.0.2.7'

test('a sips URI is reached over TLS or WSS, and never over UDP', async () => {
  for (const [named, meant] of [
    [undefined, 'tls'],
    ['tcp', 'tls'],
    ['tls', 'tls'],
    ['ws', 'wss'],
    ['wss', 'wss'],
  ] as const) {
    const [way] = await locate({ host, transport: named, secure: true }, undefined, () => 0)
    assert.equal(way?.transport, meant, String(named))
  }
  await assert.rejects(
    locate({ host, transport: 'udp', secure: true }, undefined, () => 0),
    /26\.2\.2/,
  )
})

test('an address without a port has that of its transport', async () => {
  const usual: Record<TransportName, number> = { udp: 5060, tcp: 5060, tls: 5061, ws: 80, wss: 443 }
  for (const [transport, port] of Object.entries(usual) as [TransportName, number][])
    assert.equal((await locate({ host, transport }, undefined, () => 0))[0]?.port, port, transport)
  assert.deepEqual(await locate({ host: '[2001:db8::1]' }, undefined, () => 0), [
    { transport: 'udp', host: '2001:db8::1', port: 5060, serverName: '2001:db8::1' },
  ])
})

test('a server whose name cannot be looked up is passed over for the others, and none is left is told (RFC 3263 4.2)', async () => {
  const down = new Set(['one.example'])
  const resolver = {
    srv: async () => ['one', 'two', ''].map((name, at) => ({ name: `${name}.example`, port: 5070, priority: at, weight: 0 })),
    async addresses(name: string) {
      if (down.has(name)) throw new Error(`no server answers for ${name}`)
      return name === 'two.example' ? [host] : []
    },
  }
  const ask = () => locate({ host: 'example', transport: 'udp' }, resolver, () => 0)
  assert.deepEqual(await ask(), [{ transport: 'udp', host, port: 5070, serverName: 'example' }])
  down.add('two.example')
  await assert.rejects(ask(), /one\.example/)
})
