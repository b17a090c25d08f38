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
