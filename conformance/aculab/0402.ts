import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

/** Half a second of silence: PCM of 16 bits. */
function wav(channels: number, rate: number): Uint8Array {
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

export const scenario: Scenario = {
  system: 'aculab',
  code: '0402',
  title: 'Write a sound in stereo at 44.1 kHz',
  async run(world) {
    const write = (body: Uint8Array) =>
      ask(world, 'POST', '/file_write?filetype=media&filename=hello.wav', { body, headers: { 'content-type': 'audio/wav' } })
    const good = await write(wav(1, 8000))
    assert.equal(good.status, 200, good.text)
    const listed = await ask(world, 'GET', '/file_list?filetype=media&filename=hello.wav')
    assert.deepEqual(Object.keys(listed.json), ['hello.wav'])
    const answer = await write(wav(2, 44_100))
    refused(answer, { code: '0402', status: 415, reason: 'file.format_unsupported', text: /44100/, url: '/file_write' })
  },
}
