// Mutated descriptions, RTP and RTCP packets into their parsers: nothing may throw or hang, and what is read is written so that it reads the same.
//   node test/fuzz/rtp.ts --runs 1000000 --seed 1

import { parseArgs } from 'node:util'
import { answerOffer, wantedTransport } from '#protocols/sdp/answer.ts'
import { makeNextOffer, makeOffer } from '#protocols/sdp/offer.ts'
import { parseSdp } from '#protocols/sdp/parse-sdp.ts'
import { readAnswer } from '#protocols/sdp/read-answer.ts'
import { advertisedAudio, isHold } from '#protocols/sdp/advertised.ts'
import { writeSdp } from '#protocols/sdp/write-sdp.ts'
import { emptyRtpPacket, kindOfDatagram, readRtp, writeRtpHead } from '#protocols/rtp/rtp-packet.ts'
import { parseRtcp, writeRtcp, type RtcpPacket } from '#protocols/rtp/rtcp.ts'
import { openCodec } from '#protocols/rtp/open-codec.ts'
import { SrtpSession } from '#protocols/rtp/srtp.ts'
import { EventReceiver } from '#protocols/rtp/telephone-event.ts'
import { JitterBuffer } from '#protocols/rtp/jitter-buffer.ts'
import { offers } from '../vectors/phones-offers.ts'
import { randomFrom, type Random } from './random.ts'

const pieces = [
  '0',
  '-1',
  '99999999999',
  ' ',
  ':',
  '=',
  '\r',
  '\n',
  '\0',
  'é',
  'IN IP6 ::1',
  '0.0.0.0',
  'a=crypto:1 ',
  'm=audio 0 RTP/AVP 0',
  '/',
  '|2^20|1:4',
]

export function mutatedSdp(random: Random): string {
  let text: string = random.pick(Object.values(offers))
  for (let n = random.below(5); n > 0; n--) {
    const at = random.below(text.length)
    const kind = random.below(5)
    if (kind === 0) text = text.slice(0, at) + random.pick(pieces) + text.slice(at)
    else if (kind === 1) text = text.slice(0, at) + text.slice(at + 1 + random.below(12))
    else if (kind === 2) text = text.slice(0, at) + random.pick(pieces) + text.slice(at + 1)
    else {
      const lines = text.split('\r\n')
      const line = random.below(lines.length)
      if (kind === 3) lines.splice(line, 1)
      else lines.splice(random.below(lines.length), 0, lines[line]!)
      text = lines.join('\r\n')
    }
  }
  return text
}

const key = Buffer.alloc(30, 1).toString('base64')
const local = {
  host: '192.0.2.1',
  port: 20_000,
  ssrc: 1,
  cname: 'c',
  sdes: { tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', key },
  dtls: { fingerprint: 'sha-256 AA', setup: 'actpass' },
  ice: { ufrag: 'abcd', password: 'a'.repeat(22), candidates: [] },
} as const

/** Throws when a parser does, or when what it read is not what it writes and reads again. */
export function fuzzSdp(seed: number, runs: number): { read: number; agreed: number } {
  const random = randomFrom(seed)
  const counts = { read: 0, agreed: 0 }
  const ours = (['rtp', 'srtp', 'webrtc'] as const).map((transport) => ({
    local,
    transport,
    codecs: ['opus', 'PCMA', 'PCMU', 'G722'] as const,
    origin: { sessionId: '1', version: '1' },
  }))
  const sent = ours.map((wish) => makeOffer(wish))
  for (let n = 0; n < runs; n++) {
    const sdp = parseSdp(mutatedSdp(random))
    if ('fault' in sdp) continue
    counts.read++
    const text = writeSdp(sdp)
    const again = parseSdp(text)
    if ('fault' in again || writeSdp(again) !== text) throw new Error(`read otherwise than written: ${JSON.stringify(text)}`)
    isHold(sdp)
    advertisedAudio(sdp)
    for (const offer of sent) readAnswer(offer, sdp)
    const transport = wantedTransport(sdp)
    for (const wish of ours) {
      const result = answerOffer(sdp, wish)
      if ('disagreement' in result) continue
      if (transport === undefined) throw new Error(`answered without a transport: ${text}`)
      counts.agreed++
      const answer = parseSdp(writeSdp(result.answer))
      if ('fault' in answer) throw new Error(`our answer cannot be read: ${answer.fault}`)
      makeNextOffer(wish, answer)
    }
  }
  return counts
}

function mutated(random: Random, octets: Buffer): Buffer {
  let bytes = Buffer.from(octets)
  for (let n = random.below(4); n > 0 && bytes.length > 1; n--) {
    const at = random.below(bytes.length)
    if (random.chance(0.6)) bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)])
    else if (random.chance(0.5)) bytes = bytes.subarray(0, at)
    else bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(random.below(9), random.below(256)), bytes.subarray(at)])
  }
  return bytes
}

