// Reading and writing: forms of several phones, and each line that may not be guessed at.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { advertisedAudio, isHold, isPrivateHost } from './advertised.ts'
import { parseSdp } from './parse-sdp.ts'
import { offers } from '../../../test/vectors/phones-offers.ts'
import { attributeOf, attributesOf, audioOf, directionOf, type Sdp } from './sdp.ts'
import { writeSdp } from './write-sdp.ts'

const read = (text: string): Sdp => {
  const sdp = parseSdp(text)
  if ('fault' in sdp) throw new Error(`${sdp.fault} in line ${sdp.line}`)
  return sdp
}

const head = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n'

for (const [phone, text] of Object.entries(offers))
  test(`what ${phone} sends is written again as it was`, () => {
    assert.equal(writeSdp(read(text)), text)
  })

test('the example of RFC 8866 5', () => {
  const sdp = read(
    'v=0\no=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\ns=Call to John Smith\ni=SDP Offer #1\nu=http://www.jdoe.example.com/home.html\n' +
      'e=Jane Doe <jane@jdoe.example.com>\np=+1 617 555-6011\nc=IN IP4 198.51.100.1\nt=0 0\nm=audio 49170 RTP/AVP 0\nm=audio 49180 RTP/AVP 0\n' +
      'm=video 51372 RTP/AVP 99\nc=IN IP6 2001:db8::2\na=rtpmap:99 h263-1998/90000\n',
  )
  assert.equal(sdp.name, 'Call to John Smith')
  assert.deepEqual(sdp.origin.address, { family: 'IP4', host: '198.51.100.1' })
  assert.equal(sdp.others.length, 4)
  assert.deepEqual(
    sdp.media.map(({ kind, port }) => [kind, port]),
    [
      ['audio', 49170],
      ['audio', 49180],
      ['video', 51372],
    ],
  )
  assert.equal(sdp.media[2]!.connection?.host, '2001:db8::2')
})

test('what is borne: no s=, no t=, blanks in the user name, attributes of the session after c=', () => {
  const sdp = read('v=0\no=my phone 1 2 IN IP4 192.0.2.1\na=sendonly\nc=IN IP4 192.0.2.1\nm=audio 5004 RTP/AVP 0 8\n\n')
  assert.equal(sdp.origin.username, 'my phone')
  assert.equal(directionOf(sdp, sdp.media[0]!), 'sendonly')
  assert.ok(isHold(sdp))
})

const faults: [what: string, text: string, line: number][] = [
  ['nothing', '', 1],
  ['no v= first', `o=- 1 1 IN IP4 192.0.2.1\r\n`, 1],
  ['another version', 'v=1\r\n', 1],
  ['no o=', 'v=0\r\ns=-\r\n', 3],
  ['a negative session id', 'v=0\r\no=- -1 1 IN IP4 192.0.2.1\r\n', 2],
  ['an address that is none', 'v=0\r\no=- 1 1 IN IP4 999.0.2.1\r\n', 2],
  ['IPv6 said to be IPv4', `${head}c=IN IP4 2001:db8::1\r\n`, 4],
  ['another network', `${head}c=ATM NSAP 47.0091\r\n`, 4],
  ['a port above 65535', `${head}m=audio 65536 RTP/AVP 0\r\n`, 4],
  ['no format', `${head}m=audio 5004 RTP/AVP\r\n`, 4],
  ['a payload type above 127', `${head}m=audio 5004 RTP/AVP 128\r\n`, 4],
  ['a letter nobody knows', `${head}x=1\r\n`, 4],
  ['a second o=', `${head}o=- 1 1 IN IP4 192.0.2.1\r\n`, 4],
  ['t= under a medium', `${head}m=audio 5004 RTP/AVP 0\r\nt=0 0\r\n`, 5],
  ['an empty line with more after it', `${head}\r\nm=audio 5004 RTP/AVP 0\r\n`, 4],
  ['no =', `${head}hello\r\n`, 4],
  ['an attribute without a name', `${head}a=:x\r\n`, 4],
  ['NUL', `${head}a=x:\0\r\n`, 4],
]

for (const [what, text, line] of faults)
  test(`refused: ${what}`, () => {
    const sdp = parseSdp(text)
    assert.ok('fault' in sdp, 'it was read')
    assert.equal(sdp.line, line)
  })

test('attributes with and without a value', () => {
  const [audio] = read(
    `${head}m=audio 5004 RTP/AVP 0\r\na=rtcp-mux\r\na=candidate:1 1 udp 1 192.0.2.1 5004 typ host\r\na=candidate:2\r\n`,
  ).media
  assert.equal(attributeOf(audio!, 'rtcp-mux'), '')
  assert.equal(attributeOf(audio!, 'mid'), undefined)
  assert.deepEqual(attributesOf(audio!, 'candidate'), ['1 1 udp 1 192.0.2.1 5004 typ host', '2'])
})

test('audio that is not refused comes before audio that is', () => {
  assert.equal(audioOf(read(`${head}m=audio 0 RTP/AVP 0\r\nm=audio 5004 RTP/AVP 8\r\n`))?.port, 5004)
  assert.equal(audioOf(read(`${head}m=audio 0 RTP/AVP 0\r\n`))?.port, 0)
  assert.equal(audioOf(read(`${head}m=video 5004 RTP/AVP 99\r\n`)), undefined)
})

test('private addresses', () => {
  for (const host of [
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.1.1',
    '127.0.0.1',
    'fd00::1',
    'fe80::1',
    '::1',
    'a.local',
  ])
    assert.ok(isPrivateHost(host), host)
  for (const host of ['192.0.2.1', '172.32.0.1', '8.8.8.8', '2001:db8::1', 'sip.example.com'])
    assert.ok(!isPrivateHost(host), host)
})

test('what the audio advertises', () => {
  assert.deepEqual(advertisedAudio(read(offers.sipp)), { host: '127.0.1.1', port: 6000, private: true, direction: 'sendrecv' })
})

test('hold by sendonly, inactive and 0.0.0.0', () => {
  const hold = (lines: string, host = '192.0.2.1'): boolean =>
    isHold(read(`${head}c=IN IP4 ${host}\r\nm=audio 5004 RTP/AVP 0\r\n${lines}`))
  assert.deepEqual(
    [hold('a=sendonly\r\n'), hold('a=inactive\r\n'), hold('', '0.0.0.0'), hold('a=recvonly\r\n'), hold('')],
    [true, true, true, false, false],
  )
})
