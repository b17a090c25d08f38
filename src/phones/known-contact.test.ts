import assert from 'node:assert/strict'
import { test } from 'node:test'
import { destinationOf, identityOf } from './known-contact.ts'

const udp = { host: '203.0.113.7', port: 5066, transport: 'udp' } as const

test('a proxy that added Path is called where its REGISTER came from, and no other machine that Path may name', () => {
  const to = (path: string, from: Parameters<typeof destinationOf>[2] = udp) => destinationOf([path], undefined, from)
  assert.deepEqual(to('<sip:203.0.113.7:5070;transport=tcp;lr>'), { host: '203.0.113.7', port: 5070, transport: 'tcp' })
  for (const path of ['<sip:10.0.0.5:6379;transport=tcp;lr>', '<sip:inside.example;lr>', '<sip:[::1]:25;lr>'])
    assert.deepEqual(to(path), udp)
  const connected = { ...udp, transport: 'tls', port: 49_152 } as const
  assert.deepEqual(to('<sip:edge.example:5061;transport=tls;lr>', connected), { host: udp.host, port: 5061, transport: 'tls' })
  assert.deepEqual(destinationOf([], undefined, udp), udp)
})

test('of a caller who is not to be shown a phone is told nothing', () => {
  const wish = { from: '+4930111', assertedFrom: '+4930111', anonymous: true, identity: 'signed' } as unknown as Parameters<
    typeof identityOf
  >[0]
  assert.deepEqual(identityOf(wish), [['Privacy', 'id']])
})
