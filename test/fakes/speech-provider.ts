// A recognition provider as a program: docs/recipes/speech-provider.md in a page. `--script '[...]'` answers with these messages, one
// at each half second of sound and the rest at the end (a number closes with that code); without it pocketsphinx hears the words of
// the hints, in wideband sound only. Tells its address on stdout as JSON and each message it is given, sound as the count of samples.

import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { WebSocketServer, type WebSocket } from 'ws'
import { recognise } from './pocketsphinx.ts'

// In order, so that nothing of it stays behind.
process.once('SIGTERM', () => process.exit())

interface Start {
  readonly rateHz: number
  readonly language: string
  readonly hints: readonly string[]
  readonly silenceMs: number
}

const { values } = parseArgs({ options: { script: { type: 'string' }, port: { type: 'string', default: '0' } } })
const tell = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`)

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(values.port) })
server.on('listening', () => tell({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` }))
server.on('connection', (socket, request) => {
  tell({ connected: request.headers.authorization ?? null })
  const listener =
    values.script === undefined ? hearing(socket) : scripted(socket, JSON.parse(values.script) as (object | number)[])
  let samples = 0
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      samples += data.length / 2
      listener.sound(data, samples)
      return
    }
    const message = JSON.parse(String(data)) as { type: string } & Start
    tell({ message, samples })
    if (message.type === 'start') listener.start(message)
    else listener.finish()
  })
})

interface Listener {
  start(start: Start): void
  sound(bytes: Buffer, samples: number): void
  finish(): void
}

function scripted(socket: WebSocket, script: (object | number)[]): Listener {
  let rateHz = 8000
  let halves = 0
  const next = (): void => {
    const step = script.shift()
    if (typeof step === 'number') socket.close(step)
    else if (step) socket.send(JSON.stringify(step))
  }
  return {
    start: (start) => (rateHz = start.rateHz),
    sound(_, samples) {
      while (halves < Math.floor((samples / rateHz) * 2)) {
        halves += 1
        next()
      }
    },
    finish() {
      while (script.length > 0) next()
      socket.close(1000)
    },
  }
}

function hearing(socket: WebSocket): Listener {
  const pieces: Buffer[] = []
  let start: Start | undefined
  const refuse = (error: string): void => {
    socket.send(JSON.stringify({ type: 'error', error, message: `${start?.rateHz} ${start?.language}` }))
    socket.close(1000)
  }
  return {
    start(asked) {
      start = asked
      if (asked.rateHz < 16_000) refuse('rate_unsupported')
      else if (!/^en\b/i.test(asked.language)) refuse('language_unsupported')
    },
    sound: (bytes) => void pieces.push(bytes),
    finish() {
      const all = Buffer.concat(pieces)
      const samples = new Int16Array(all.buffer.slice(all.byteOffset, all.byteOffset + all.length))
      void recognise(samples, start?.hints ?? []).then((text) => {
        if (text !== '') socket.send(JSON.stringify({ type: 'final', text, confidence: 0.7 }))
        socket.close(1000)
      })
    },
  }
}
