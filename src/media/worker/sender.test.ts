// What goes out over a wire that keeps it, decoded again.

import assert from 'node:assert/strict'
import test from 'node:test'
import { DtmfDetector } from '#protocols/rtp/dtmf-detector.ts'
import { emptyRtpPacket, readRtp, rtpHeaderBytes } from '#protocols/rtp/rtp-packet.ts'
import { RtpSender } from '#protocols/rtp/rtp-sender.ts'
import { openCodec } from '#protocols/rtp/open-codec.ts'
import type { AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import { Sender } from './sender.ts'
import type { Wire } from './wire.ts'

const media: AgreedMedia = {
  remoteHost: '127.0.0.1',
  remotePort: 4000,
  rtcpMux: false,
  codec: { name: 'PCMU', payloadType: 0, clockRate: 8000, packetMs: 20 },
  direction: 'sendrecv',
}

const wireTo = (sendRtp: Wire['sendRtp']): Wire => ({
  local: { host: '127.0.0.1', port: 4002 },
  source: undefined,
  connect() {},
  sendRtp(buffer, bytes) {
    sendRtp(buffer, bytes)
    buffer.sent()
  },
  sendRtcp() {},
  close: () => Promise.resolve(),
})

test('digits in the band that come one by one go out one after the other, each whole', () => {
  const codec = openCodec('PCMU')
  const heard: string[] = []
  const detector = new DtmfDetector(8000, { digitStarted: (digit) => heard.push(digit), digitEnded() {} })
  const pcm = new Int16Array(160)
  const wire = wireTo(({ bytes: rtp }, bytes) =>
    detector.feed(pcm, codec.decode(rtp, rtpHeaderBytes, bytes - rtpHeaderBytes, pcm)),
  )
  const sender = new Sender(wire, new RtpSender({ ssrc: 1, sequence: 1, timestamp: 1 }), media, codec, 8000)
  for (const digits of ['1', '5', '9#']) {
    sender.send(digits)
    sender.turn(undefined, 0, false)
  }
  for (let turn = 0; sender.sending() && turn < 500; turn += 1) sender.turn(undefined, 0, false)
  assert.equal(heard.join(''), '159#')
  assert.equal(sender.sending(), false)
})

test('silence is not sent but for its start and a sign of life, and sound after it is marked at its own time', () => {
  for (const packetMs of [20, 30]) {
    const sent: { turn: number; marker: boolean; timestamp: number }[] = []
    let turn = 0
    const packet = emptyRtpPacket()
    const wire = wireTo(({ bytes: rtp }, bytes) => {
      readRtp(rtp, bytes, packet)
      sent.push({ turn, marker: packet.marker, timestamp: packet.timestamp })
    })
    const long = { ...media, codec: { ...media.codec, packetMs } }
    const sender = new Sender(wire, new RtpSender({ ssrc: 1, sequence: 1, timestamp: 0 }), long, openCodec('PCMU'), 8000)
    for (; turn < 200; turn += 1) sender.turn(undefined, 0, false)
    assert.equal(sent.length, Math.floor(40 / packetMs) + 4)
    for (; turn < 202; turn += 1) sender.turn(new Int16Array(160).fill(1000), 0, false)
    const first = sent.find((one) => one.turn >= 200)!
    assert.equal(first.marker, true)
    assert.equal(first.timestamp, 200 * 160)
  }
})
