// One worker's streams without its thread: a clock that is moved by hand, wires that keep what is sent.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { WebSocketServer } from 'ws'
import { emptyRtpPacket, readRtp, writeRtpHead, type RtpPacket } from '#protocols/rtp/rtp-packet.ts'
import type { AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import { handClock } from '#values/clock.ts'
import type { Clip, Collect, Play, StreamNews } from '../contract.ts'
import { MediaStream } from './media-stream.ts'
import { Room } from './room.ts'
import { Ticks } from './ticks.ts'
import type { Wire } from './wire.ts'

const agreed: AgreedMedia = {
  remoteHost: '127.0.0.1',
  remotePort: 9,
  rtcpMux: false,
  codec: { name: 'PCMU', payloadType: 0, clockRate: 8000, packetMs: 20 },
  eventPayloadType: 101,
  direction: 'sendrecv',
}

const tone = (ms: number): Clip => ({ kind: 'tones', parts: [{ hz: [440], ms }], repeat: false })
const playing = (clip: Clip, more: Partial<Play> = {}): Play => ({
  clips: [clip],
  times: 1,
  to: 'stream',
  stopOn: '',
  ...more,
})

class Party {
  readonly stream: MediaStream
  readonly news: StreamNews[] = []
  readonly sent: RtpPacket[] = []
  #sequence = 100
  #timestamp = 1000

  constructor(room: Room<MediaStream>, id: number) {
    this.stream = new MediaStream(id, room, (news) => this.news.push(news))
    const wire: Wire = {
      local: { host: '127.0.0.1', port: 4000 + id },
      source: undefined,
      connect: () => {},
      sendRtp: (buffer, bytes) => {
        const packet = emptyRtpPacket()
        assert.ok(readRtp(buffer.bytes, bytes, packet))
        this.sent.push(packet)
        buffer.sent()
      },
      sendRtcp() {},
      close: () => Promise.resolve(),
    }
    this.stream.opened(wire)
    room.streams.set(id, this.stream)
    this.stream.do({ do: 'connect', media: agreed })
    this.stream.connected()
  }

  /** A packet of 20 ms from its phone. */
  speak(): void {
    const packet = Buffer.alloc(172, this.#sequence % 2 === 0 ? 0x10 : 0x90)
    writeRtpHead(packet, 0, false, this.#sequence, this.#timestamp, 7)
    this.#next(160)
    this.stream.rtp(packet, packet.length)
  }

  key(event: number, timestamp: number, ticks: number): void {
    const packet = Buffer.alloc(16)
    writeRtpHead(packet, 101, false, this.#sequence, timestamp, 7)
    packet.set([event, 0x0a, ticks >> 8, ticks & 0xff], 12)
    this.#next(0)
    this.stream.rtp(packet, packet.length)
  }

  get now(): number {
    return this.#timestamp
  }

  #next(ticks: number): void {
    this.#sequence += 1
    this.#timestamp += ticks
  }

  told<T extends StreamNews['type']>(type: T): (StreamNews & { type: T })[] {
    return this.news.filter((news) => news.type === type) as (StreamNews & { type: T })[]
  }
}

function parties(count: number) {
  const clock = handClock()
  const faults: unknown[] = []
  const room = new Room<MediaStream>(clock, new Ticks(clock, (_, error) => faults.push(error)))
  const all = Array.from({ length: count }, (_, at) => new Party(room, at + 1))
  /** So long, with a packet of each of these every 20 ms. */
  const pass = (ms: number, ...speaking: Party[]): void => {
    for (let at = 0; at < ms; at += 20) {
      for (const one of speaking) one.speak()
      clock.advance(20)
    }
    assert.deepEqual(faults, [])
  }
  return { room, all, pass }
}

test('a key whose end is lost is over soon, also while packets are passed on', () => {
  const { all, pass } = parties(2)
  const [one, other] = all as [Party, Party]
  for (const { stream } of all) stream.do({ do: 'join', mix: { mix: 'm', muted: false } })
  pass(400, one, other)
  assert.ok(one.stream.relaysTo(other.stream))
  const at = one.now
  for (const ticks of [160, 320, 480]) one.key(5, at, ticks)
  pass(400, one, other)
  assert.deepEqual(
    one.told('digit').map(({ digit }) => digit),
    ['5'],
  )
  assert.ok(other.sent.some(({ payloadType }) => payloadType === 101))
})

test('digits that are being sent are all sent when the session is agreed anew meanwhile', () => {
  const { all, pass } = parties(1)
  const [one] = all as [Party]
  one.stream.do({ do: 'play', ask: 1, play: playing({ kind: 'digits', digits: '123' }) })
  pass(100)
  one.stream.do({ do: 'connect', media: agreed })
  pass(2000)
  const began = one.sent.filter(({ payloadType, marker }) => payloadType === 101 && marker)
  assert.equal(began.length, 3)
  assert.deepEqual(
    one.told('playEnded').map(({ how }) => how),
    ['over'],
  )
})

test('who closes is heard no more, though its recording is still being written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-stream-'))
  const { room, all, pass } = parties(3)
  const [one] = all as [Party]
  for (const { stream } of all) stream.do({ do: 'join', mix: { mix: 'm', muted: false } })
  const recording = {
    path: join(folder, 'one.ohr'),
    key: randomBytes(32).toString('base64'),
    channels: 'mixed',
    mostMs: 0,
    silenceMs: 0,
    firstSilenceMs: 0,
    finishOn: '',
    beep: false,
    trim: false,
  } as const
  one.stream.do({ do: 'record', ask: 1, recording })
  pass(200, one)
  const closed = one.stream.close('asked')
  assert.equal(room.mix('m').seats.size, 2)
  await closed
  assert.equal(one.news.at(-1)!.type, 'closed')
  rmSync(folder, { recursive: true })
})

