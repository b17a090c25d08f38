// Headers as they are changed, the limits of a message, and the framing of streams. What the standards' own messages show is torture.test.ts.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { SipHeaders } from './headers.ts'
import { maxHeadBytes, maxHeaderLines, maxLineLength, maxMessageBytes, parseMessage, serialise } from './message-codec.ts'
import { StreamFramer } from './stream-framer.ts'

const options = (extra = '', body = '', length: number | string = body.length): Buffer =>
  Buffer.from(
    'OPTIONS sip:a@example.net SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:b@example.net>;tag=1\r\n' +
      `To: <sip:a@example.net>\r\nCall-ID: c1\r\nCSeq: 1 OPTIONS\r\n${extra}Content-Length: ${length}\r\n\r\n${body}`,
  )

test('headers keep their order and are found by any name', () => {
  const headers = SipHeaders.from([
    ['v', 'SIP/2.0/UDP a, SIP/2.0/UDP b'],
    ['X-Custom', '1, 2'],
    ['Via', 'SIP/2.0/UDP c'],
  ])
  assert.deepEqual(headers.all('VIA'), ['SIP/2.0/UDP a', 'SIP/2.0/UDP b', 'SIP/2.0/UDP c'])
  assert.equal(headers.get('via'), 'SIP/2.0/UDP a')
  assert.equal(headers.get('x-custom'), '1, 2')
  headers.prepend('Via', 'SIP/2.0/UDP z').add('v', 'SIP/2.0/UDP y').add('Route', '<sip:r;lr>')
  assert.deepEqual(
    [...headers.entries()],
    [
      ['Via', 'SIP/2.0/UDP z'],
      ['Via', 'SIP/2.0/UDP a, SIP/2.0/UDP b'],
      ['X-Custom', '1, 2'],
      ['Via', 'SIP/2.0/UDP c'],
      ['Via', 'SIP/2.0/UDP y'],
      ['Route', '<sip:r;lr>'],
    ],
  )
  headers.set('via', 'one').remove('x-CUSTOM').remove('route')
  assert.deepEqual([...headers.entries()], [['Via', 'one']])
})

test('no value makes a header of its own', () => {
  const { message } = parseMessage(options())
  message!.headers.set('Subject', 'a\r\nX-Evil: 1').add('X', 'b\nc')
  if (message!.kind === 'request') message!.uri = 'sip:a@b\r\nX-Evil: 1'
  assert.doesNotMatch(serialise(message!).toString(), /^X-Evil/m)
  assert.throws(() => message!.headers.add('X: 1\r\nX-Evil', '1'), TypeError)
})

test('Content-Length is that of the body', () => {
  const { message } = parseMessage(options('', 'hello', 3))
  assert.equal(message!.body.toString(), 'hel')
  message!.body = Buffer.from('grüße')
  assert.match(serialise(message!).toString(), /Content-Length: 7\r\n\r\ngrüße$/)
})

test('display names in Latin-1 are read', () => {
  const bytes = Buffer.from(options('Subject: Müller\r\n').toString(), 'latin1')
  assert.equal(parseMessage(bytes).message?.headers.get('Subject'), 'Müller')
})

test('beyond the limits a message is refused', () => {
  const status = (bytes: Buffer): number | undefined => parseMessage(bytes).fault?.status
  assert.equal(status(options('', 'x'.repeat(maxMessageBytes))), 513)
  assert.equal(status(options(`X: ${'x'.repeat(maxLineLength)}\r\n`)), 513)
  assert.equal(status(options('X: 1\r\n'.repeat(maxHeaderLines))), 513)
  assert.equal(status(options(`X: ${'x'.repeat(8_000)}\r\n`.repeat(5))), 513)
  assert.equal(status(options('X: 1\r\n'.repeat(maxHeaderLines - 6))), undefined)
  assert.equal(status(Buffer.from(`OPTIONS sip:${'a'.repeat(maxLineLength)}@b SIP/2.0\r\n\r\n`)), 414)
})

test('lines that are none are refused', () => {
  for (const extra of ['no colon\r\n', 'bad name: 1\r\n', ': 1\r\n', 'X: a\nY: b\r\n', 'X: a\rb\r\n'])
    assert.equal(parseMessage(options(extra)).fault?.status, 400, JSON.stringify(extra))
  assert.equal(parseMessage(Buffer.from('\r\n\r\n')).fault?.status, 400)
  assert.equal(parseMessage(Buffer.alloc(0)).fault?.status, 400)
  assert.equal(parseMessage(Buffer.from('GET / HTTP/1.1\r\n\r\n')).fault?.status, 400)
})

const stream = Buffer.concat([
  Buffer.from('\r\n\r\n'),
  options('', 'hello'),
  Buffer.from('\r\n'),
  options(),
  Buffer.from('\r\n\r\n\r\n\r\n'),
  options('Subject: x\r\n', 'bye'),
])

test('a stream is cut the same wherever its chunks end', () => {
  for (let size = 1; size < stream.length; size += size < 40 ? 1 : 37) {
    const framer = new StreamFramer()
    const seen: string[] = []
    for (let at = 0; at < stream.length; at += size)
      for (const { ping, parsed } of framer.push(Buffer.from(stream.subarray(at, at + size))))
        seen.push(ping ? 'ping' : (parsed.fault?.detail ?? parsed.message?.body.toString() ?? ''))
    assert.deepEqual(seen, ['ping', 'hello', '', 'ping', 'ping', 'bye'], `chunks of ${size}`)
    assert.equal(framer.broken, false)
  }
})

test('what cannot be cut ends the stream', () => {
  const cut = (bytes: Buffer): [number | undefined, string | undefined, boolean] => {
    const framer = new StreamFramer()
    const [frame] = framer.push(bytes)
    assert.deepEqual(framer.push(options()), [])
    return [frame?.parsed?.fault?.status, frame?.parsed?.message?.headers.get('Call-ID'), framer.broken]
  }
  assert.deepEqual(cut(options('', '', 'none')), [400, 'c1', true])
  assert.deepEqual(cut(options('l: 5\r\n')), [400, 'c1', true])
  assert.deepEqual(cut(Buffer.from(options().toString().replace('Content-Length: 0\r\n', ''))), [400, 'c1', true])
  assert.deepEqual(cut(options('', '', 100_000)), [513, 'c1', true])
  assert.deepEqual(cut(Buffer.alloc(maxHeadBytes + 1, 'x')), [513, undefined, true])
})

test('a faulty message whose length is plain does not end the stream', () => {
  const framer = new StreamFramer()
  const bad = options('bad name: 1\r\n', 'abc')
  const frames = framer.push(Buffer.concat([bad, options()]))
  assert.deepEqual(
    frames.map(({ parsed }) => parsed?.fault?.status),
    [400, undefined],
  )
  assert.equal(framer.broken, false)
})
