// Sends requests at a fixed rate over 64 connections, whether or not answers come, and prints the percentiles of the time
// from when each was due to its answer. Bare sockets, since a whole HTTP client on this core would be slower than what it
// measures. Run by load.ts, pinned to a core of its own.

import { connect, type Socket } from 'node:net'
import { systemClock } from '#values/clock.ts'
import { connections, type Request } from './load.ts'

const { url, request, perSecond, seconds } = JSON.parse(process.argv[2]!) as {
  url: string
  request: Request
  perSecond: number
  seconds: number
}
const { hostname, port, host } = new URL(url)
const word = `s${process.pid}x`
const warmUpMs = 1000

const fixedHeaders = Object.entries({ host, ...request.headers })
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')

function bytesOf(n: number): string {
  const unique = word + n
  const head = `${request.method} ${request.path.replace('UNIQUE', unique)} HTTP/1.1\r\n${fixedHeaders}`
  if (request.body === undefined) return `${head}\r\n`
  const body = request.body.replaceAll('UNIQUE', unique)
  return `${head}idempotency-key: ${unique}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

const times: number[] = []
const free: Connection[] = []
/** When each that waits for a connection was due. */
const waiting: number[] = []
let waited = 0
let sent = 0
let answered = 0
let startMs = 0
const total = Math.round((perSecond * (seconds * 1000 + warmUpMs)) / 1000)

class Connection {
  readonly #socket: Socket
  #dueMs = 0
  #text = ''

  constructor(ready: () => void) {
    this.#socket = connect(Number(port), hostname, ready).setNoDelay().setEncoding('latin1')
    this.#socket.on('data', (chunk: unknown) => this.#take(chunk as string))
    this.#socket.on('error', (cause) => {
      throw cause
    })
  }

  send(dueMs: number): void {
    this.#dueMs = dueMs
    this.#socket.write(bytesOf(sent))
    sent += 1
  }

  /** One answer at a time is under way, with the length of its body told. */
  #take(chunk: string): void {
    this.#text += chunk
    const end = this.#text.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = Number(/\ncontent-length: (\d+)/i.exec(this.#text)?.[1] ?? 0)
    if (this.#text.length < end + 4 + length) return
    if (this.#text.charCodeAt(9) > 0x33) throw new Error(`answered ${this.#text}`)
    this.#text = ''
    answered += 1
    if (this.#dueMs - startMs > warmUpMs) times.push(systemClock.elapsedMs() - this.#dueMs)
    if (waited < waiting.length) this.send(waiting[waited++]!)
    else free.push(this)
  }

  close(): void {
    this.#socket.destroy()
  }
}

const all: Connection[] = []
await Promise.all(Array.from({ length: connections }, () => new Promise<void>((resolve) => all.push(new Connection(resolve)))))
free.push(...all)
startMs = systemClock.elapsedMs()

// oxlint-disable-next-line no-unmodified-loop-condition -- answers raise it while the loop awaits
for (let due = 0; answered < total;) {
  const until = Math.min(total, Math.floor(((systemClock.elapsedMs() - startMs) * perSecond) / 1000))
  for (; due < until; due += 1) {
    const dueMs = startMs + (due * 1000) / perSecond
    const connection = free.pop()
    if (connection) connection.send(dueMs)
    else waiting.push(dueMs)
  }
  await systemClock.sleep(1)
}
const tookMs = systemClock.elapsedMs() - startMs
for (const connection of all) connection.close()
const sorted = times.toSorted((a, b) => a - b)
const at = (share: number) => sorted[Math.floor(sorted.length * share)]
console.log(JSON.stringify({ p50Ms: at(0.5), p99Ms: at(0.99), perSecond: (total * 1000) / tookMs }))