test('what is played to a mix is over with the mix', () => {
  const { all, pass } = parties(1)
  const [one] = all as [Party]
  one.stream.do({ do: 'join', mix: { mix: 'm', muted: false } })
  one.stream.do({ do: 'play', ask: 1, play: playing(tone(2000), { to: 'mix', over: true }) })
  pass(100)
  one.stream.do({ do: 'leave' })
  assert.deepEqual(
    one.told('playEnded').map(({ how }) => how),
    ['stopped'],
  )
})

test('how long somebody may speak is counted from the end of the prompt on', async (t) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  t.after(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  await once(server, 'listening')
  let frames = 0
  const finished = new Promise<void>((resolve) => {
    server.on('connection', (socket) =>
      socket.on('message', (data, isBinary) => {
        if (isBinary) frames += 1
        else if (String(data).includes('finish')) {
          resolve()
          socket.close(1000)
        }
      }),
    )
  })
  const { all, pass } = parties(1)
  const [one] = all as [Party]
  const { port } = server.address() as AddressInfo
  const collect: Collect = {
    valid: '',
    most: 0,
    finishOn: '',
    firstMs: 60_000,
    betweenMs: 60_000,
    prompt: [tone(3000)],
    bargeIn: true,
    typeAhead: false,
    speech: {
      provider: 'p',
      url: `ws://127.0.0.1:${port}`,
      headers: {},
      language: 'en',
      hints: [],
      partials: false,
      silenceMs: 0,
      inAllMs: 1000,
    },
  }
  one.stream.do({ do: 'collect', ask: 1, collect })
  pass(4200)
  await finished
  assert.ok(frames >= 200, `${frames} frames`)
  await one.stream.close('asked')
})

test('what a phone sends while it is not listened to is not lost', async () => {
  const { all, pass } = parties(1)
  const [one] = all as [Party]
  pass(200, one)
  one.stream.do({ do: 'connect', media: { ...agreed, direction: 'sendonly' } })
  pass(2000, one)
  one.stream.do({ do: 'connect', media: agreed })
  pass(200, one)
  await one.stream.close('asked')
  const { figures } = one.told('closed')[0]!
  assert.equal(figures!.received.lost, 0)
})

test('who is held by one that may still send hears music, unless that one sends some', () => {
  const { room, all, pass } = parties(2)
  const [one, other] = all as [Party, Party]
  for (const { stream } of all) stream.do({ do: 'join', mix: { mix: 'm', muted: false } })
  pass(400, one, other)
  // RFC 3264 8.4: held by `sendonly`.
  other.stream.do({ do: 'connect', media: { ...agreed, direction: 'recvonly' } })
  room.setMusic('m', [tone(60_000)])
  pass(400, one)
  one.sent.length = 0
  pass(1000, one)
  assert.ok(one.sent.length >= 45, `${one.sent.length} packets of music`)
})
