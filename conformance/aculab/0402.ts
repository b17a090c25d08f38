import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { wav } from './sound.ts'

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
