// What goes out over a wire that keeps it, decoded again.

import assert from 'node:assert/strict'
import test from 'node:test'
import { DtmfDetector } from '#protocols/rtp/dtmf-detector.ts'
import { rtpHeaderBytes } from '#protocols/rtp/rtp-packet.ts'
import { RtpSender } from '#protocols/rtp/rtp-sender.ts'
import { openCodec } from '#protocols/rtp/speech-codec.ts'
import type { AgreedMedia } from '../contract.ts'
import { Sender } from './sender.ts'
import type { Wire } from './wire.ts'

const media: AgreedMedia = {
  remoteHost: '127.0.0.1',
  remotePort: 4000,
  rtcpMux: false,
  codec: { name: 'PCMU', payloadType: 0, clockRate: 8000, packetMs: 20 },
  direction: 'sendrecv',
}

test('digits in the band that come one by one go out one after the other, each whole', () => {
  const codec = openCodec('PCMU')
  const heard: string[] = []
  const detector = new DtmfDetector(8000, { digitStarted: (digit) => heard.push(digit), digitEnded() {} })
  const pcm = new Int16Array(160)
  const wire: Wire = {
    local: { host: '127.0.0.1', port: 4002 },
    source: undefined,
    connect() {},
    sendRtp(buffer, bytes) {
      detector.feed(pcm, codec.decode(buffer.bytes, rtpHeaderBytes, bytes - rtpHeaderBytes, pcm))
      buffer.sent()
    },
    sendRtcp() {},
    close: () => Promise.resolve(),
  }
  const sender = new Sender(wire, new RtpSender({ ssrc: 1, sequence: 1, timestamp: 1 }), media, codec, 8000)
  for (const digits of ['1', '5', '9#']) {
    sender.send(digits)
    sender.turn(undefined, 0, false)
  }
  for (let turn = 0; sender.sending() && turn < 500; turn += 1) sender.turn(undefined, 0, false)
  assert.equal(heard.join(''), '159#')
  assert.equal(sender.sending(), false)
})
