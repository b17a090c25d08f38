// What one stream receives, packet by packet: keys and whose they are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyRtpPacket, readRtp, writeRtpHead } from '#protocols/rtp/rtp-packet.ts'
import { openCodec } from '#protocols/rtp/open-codec.ts'
import type { AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import { Receiver } from './receiver.ts'

const media: AgreedMedia = {
  remoteHost: '127.0.0.1',
  remotePort: 9,
  rtcpMux: false,
  codec: { name: 'PCMU', payloadType: 0, clockRate: 8000, packetMs: 20 },
  eventPayloadType: 101,
  direction: 'sendrecv',
}

/** The end of one key, as it stands in one packet. */
function keyOf(event: number, sequence: number, timestamp: number, ssrc: number): Buffer {
  const packet = Buffer.alloc(16)
  writeRtpHead(packet, 101, true, sequence, timestamp, ssrc)
  packet.set([event, 0x8a, 800 >> 8, 800 & 0xff], 12)
  return packet
}

test('keys of another source are heard, whatever its timestamps are', () => {
  const heard: string[] = []
  const receiver = new Receiver(media, openCodec('PCMU'), 8000, {
    digitStarted: (digit) => heard.push(digit),
    digitEnded: () => {},
  })
  const take = (datagram: Buffer, nowMs: number): void => {
    const packet = emptyRtpPacket()
    assert.ok(readRtp(datagram, datagram.length, packet))
    receiver.take(datagram, packet, nowMs, false)
  }
  take(keyOf(1, 1, 3_000_000_000, 7), 1000)
  // The end is sent three times (RFC 4733 2.5.1.4).
  take(keyOf(1, 2, 3_000_000_000, 7), 1020)
  take(keyOf(2, 500, 2_000_000_000, 8), 1200)
  take(keyOf(2, 501, 2_000_000_000, 8), 1220)
  take(keyOf(3, 502, 2_000_001_280, 8), 1400)
  assert.deepEqual(heard, ['1', '2', '3'])
})
