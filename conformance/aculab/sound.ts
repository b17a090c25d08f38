// What the scenarios about sound files share: files that are such, and writing one.

import type { Answer, World } from '../scenario.ts'
import { ask } from './client.ts'

/** Half a second of silence: PCM of 16 bits. */
export function wav(channels: number, rate: number): Uint8Array {
  const sound = Buffer.alloc(rate * channels)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + sound.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * channels * 2, 28)
  head.writeUInt16LE(channels * 2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(sound.length, 40)
  return Buffer.concat([head, sound])
}

/** A greeting that calls can be played, kept for so long. */
export const writeFor = (world: World, ttl: string): Promise<Answer> =>
  ask(world, 'POST', `/file_write?filetype=media&filename=greeting.wav&ttl=${ttl}`, {
    body: wav(1, 8000),
    headers: { 'content-type': 'audio/wav' },
  })
