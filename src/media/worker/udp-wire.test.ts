import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { after, test } from 'node:test'
import type { AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import { systemClock } from '#values/clock.ts'
import { claimPorts } from '../../../test/ports.ts'
import type { OpenStream } from '../contract.ts'
import { openUdpWire } from './udp-wire.ts'
import type { WireNews } from './wire.ts'

const silent: WireNews = { connected() {}, rtp() {}, rtcp() {}, failed() {}, left() {} }

/** Its RTCP is at the port above. */
async function openWire(news: Partial<WireNews> = {}) {
  const ports = await claimPorts(2)
  after(() => ports.release())
  const wish = { bindHost: '127.0.0.1', advertisedHost: '127.0.0.1', transport: 'rtp' } as OpenStream
  const wire = await openUdpWire(wish, ports.from, systemClock, { ...silent, ...news })
  after(() => wire.close())
  return { wire, port: ports.from }
}

async function openSocket() {
  const socket = createSocket('udp4')
  after(() => socket.close())
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

test('a description that names the last port has none for RTCP above it: nothing is sent there, and nothing thrown', async () => {
  const { wire } = await openWire()
  wire.connect({ remoteHost: '127.0.0.1', remotePort: 65_535, rtcpMux: false } as AgreedMedia)
  assert.doesNotThrow(() => wire.sendRtcp(Buffer.alloc(20)))
})

test('datagrams that are too short for RTP and RTCP, be they empty, are dropped, and those after them heard', async () => {
  const other = await openSocket()
  const heard: string[] = []
  const { promise: both, resolve } = Promise.withResolvers<void>()
  const hear = (kind: string): void => {
    heard.push(kind)
    if (heard.length === 2) resolve()
  }
  const { wire, port } = await openWire({ rtp: () => hear('rtp'), rtcp: () => hear('rtcp') })
  wire.connect({ remoteHost: '127.0.0.1', remotePort: other.address().port, rtcpMux: true } as AgreedMedia)
  const rtp = Buffer.alloc(12)
  rtp[0] = 0x80
  const rtcp = Buffer.alloc(8)
  rtcp.set([0x80, 201, 0, 1])
  for (const at of [port, port + 1]) {
    for (const whole of [rtp, rtcp])
      for (let bytes = 0; bytes < whole.length; bytes += 1) other.send(whole.subarray(0, bytes), at, '127.0.0.1')
  }
  other.send(rtp, port, '127.0.0.1')
  other.send(rtcp, port, '127.0.0.1')
  await both
  assert.deepEqual(heard, ['rtp', 'rtcp'])
})

test('keys that came before the word of whom they come from are heard, sound of that time is not', async () => {
  const other = await openSocket()
  const heard: string[] = []
  const { promise: last, resolve } = Promise.withResolvers<void>()
  const rtp = (datagram: Uint8Array): void => {
    heard.push(`${datagram[1]! & 127} ${datagram[3]}`)
    if (datagram[3] === 9) resolve()
  }
  const { wire, port } = await openWire({ connected: () => heard.push('connected'), rtp })
  const send = (payloadType: number, sequence: number): Promise<void> => {
    const packet = Buffer.alloc(16)
    packet.set([0x80, payloadType, 0, sequence])
    return new Promise((sent) => other.send(packet, port, '127.0.0.1', () => sent()))
  }
  for (const [payloadType, sequence] of [
    [101, 1],
    [0, 2],
    [101, 3],
  ] as const)
    await send(payloadType, sequence)
  // All that was sent is read in one turn of the loop, and one may have begun already.
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  wire.connect({
    remoteHost: '127.0.0.1',
    remotePort: other.address().port,
    rtcpMux: true,
    eventPayloadType: 101,
  } as unknown as AgreedMedia)
  await send(0, 9)
  await last
  assert.deepEqual(heard, ['connected', '101 1', '101 3', '0 9'])
})
