// The thread of one media worker: takes deeds from the main thread, gives each stream its turns, sends news back once a turn.

import { constants, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { systemClock } from '#values/clock.ts'
import type { OpenStream, StreamNews } from '../contract.ts'
import { MediaStream } from './media-stream.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { Room } from './room.ts'
import { Ticks, type Ticking } from './ticks.ts'
import { openUdpWire } from './udp-wire.ts'
import { PortTaken, type Wire, type WireNews } from './wire.ts'

const port = parentPort!
const clock = systemClock
const loadMs = 1_000

let outbox: FromWorker[] = []

function flush(): void {
  const messages = outbox
  outbox = []
  if (messages.length > 0) port.postMessage(messages satisfies readonly FromWorker[])
}

function post(message: FromWorker): void {
  outbox.push(message)
  if (outbox.length === 1) setImmediate(flush)
}

function tell(stream: number, news: StreamNews): void {
  post({ stream, news })
}

const ticks = new Ticks(clock, ticked)
const room = new Room<MediaStream>(clock, ticks)

function ticked(one: Ticking, error: unknown): void {
  post({ fault: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  if (one instanceof MediaStream) void one.close('transport_failed')
  else ticks.remove(one)
}

/** What browsers need is large, and loaded when the first one comes. */
async function openWire(wish: OpenStream, portNumber: number, news: WireNews): Promise<Wire> {
  if (wish.transport !== 'webrtc') return openUdpWire(wish, portNumber, clock, news)
  const { openWebrtcWire } = await import('./webrtc-wire.ts')
  return openWebrtcWire(wish, portNumber, clock, news)
}

async function open(id: number, portNumber: number, wish: OpenStream): Promise<void> {
  const stream = new MediaStream(id, room, (news) => tell(id, news))
  try {
    const wire = await openWire(wish, portNumber, stream)
    room.streams.set(id, stream)
    post({ opened: id, local: stream.opened(wire) })
  } catch (error) {
    post({ notOpened: id, taken: error instanceof PortTaken, detail: String(error) })
  }
}

async function stop(): Promise<void> {
  await Promise.all([...room.streams.values()].map((stream) => stream.close('asked')))
  flush()
  port.close()
}

// On Linux this is this thread's alone: sound that is late is no sound, all else can wait. Allowed to root, or by LimitNICE.
try {
  setPriority(constants.priority.PRIORITY_HIGH)
} catch {
  // Then it runs as the rest does.
}

// A promise that nobody waits for, in a library, must not end all calls.
process.on('unhandledRejection', (error) => post({ fault: String(error) }))

function take(message: ToWorker): void {
  if ('stop' in message) void stop()
  else if ('mix' in message) room.setMusic(message.mix, message.music)
  else if (message.deed.do === 'open') void open(message.stream, message.deed.port, message.deed.wish)
  else room.streams.get(message.stream)?.do(message.deed)
}

port.on('message', (messages: readonly ToWorker[]) => {
  for (const message of messages) {
    try {
      take(message)
    } catch (error) {
      post({ fault: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  }
})

let beforeMs = clock.elapsedMs()
let before = process.threadCpuUsage()
clock.every(loadMs, () => {
  const nowMs = clock.elapsedMs()
  const now = process.threadCpuUsage()
  const busy = (now.user + now.system - before.user - before.system) / 1000 / (nowMs - beforeMs)
  before = now
  beforeMs = nowMs
  post({ load: { streams: room.streams.size, busy, lateP99Ms: ticks.takeLateP99Ms() } })
})
post({ ready: true })
