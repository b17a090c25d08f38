import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireRecord } from '#protocols/sip/stack-parts.ts'
import { handClock } from '#values/clock.ts'
import { LegWire, withoutSecrets } from './leg-wire.ts'

const message = (callId: string, line: string, direction: 'in' | 'out' = 'in', rest = ''): WireRecord => ({
  direction,
  bytes: Buffer.from(`${line}\r\nCall-ID: ${callId}\r\n\r\n${rest}`),
  flow: undefined as never,
  callId,
  atMs: 1,
})

function keeper() {
  const kept: [number, string][] = []
  const clock = handClock(1)
  const wire = new LegWire(({ messageId, bytes }) => {
    kept.push([messageId, Buffer.from(bytes).toString().split('\r\n', 1)[0]!])
  }, clock)
  return { kept, wire, clock }
}

test('what came before anybody knew whose call it is is kept with it, and nothing of what is no call', () => {
  const { kept, wire } = keeper()
  wire.heard(message('a', 'REGISTER sip:x SIP/2.0'))
  wire.heard(message('b', 'INVITE sip:x SIP/2.0'))
  wire.heard(message('b', 'SIP/2.0 100 Trying', 'out'))
  wire.heard(message('c', 'INVITE sip:y SIP/2.0'))
  wire.heard(message('c', 'SIP/2.0 407 Proxy Authentication Required', 'out'))
  assert.deepEqual(kept, [])
  wire.began('b', 7)
  wire.heard(message('b', 'SIP/2.0 200 OK', 'out'))
  assert.deepEqual(kept, [
    [7, 'INVITE sip:x SIP/2.0'],
    [7, 'SIP/2.0 100 Trying'],
    [7, 'SIP/2.0 200 OK'],
  ])
})

test('who wants not to be shown is in no message of the call that is kept', () => {
  const kept: string[] = []
  const wire = new LegWire(({ bytes }) => kept.push(Buffer.from(bytes).toString()), handClock(1))
  const from = '"Ann Miller" <sip:+4930555123@carrier.example>;tag=1'
  const head = (start: string, more: string): WireRecord => ({
    ...message('p', ''),
    direction: start.startsWith('SIP') ? 'out' : 'in',
    bytes: Buffer.from(
      `${start}\r\nVia: SIP/2.0/UDP c;branch=z9hG4bKp\r\nCall-ID: p\r\nCSeq: 1 INVITE\r\nTo: <sip:+4930222@us>\r\n${more}\r\n`,
    ),
  })
  const told =
    'P-Asserted-Identity: <tel:+4930555124>\r\nContact: <sip:4930555125@192.0.2.1>\r\nIdentity: eyJhbGciOi.eyJvcmlnIjo.c2ln;info=<https://c/x>\r\n'
  wire.heard(head('INVITE sip:+4930222@us SIP/2.0', `From: ${from}\r\n${told}Privacy: id;critical\r\n`))
  wire.began('p', 9)
  wire.heard(head('SIP/2.0 200 OK', `From: ${from}\r\n`))
  const all = kept.join()
  assert.doesNotMatch(all, /Miller|555123|555124|555125|eyJvcmln/)
  assert.match(all, /To: <sip:\+4930222@us>/)
  assert.match(all, /From: "\*\*\*" <sip:\*\*\*@carrier.example>;tag=1/)
})

test('long messages of strangers are held as far as there is room', () => {
  const { kept, wire } = keeper()
  const long = 'x'.repeat(60_000)
  for (let n = 0; n < 200; n += 1)
    for (let more = 0; more < 16; more += 1) wire.heard(message(`c${n}`, `INVITE sip:${n} SIP/2.0`, 'in', long))
  for (let n = 0; n < 200; n += 1) wire.began(`c${n}`, n + 1)
  assert.ok(kept.length > 100 && kept.length * 60_000 <= 8 << 20, `${kept.length}`)
})

test('strangers are held a few at a time, the oldest goes', () => {
  const { kept, wire } = keeper()
  for (let n = 0; n <= 500; n += 1) wire.heard(message(`c${n}`, `INVITE sip:${n} SIP/2.0`))
  wire.began('c0', 1)
  wire.began('c500', 2)
  assert.deepEqual(kept, [[2, 'INVITE sip:500 SIP/2.0']])
})

test('the last messages of a call come after its end, and then it is forgotten', () => {
  const { kept, wire, clock } = keeper()
  wire.began('a', 1)
  wire.over('a')
  wire.heard(message('a', 'SIP/2.0 200 OK'))
  clock.advance(41_000)
  wire.over('b')
  wire.heard(message('a', 'SIP/2.0 200 OK'))
  assert.equal(kept.length, 1)
})

test('bytes that are used again do not change what was held', () => {
  const { kept, wire } = keeper()
  const first = message('a', 'INVITE sip:x SIP/2.0')
  wire.heard(first)
  first.bytes.fill(0x20)
  wire.began('a', 1)
  assert.equal(kept[0]![1], 'INVITE sip:x SIP/2.0')
})

test('answers to challenges, keys of media and digits are hidden', () => {
  const shown = (text: string) => withoutSecrets(Buffer.from(text)).toString()
  assert.equal(
    shown(
      'INVITE sip:x SIP/2.0\r\nPROXY-authorization : Digest username="bob, jr", realm="r",\r\n nonce="n1", response="abc"\r\nSubject: response="kept"\r\n\r\n',
    ),
    'INVITE sip:x SIP/2.0\r\nPROXY-authorization : Digest username="bob, jr", realm="r", ***\r\nSubject: response="kept"\r\n\r\n',
  )
  assert.equal(
    shown('SIP/2.0 200 OK\r\n\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20|1:4\r\n'),
    'SIP/2.0 200 OK\r\n\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***|2^20|1:4\r\n',
  )
  assert.doesNotMatch(shown('INFO sip:x SIP/2.0\r\nCSeq: 3 INFO\r\n\r\nSignal=5\r\nDuration=160\r\n'), /Signal/)
  const plain = Buffer.from('BYE sip:x SIP/2.0\r\n\r\n')
  assert.equal(withoutSecrets(plain), plain)
})
