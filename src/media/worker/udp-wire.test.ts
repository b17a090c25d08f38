import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import { systemClock } from '#values/clock.ts'
import { claimPorts } from '../../../test/ports.ts'
import type { OpenStream } from '../contract.ts'
import { openUdpWire } from './udp-wire.ts'

test('a description that names the last port has none for RTCP above it: nothing is sent there, and nothing thrown', async () => {
  const ports = await claimPorts(2)
  after(() => ports.release())
  const wish = { bindHost: '127.0.0.1', advertisedHost: '127.0.0.1', transport: 'rtp' } as OpenStream
  const news = { connected() {}, rtp() {}, rtcp() {}, failed() {} }
  const wire = await openUdpWire(wish, ports.from, systemClock, news)
  after(() => wire.close())
  wire.connect({ remoteHost: '127.0.0.1', remotePort: 65_535, rtcpMux: false } as AgreedMedia)
  assert.doesNotThrow(() => wire.sendRtcp(Buffer.alloc(20)))
})