function randomRtcp(random: Random): Buffer {
  const word = (): number => random.below(2 ** 32)
  const block = () => ({
    ssrc: word(),
    fractionLost: random.below(256),
    lost: random.below(2 ** 24) - 2 ** 23,
    highest: word(),
    jitter: word(),
    lastSenderReport: word(),
    delaySinceSenderReport: word(),
  })
  const reports = Array.from({ length: random.below(4) }, block)
  const packets: RtcpPacket[] = [
    {
      type: 'senderReport',
      ssrc: word(),
      ntpSeconds: word(),
      ntpFraction: word(),
      rtpTimestamp: word(),
      packets: 1,
      octets: 1,
      reports,
    },
    { type: 'description', chunks: [{ ssrc: word(), items: [{ type: 1, text: 'x'.repeat(random.below(9)) }] }] },
    { type: 'bye', sources: [word()], ...(random.chance(0.5) ? { reason: 'y'.repeat(random.below(9)) } : {}) },
    { type: 'other', packetType: 206, count: 1, body: new Uint8Array(4 * random.below(5)) },
  ]
  return Buffer.from(writeRtcp(packets.slice(0, 1 + random.below(4))))
}

export function fuzzPackets(seed: number, runs: number): { rtp: number; rtcp: number } {
  const random = randomFrom(seed)
  const counts = { rtp: 0, rtcp: 0 }
  const packet = emptyRtpPacket()
  const codecs = (['PCMU', 'PCMA', 'G722', 'opus'] as const).map((name) => openCodec(name))
  const pcm = new Int16Array(5760)
  const srtp = new SrtpSession({ suite: 'AES_CM_128_HMAC_SHA1_80', key })
  let [open, ends] = [0, 0]
  const events = new EventReceiver(8000, { digitStarted: () => void open++, digitEnded: () => void ends++ })
  const buffer = new JitterBuffer({ clockRate: 8000, packetMs: 20 })
  for (let n = 0; n < runs; n++) {
    const whole = Buffer.alloc(12 + random.below(200), random.below(256))
    writeRtpHead(whole, random.below(128), random.chance(0.1), n & 0xffff, n * 160, 1)
    const rtp = mutated(random, whole)
    kindOfDatagram(rtp, rtp.length)
    if (readRtp(rtp, rtp.length, packet)) {
      counts.rtp++
      const { payloadAt, payloadBytes } = packet
      if (payloadBytes < 0 || payloadAt + payloadBytes > rtp.length) throw new Error(`beyond its end: ${rtp.toString('hex')}`)
      if (payloadBytes < 400) random.pick(codecs).decode(rtp, payloadAt, payloadBytes, pcm)
      events.receive(rtp, payloadAt, payloadBytes, packet.timestamp, n * 20)
      events.tick(n * 20)
      buffer.put(rtp, payloadAt, payloadBytes, 0, packet.sequence, packet.timestamp, packet.marker, n * 20)
      buffer.take(n * 20)
      if (open - ends > 1 || ends > open) throw new Error('digits that are not closed')
      if (!Number.isFinite(buffer.wantedMs) || buffer.heldMs < 0) throw new Error('the jitter buffer is out of its mind')
    }
    if (srtp.unprotect(Buffer.from(rtp), rtp.length) !== -1 || srtp.unprotectRtcp(Buffer.from(rtp), rtp.length) !== -1)
      throw new Error(`taken for authentic: ${rtp.toString('hex')}`)
    const rtcp = mutated(random, randomRtcp(random))
    const read = parseRtcp(rtcp)
    if (read === undefined) continue
    counts.rtcp++
    // A body of our writing is always whole words; and a text that is not UTF-8 is not written as it was.
    const again = parseRtcp(writeRtcp(read.filter(isWritable)))
    if (read.every(isWritable) && JSON.stringify(again) !== JSON.stringify(read))
      throw new Error(`read otherwise: ${rtcp.toString('hex')}`)
  }
  for (const codec of codecs) codec.close()
  return counts
}

const isWritable = (packet: RtcpPacket): boolean =>
  packet.type !== 'description' || packet.chunks.every(({ items }) => items.every(({ text }) => Buffer.byteLength(text) < 256))

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '200000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  })
  const seed = Number(values.seed)
  console.log(`seed ${seed}`)
  console.log('descriptions', fuzzSdp(seed, Number(values.runs) / 10))
  console.log('packets', fuzzPackets(seed, Number(values.runs)))
}
