// Offer and answer against what phones send, and both halves against each other.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import type { AgreedMedia, LocalMedia } from './agreed-media.ts'
import { offers } from '../../../test/vectors/phones-offers.ts'
import type { Disagreement, MediaWish } from './agreement.ts'
import { answerOffer, wantedTransport } from './answer.ts'
import { nextOrigin } from './audio-section.ts'
import { makeNextOffer, makeOffer } from './offer.ts'
import { parseSdp } from './parse-sdp.ts'
import { readAnswer } from './read-answer.ts'
import { attributeOf, type Sdp } from './sdp.ts'
import { writeSdp } from './write-sdp.ts'

const read = (text: string): Sdp => {
  const sdp = parseSdp(text)
  if ('fault' in sdp) throw new Error(`${sdp.fault} in line ${sdp.line}`)
  return sdp
}

const key = Buffer.alloc(30, 7).toString('base64')
const local: LocalMedia = { host: '192.0.2.99', port: 20_000, ssrc: 77, cname: 'us@192.0.2.99' }
const srtpLocal: LocalMedia = { ...local, sdes: { tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', key } }
const webLocal: LocalMedia = {
  ...local,
  dtls: { fingerprint: 'sha-256 AA:BB', setup: 'actpass' },
  ice: {
    ufrag: 'ours',
    password: 'a-password-of-ours-22-octets',
    candidates: ['candidate:1 1 udp 2130706431 192.0.2.99 20000 typ host'],
  },
}
const wish: MediaWish = {
  local,
  transport: 'rtp',
  codecs: ['opus', 'G722', 'PCMA', 'PCMU'],
  origin: { sessionId: '1000', version: '1' },
}
const agreedTo = (result: ReturnType<typeof answerOffer>): { answer: Sdp; agreed: AgreedMedia } => {
  assert.ok(!('disagreement' in result), JSON.stringify(result))
  return result
}
const answerTo = (text: string, more: Partial<MediaWish> = {}) => agreedTo(answerOffer(read(text), { ...wish, ...more }))
const plain = (lines = '', host = '192.0.2.1', formats = '8 0 101'): string =>
  `v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=audio 5004 RTP/AVP ${formats}\r\na=rtpmap:101 telephone-event/8000\r\n${lines}`

test('sipp: one codec, no events', () => {
  const { answer, agreed } = answerTo(offers.sipp)
  assert.deepEqual(agreed, {
    remoteHost: '127.0.1.1',
    remotePort: 6000,
    rtcpMux: false,
    codec: { name: 'PCMU', payloadType: 0, clockRate: 8000, packetMs: 20 },
    direction: 'sendrecv',
  })
  assert.equal(
    writeSdp(answer),
    'v=0\r\no=- 1000 1 IN IP4 192.0.2.99\r\ns=-\r\nc=IN IP4 192.0.2.99\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0\r\nc=IN IP4 192.0.2.99\r\n' +
      'a=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n',
  )
})

test('baresip: its first codec with its numbers; video is refused in its place', () => {
  const { answer, agreed } = answerTo(offers.baresip)
  assert.deepEqual(agreed.codec, {
    name: 'opus',
    payloadType: 96,
    clockRate: 48_000,
    packetMs: 20,
    parameters: 'stereo=1;sprop-stereo=1',
  })
  assert.equal(agreed.eventPayloadType, 101)
  assert.deepEqual(
    answer.media.map(({ kind, port, formats }) => [kind, port, formats]),
    [
      ['audio', 20_000, ['96', '101']],
      ['video', 0, ['97']],
    ],
  )
})

test('our order counts when it is to', () => {
  assert.equal(answerTo(offers.baresip, { codecs: ['PCMA', 'opus'], preferOurs: true }).agreed.codec.name, 'PCMA')
  assert.equal(answerTo(offers.baresip, { codecs: ['PCMA', 'opus'] }).agreed.codec.name, 'opus')
})

test('linphone: the first suite both know, the tag of the offer, events of the codec’s clock', () => {
  assert.equal(wantedTransport(read(offers.linphone)), 'srtp')
  const { answer, agreed } = answerTo(offers.linphone, { transport: 'srtp', local: srtpLocal })
  assert.deepEqual(agreed.sdes, { tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', key: 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz' })
  assert.equal(agreed.eventPayloadType, 101)
  assert.equal(answerTo(offers.linphone, { transport: 'srtp', local: srtpLocal, codecs: ['PCMU'] }).agreed.eventPayloadType, 98)
  assert.equal(answer.media[0]!.protocol, 'RTP/SAVP')
  assert.equal(attributeOf(answer.media[0]!, 'crypto'), `1 AES_CM_128_HMAC_SHA1_80 inline:${key}`)
})

test('keys that cannot be used are passed over', () => {
  const offer = (crypto: string): string => plain(`a=crypto:${crypto}\r\n`).replace('RTP/AVP', 'RTP/SAVP')
  const lines = [
    `1 AES_CM_128_HMAC_SHA1_80 inline:${key}|2^20|1:4`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${key} UNENCRYPTED_SRTP`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${key.slice(4)}`,
    `1 F8_128_HMAC_SHA1_80 inline:${key}`,
  ]
  for (const line of lines) assert.equal(wantedTransport(read(offer(line))), undefined, line)
  for (const line of [`9 AES_CM_128_HMAC_SHA1_32 inline:${key}|2^48 WSH=64`, `1 AES_CM_128_HMAC_SHA1_80 inline:${key}|2^31`])
    assert.equal(wantedTransport(read(offer(line))), 'srtp', line)
})

test('Chromium: bundle, mid, one port, fingerprint, candidates; we open', () => {
  assert.equal(wantedTransport(read(offers.chromium)), 'webrtc')
  const { answer, agreed } = answerTo(offers.chromium, { transport: 'webrtc', local: webLocal })
  assert.equal(agreed.rtcpMux, true)
  assert.equal(agreed.eventPayloadType, 110)
  assert.equal(agreed.dtls?.setup, 'passive')
  assert.match(agreed.dtls!.fingerprint, /^sha-256 D2:FA/)
  assert.equal(agreed.ice?.ufrag, 'EsAw')
  assert.equal(agreed.ice?.candidates.length, 2)
  assert.match(agreed.ice!.candidates[0]!, /^candidate:842163049 1 udp/)
  const [audio, video] = answer.media
  assert.equal(attributeOf(answer, 'group'), 'BUNDLE 0')
  assert.equal(attributeOf(audio!, 'mid'), '0')
  assert.equal(attributeOf(audio!, 'setup'), 'active')
  assert.equal(attributeOf(audio!, 'rtcp-mux'), '')
  assert.equal(attributeOf(audio!, 'candidate'), '1 1 udp 2130706431 192.0.2.99 20000 typ host')
  assert.equal(attributeOf(audio!, 'ssrc'), '77 cname:us@192.0.2.99')
  assert.deepEqual([video!.port, attributeOf(video!, 'mid')], [0, '1'])
  const waiting = answerTo(offers.chromium, {
    transport: 'webrtc',
    local: { ...webLocal, dtls: { fingerprint: 'sha-256 AA:BB', setup: 'passive' } },
  })
  assert.equal(waiting.agreed.dtls?.setup, 'active')
})

const refusals: [what: string, text: string, kind: Disagreement['disagreement'], more?: Partial<MediaWish>][] = [
  ['no common codec', plain('', '192.0.2.1', '18 3'), 'no_common_codec'],
  [
    'no audio',
    'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=video 5004 RTP/AVP 99\r\n',
    'no_audio',
  ],
  ['audio with port 0', plain().replace('5004', '0'), 'no_audio'],
  ['secured media on a plain stream', offers.linphone, 'transport'],
  ['plain media on a secured stream', plain(), 'transport', { transport: 'srtp', local: srtpLocal }],
  ['no address', plain().replace('c=IN IP4 192.0.2.1\r\n', ''), 'address'],
  ['a multicast address', plain('', '239.1.2.3/127'), 'address'],
]

for (const [what, text, kind, more] of refusals)
  test(`refused: ${what}`, () => {
    const result = answerOffer(read(text), { ...wish, ...more })
    assert.ok('disagreement' in result)
    assert.equal(result.disagreement, kind)
    assert.ok(result.text.length > 10)
  })

test('the reason names both lists of codecs', () => {
  const result = answerOffer(read(plain('', '192.0.2.1', '18 3')), wish) as Disagreement
  assert.equal(result.text, 'offered: G729, GSM; spoken here: opus, G722, PCMA, PCMU')
})

test('hold and resume, from our side', () => {
  const direction = (lines: string, host?: string, ours?: MediaWish['direction']): string => {
    const { answer, agreed } = answerTo(plain(lines, host), ours === undefined ? {} : { direction: ours })
    assert.ok(answer.media[0]!.attributes.some(({ name }) => name === agreed.direction))
    return agreed.direction
  }
  assert.equal(direction('a=sendonly\r\n'), 'recvonly')
  assert.equal(direction('a=recvonly\r\n'), 'sendonly')
  assert.equal(direction('a=inactive\r\n'), 'inactive')
  assert.equal(direction('', '0.0.0.0'), 'recvonly')
  assert.equal(direction('a=sendonly\r\n', undefined, 'sendonly'), 'inactive')
  assert.equal(direction('', undefined, 'sendonly'), 'sendonly')
})

test('packets as the other side wants them', () => {
  const packetMs = (lines: string): number => answerTo(plain(lines)).agreed.codec.packetMs
  assert.deepEqual(
    [
      '',
      'a=ptime:30\r\n',
      'a=ptime:20\r\na=maxptime:10\r\n',
      'a=ptime:5\r\n',
      'a=ptime:200\r\n',
      'a=maxptime:40\r\n',
      'a=ptime:x\r\n',
    ].map(packetMs),
    [20, 30, 10, 10, 60, 20, 20],
  )
})

test('events: those without digits are none; comfort noise only when wished', () => {
  assert.equal(answerTo(plain('a=fmtp:101 32-35\r\n')).agreed.eventPayloadType, undefined)
  assert.equal(answerTo(plain(), { events: false }).agreed.eventPayloadType, undefined)
  assert.equal(answerTo(plain('', '192.0.2.1', '8 13')).agreed.comfortNoisePayloadType, undefined)
  const { answer, agreed } = answerTo(plain('', '192.0.2.1', '8 13'), { comfortNoise: true })
  assert.equal(agreed.comfortNoisePayloadType, 13)
  assert.deepEqual(answer.media[0]!.formats, ['8', '13'])
})

test('RTCP on one port: by rtcp-mux, or by a=rtcp of the same port', () => {
  assert.equal(answerTo(plain('a=rtcp-mux\r\n')).agreed.rtcpMux, true)
  assert.equal(answerTo(plain('a=rtcp:5004\r\n')).agreed.rtcpMux, true)
  assert.equal(answerTo(plain('a=rtcp:5005\r\n')).agreed.rtcpMux, false)
})

test('IPv6, and an address of the medium before the session’s', () => {
  const { answer, agreed } = answerTo(plain('c=IN IP6 2001:db8::7\r\n'), { local: { ...local, host: '2001:db8::1' } })
  assert.equal(agreed.remoteHost, '2001:db8::7')
  assert.match(writeSdp(answer), /o=- 1000 1 IN IP6 2001:db8::1\r\n/)
})

for (const [transport, ours, theirs] of [
  ['rtp', local, { ...local, port: 30_000, ssrc: 78 }],
  ['srtp', srtpLocal, { ...srtpLocal, port: 30_000, sdes: { ...srtpLocal.sdes!, key: Buffer.alloc(30, 8).toString('base64') } }],
  ['webrtc', webLocal, { ...webLocal, port: 30_000, ice: { ...webLocal.ice!, ufrag: 'theirs' } }],
] as const)
  test(`what we offer over ${transport} is what our own answer agrees to`, () => {
    const offer = read(writeSdp(makeOffer({ ...wish, transport, local: ours, comfortNoise: true })))
    assert.equal(wantedTransport(offer), transport)
    const { answer, agreed } = agreedTo(
      answerOffer(offer, {
        ...wish,
        transport,
        local: theirs,
        comfortNoise: true,
        codecs: ['PCMA'],
        origin: { sessionId: '5', version: '5' },
      }),
    )
    const ourView = readAnswer(offer, read(writeSdp(answer)))
    assert.ok(!('disagreement' in ourView), JSON.stringify(ourView))
    assert.deepEqual(
      [
        ourView.remotePort,
        ourView.codec.name,
        ourView.codec.payloadType,
        ourView.eventPayloadType,
        ourView.comfortNoisePayloadType,
      ],
      [30_000, 'PCMA', 8, 101, 13],
    )
    assert.equal(agreed.remotePort, 20_000)
    assert.equal(ourView.rtcpMux, transport === 'webrtc')
    if (transport === 'srtp') assert.deepEqual([ourView.sdes?.key, agreed.sdes?.key], [theirs.sdes!.key, ours.sdes!.key])
    if (transport === 'webrtc') assert.deepEqual([ourView.dtls?.setup, agreed.dtls?.setup], ['active', 'passive'])
  })

test('answers that do not fit', () => {
  const offer = makeOffer({ ...wish, codecs: ['PCMU'] })
  const kind = (text: string): string => {
    const result = readAnswer(offer, read(text))
    return 'disagreement' in result ? result.disagreement : 'agreed'
  }
  assert.equal(kind(plain('', '192.0.2.1', '0')), 'agreed')
  assert.equal(kind(plain('', '192.0.2.1', '8')), 'no_common_codec')
  assert.equal(kind(plain().replace('5004', '0')), 'no_audio')
  assert.equal(kind(`${plain()}m=video 0 RTP/AVP 99\r\n`), 'mismatch')
  assert.equal(kind(plain().replace('m=audio', 'm=video')), 'mismatch')
  assert.equal(kind(plain().replace('RTP/AVP', 'RTP/SAVP')), 'transport')
})

test('an answer of other tag or suite than offered is none', () => {
  const offer = makeOffer({ ...wish, transport: 'srtp', local: srtpLocal, codecs: ['PCMU'] })
  const answer = (crypto: string): string => plain(`a=crypto:${crypto} inline:${key}\r\n`).replace('RTP/AVP', 'RTP/SAVP')
  assert.ok(!('disagreement' in readAnswer(offer, read(answer('1 AES_CM_128_HMAC_SHA1_80')))))
  assert.ok('disagreement' in readAnswer(offer, read(answer('2 AES_CM_128_HMAC_SHA1_80'))))
  assert.ok('disagreement' in readAnswer(offer, read(answer('1 AES_CM_128_HMAC_SHA1_32'))))
})

test('later offers: the version goes up only with a change, numbers and places of media stay', () => {
  const first = answerTo(offers.baresip).answer
  const hold = makeNextOffer({ ...wish, direction: 'sendonly' }, first)
  assert.deepEqual([hold.origin.sessionId, hold.origin.version], ['1000', '2'])
  assert.deepEqual(
    hold.media.map(({ kind, port }) => [kind, port]),
    [
      ['audio', 20_000],
      ['video', 0],
    ],
  )
  // 96 was Opus and 101 the events of 8000: they stay so, and what is new gets other numbers.
  assert.deepEqual(hold.media[0]!.formats, ['96', '9', '8', '0', '110', '101'])
  const again = makeNextOffer({ ...wish, direction: 'sendonly' }, hold)
  assert.equal(again.origin.version, '2')
  assert.equal(makeNextOffer(wish, again).origin.version, '3')
})

test('an answer within a dialog keeps the session and counts up', () => {
  const first = answerTo(offers.sipp).answer
  const same = agreedTo(answerOffer(read(offers.sipp), wish, first)).answer
  assert.equal(same.origin.version, '1')
  const changed = agreedTo(answerOffer(read(offers.sipp), { ...wish, direction: 'recvonly' }, first)).answer
  assert.deepEqual([changed.origin.sessionId, changed.origin.version], ['1000', '2'])
  assert.equal(nextOrigin({ sessionId: '1', version: '18446744073709551615' }).version, '18446744073709551616')
})
