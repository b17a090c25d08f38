// The sound of a call whose signalling another program does, as sipp: a UDP socket that hears G.711 mu-law and, once it was sent something,
// sends a tone back to there. RFC 3550, RFC 3551.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { G711 } from '../../src/protocols/rtp/g711.ts'

export interface SoundSocket {
  readonly port: number
  /** What came so far, at 8 kHz, packet after packet. */
  heard(): Int16Array
  /** Resolves once so much has come. */
  until(samples: number): Promise<void>
  close(): void
}

const pcmu = 0

export async function soundSocket(toneHz: number): Promise<SoundSocket> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const codec = new G711('PCMU')
  const parts: Int16Array[] = []
  const waiting = new Set<() => void>()
  let samples = 0
  let timer: NodeJS.Timeout | undefined
  const speakTo = (port: number, address: string): void => {
    let sequence = 0
    timer = setInterval(() => {
      const frame = new Int16Array(160)
      for (let at = 0; at < 160; at += 1) frame[at] = 8000 * Math.sin((2 * Math.PI * toneHz * (sequence * 160 + at)) / 8000)
      const packet = Buffer.alloc(172)
      packet[0] = 0x80
      packet[1] = sequence === 0 ? 0x80 : 0
      packet.writeUInt16BE(sequence & 0xffff, 2)
      packet.writeUInt32BE(sequence * 160, 4)
      packet.writeUInt32BE(0x0ff0000c, 8)
      codec.encode(frame, 160, packet, 12)
      socket.send(packet, port, address)
      sequence += 1
    }, 20)
  }
  socket.on('message', (packet, { port, address }) => {
    if (packet.length <= 12 || (packet[1]! & 0x7f) !== pcmu) return
    if (!timer) speakTo(port, address)
    const sound = new Int16Array(packet.length - 12)
    codec.decode(packet, 12, sound.length, sound)
    parts.push(sound)
    samples += sound.length
    for (const look of waiting) look()
  })
  return {
    port: socket.address().port,
    heard() {
      const all = new Int16Array(samples)
      let at = 0
      for (const part of parts) {
        all.set(part, at)
        at += part.length
      }
      return all
    },
    until: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (samples < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    close() {
      clearInterval(timer)
      socket.close()
    },
  }
}
