import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { saySettings, speechSettings } from '#media/provider-list.ts'
import { wavHeader } from '#media/wav-header.ts'
import { Refusal } from '#reasons/refusal.ts'
import { systemClock } from '#values/clock.ts'
import { Sound } from './sound.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'offhook-sound-'))
const noFetch = () => assert.fail('nothing is fetched')
const [say, speech] = [saySettings('off'), speechSettings('off')]
const sound = new Sound({ clock: systemClock, dataDir, clipsBytes: 1e6, fetch: noFetch, fetchOwn: noFetch, say, speech })
await sound.start()
after(async () => {
  await sound.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const wav = Buffer.concat([wavHeader({ channels: 1, rateHz: 8000 }, 1600), Buffer.alloc(1600, 3)])
const listener = {
  loopback: false,
  country: 'GB',
  file: async (name: string) => (name === 'hello.wav' ? { bytes: wav, mediaType: 'audio/wav' } : undefined),
}
const refusedAs = (reason: string) => (error: unknown) => error instanceof Refusal && error.reason === reason

test('what a verb names becomes what a worker plays, in order', async () => {
  const clips = await sound.playable(
    [
      { kind: 'silence', ms: 5 },
      { kind: 'file', name: 'hello.wav' },
      { kind: 'tone', tone: 'busy' },
      { kind: 'tone', tone: 'busy', country: 'US' },
      { kind: 'digits', digits: '1' },
    ],
    listener,
  )
  assert.deepEqual(
    clips.map(({ kind }) => kind),
    ['silence', 'pcm', 'tones', 'tones', 'digits'],
  )
  assert.notDeepEqual(clips[2], clips[3])
})

test('what cannot be had is refused', async () => {
  await assert.rejects(sound.playable([{ kind: 'file', name: 'other' }], listener), refusedAs('file.not_found'))
  await assert.rejects(sound.playable([{ kind: 'say', text: 'x', language: 'en' }], listener), refusedAs('tts.no_provider'))
  await assert.rejects(sound.playable([{ kind: 'url', url: '' }], listener), refusedAs('play.url_invalid'))
})

test('nobody understands speech but the pretend network its own phones', () => {
  const wish = { language: 'en', hints: [], partials: false, silenceMs: 0, inAllMs: 5000 }
  assert.throws(() => sound.listen(wish), refusedAs('speech.no_provider'))
  assert.equal(sound.listen(wish, 'call 7').url, sound.pretend.urlOf('call 7'))
})

test('a pretend phone is heard even where nobody speaks', async () => {
  const [clip] = await sound.speak('sales please')
  assert.equal(clip?.kind, 'tones')
})
