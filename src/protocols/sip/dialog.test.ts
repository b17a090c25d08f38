// Where requests of a dialog go, whatever the peer's Contact and Record-Route name.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dialog } from './dialog.ts'
import { SipHeaders, type SipRequest } from './message.ts'
import type { Flow, TransportName } from './stack-parts.ts'

function destination(peer: string, contact: string, transport: TransportName = 'udp', open = true): string {
  const flow = { transport, open, remote: { transport, host: peer, port: 5060 } } as Flow
  const request: SipRequest = {
    kind: 'request',
    method: 'INVITE',
    uri: 'sip:us@192.0.2.9',
    headers: SipHeaders.from([
      ['From', '<sip:a@example.com>;tag=1'],
      ['To', '<sip:b@example.com>'],
      ['Call-ID', 'c'],
      ['CSeq', '1 INVITE'],
      ['Contact', `<${contact}>`],
    ]),
    body: Buffer.alloc(0),
  }
  const to = Dialog.ofRequest(request, 'ours', flow).destination()
  return to.flow ? 'back' : `${to.host}:${to.port}`
}

test('a peer on the Internet names no machine of our own network, nor this one', () => {
  assert.equal(destination('203.0.113.7', 'sip:a@198.51.100.4:5070'), '198.51.100.4:5070')
  assert.equal(destination('203.0.113.7', 'sip:a@203.0.113.7:5070'), '203.0.113.7:5070')
  for (const host of [
    '10.0.0.5:6379',
    '127.0.0.1:9060',
    '[::1]:25',
    '0.0.0.0:25',
    '[::ffff:127.0.0.1]:25',
    '[::]:25',
    '169.254.169.254:80',
  ])
    for (const [transport, isOpen] of [
      ['udp', true],
      ['tcp', false],
    ] as const)
      assert.equal(destination('203.0.113.7', `sip:a@${host};transport=tcp`, transport, isOpen), 'back', `${host} ${transport}`)
})

test('peers within one network and on this machine are called where they say', () => {
  assert.equal(destination('127.0.0.1', 'sip:a@127.0.0.1:5070'), '127.0.0.1:5070')
  assert.equal(destination('10.0.0.5', 'sip:a@10.0.0.5:5070'), '10.0.0.5:5070')
  assert.equal(destination('10.0.0.5', 'sip:a@10.0.0.6:5070', 'tcp', false), '10.0.0.6:5070')
  assert.equal(destination('10.0.0.5', 'sip:a@127.0.0.1:5070', 'tcp', false), 'back')
})
