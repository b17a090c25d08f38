import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { Refusal } from '#reasons/refusal.ts'
import { handClock, systemClock } from '#values/clock.ts'
import { needs } from '../../test/needs.ts'
import { samplesOf } from '../../test/sound.ts'
import { until } from '../../test/until.ts'
import { Clips } from './clips.ts'
import type { Listen } from './contract.ts'
import { SayEspeak } from './say-espeak.ts'
import { Say } from './say.ts'
import { SpeechPretend } from './speech-pretend.ts'
import { chooseListen } from './speech-provider.ts'
import { readSpeechAnswer } from './speech-wire.ts'
import { openListen, type Listening } from './speech.ts'

const children: ChildProcess[] = []
after(() => children.forEach((child) => child.kill()))

interface Told {
  readonly url?: string
  readonly connected?: string | null
  readonly message?: Record<string, unknown>
  readonly samples?: number
}

async function provider(script?: readonly (object | number)[]): Promise<{ url: string; told: Told[] }> {
  const program = join(import.meta.dirname, '../../test/fakes/speech-provider.ts')
  const child = spawn(process.execPath, [program, ...(script ? ['--script', JSON.stringify(script)] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const told: Told[] = []
  const lines = createInterface(child.stdout!)
  const first = once(lines, 'line') as Promise<[string]>
  lines.on('line', (line) => told.push(JSON.parse(line) as Told))
  return { url: (JSON.parse((await first)[0]) as { url: string }).url, told }
}

const listenAt = (url: string, more: Partial<Listen> = {}): Listen => ({
  provider: 'test',
  url,
  headers: { authorization: 'Bearer x' },
  language: 'en-US',
  hints: ['sales', 'support'],
  partials: true,
  silenceMs: 800,
  inAllMs: 10_000,
  ...more,
})

/** All that is told of one listening, to its end. */
async function heardBy(act: (listening: Listening) => void, listen: Listen, rateHz = 8000): Promise<unknown[]> {
  const news: unknown[] = []
  await new Promise<void>((resolve) => {
    const listening = openListen(listen, rateHz, {
      speech: () => news.push('speech'),
      result: ({ text, confidence, final }) => news.push([text, confidence, final]),
      ended(reason, detail) {
        news.push(reason === undefined ? 'ended' : [reason, detail])
        resolve()
      },
    })
    act(listening)
  })
  return news
}

/** Frames of 20 ms. */
function say(listening: Listening, samples: Int16Array, rateHz = 8000): void {
  const frame = rateHz / 50
  for (let at = 0; at < samples.length; at += frame) listening.write(samples.subarray(at, at + frame))
}

test('sound goes out and words come back', async () => {
  const script = [
    { type: 'speech' },
    { type: 'partial', text: 'sal', confidence: 0.4 },
    { type: 'final', text: 'sales', confidence: 0.9 },
  ]
  const { url, told } = await provider(script)
  const news = await heardBy((listening) => {
    const frame = new Int16Array(160)
    // The same frame again and again, changed at once: what was written is what counts.
    for (let at = 0; at < 60; at += 1) listening.write(frame.fill(at))
    listening.finish()
    listening.write(frame)
  }, listenAt(url))
  assert.deepEqual(news, ['speech', ['sal', 0.4, false], ['sales', 0.9, true], 'ended'])
  // What the provider heard it says on a way of its own.
  await until(() => told.length >= 4)
  assert.equal(told[1]?.connected, 'Bearer x')
  assert.deepEqual(told[2]?.message, {
    type: 'start',
    version: 1,
    encoding: 'pcm_s16le',
    rateHz: 8000,
    language: 'en-US',
    hints: ['sales', 'support'],
    partials: true,
    silenceMs: 800,
  })
  assert.deepEqual([told[3]?.message, told[3]?.samples], [{ type: 'finish' }, 60 * 160])
})

test('what goes wrong is told once, with its reason', async () => {
  const ends = async (script: (object | number)[]): Promise<unknown> => {
    const { url } = await provider(script)
    return (await heardBy((listening) => (say(listening, new Int16Array(8000)), listening.finish()), listenAt(url))).at(-1)
  }
  assert.deepEqual(await ends([{ type: 'error', error: 'rate_unsupported', message: 'x' }]), ['speech.band_too_narrow', 'x'])
  assert.deepEqual(await ends([{ type: 'error', error: 'who knows' }]), ['speech.failed', ''])
  assert.deepEqual(await ends([{ type: 'something' }]), ['speech.failed', 'an answer that is none'])
  assert.deepEqual(await ends([1011]), ['speech.failed', 'closed with 1011'])
  assert.deepEqual(await heardBy(() => {}, listenAt('ws://127.0.0.1:1/')), [['speech.unreachable', 'ECONNREFUSED']])
})

test('a provider that never answers is given up', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  server.on('upgrade', () => {})
  await once(server, 'listening')
  after(() => server.closeAllConnections())
  after(() => server.close())
  const clock = handClock()
  const ends: unknown[] = []
  const news = { speech() {}, result() {}, ended: (...end: unknown[]) => void ends.push(end) }
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
  openListen(listenAt(url), 8000, news, clock)
  clock.advance(5_000)
  assert.deepEqual(ends, [['speech.unreachable', 'no connection in time']])
  // One that is closed by whoever asked tells nothing any more.
  openListen(listenAt(url), 8000, news, clock).close()
  clock.advance(60_000)
  assert.equal(ends.length, 1)
  const full = openListen(listenAt(url), 8000, news, clock)
  for (let second = 0; second < 11; second += 1) full.write(new Int16Array(8000))
  assert.equal(ends.length, 2)
})

test('real words are recognised in wideband, and refused in the telephone band', { timeout: 300_000 }, async () => {
  needs('pocketsphinx_continuous', 'pocketsphinx pocketsphinx-en-us')
  const dir = await mkdtemp(join(tmpdir(), 'offhook-speech-'))
  const fetch = () => assert.fail('nothing is fetched')
  const clips = new Clips({
    clock: systemClock,
    dir,
    mostBytes: 10_000_000,
    fetch,
    reasonOfFailure: fetch,
    reasonOfStatus: fetch,
  })
  await clips.start()
  const voice = new Say({ clips, providers: [new SayEspeak(systemClock)], usual: 'espeak' })
  after(async () => {
    voice.stop()
    await clips.stop()
    await rm(dir, { recursive: true, force: true })
  })
  const { url } = await provider()
  const spoken = await voice.say({ text: 'support', language: 'en-US' })
  const samples = await samplesOf(spoken!.clip.path)
  const act = (listening: Listening): void => {
    say(listening, new Int16Array(8000), 16_000)
    say(listening, samples, 16_000)
    say(listening, new Int16Array(8000), 16_000)
    listening.finish()
  }
  assert.deepEqual(await heardBy(act, listenAt(url), 16_000), ['speech', ['support', 0.7, true], 'ended'])
  assert.deepEqual(await heardBy(act, listenAt(url), 8000), [['speech.band_too_narrow', '8000 en-US']])
  assert.deepEqual(await heardBy(act, listenAt(url, { language: 'de' }), 16_000), [['speech.language_invalid', '16000 de']])
})

test('the pretend network recognises what its phones said, when its sound is over', async () => {
  const pretend = new SpeechPretend()
  await pretend.start()
  after(() => pretend.stop())
  pretend.said('phone 1', 'I want sales')
  pretend.said('phone 1', 'yes')
  pretend.said('phone 2', 'no')
  const sound = new Int16Array(8000).fill(5000)
  const quiet = new Int16Array(8000)
  const act = (listening: Listening): void => {
    say(listening, quiet)
    say(listening, sound)
    say(listening, quiet)
    say(listening, sound)
    listening.finish()
  }
  const news = await heardBy(act, listenAt(pretend.urlOf('phone 1')))
  assert.deepEqual(news, ['speech', ['I', 0.5, false], ['I want sales', 1, true], 'speech', ['yes', 1, true], 'ended'])
  pretend.forget('phone 2')
  assert.deepEqual(await heardBy(act, listenAt(pretend.urlOf('phone 2'))), ['speech', 'ended'])
  const stranger = pretend.urlOf('phone 1').replace(/\/[0-9a-f]{32}\//, '/guess/')
  assert.deepEqual(await heardBy(() => {}, listenAt(stranger)), [['speech.failed', 'closed with 4001']])
})

test('who listens is chosen by what is configured', () => {
  const one = { name: 'one', url: 'wss://one.example/', headers: {}, languages: ['en', 'de-AT'] }
  const wish = { language: 'en-AU', hints: ['x'], partials: false, silenceMs: 1000, inAllMs: 5000 }
  const settings = { usual: 'one', providers: [one] }
  assert.equal(chooseListen(settings, wish).url, one.url)
  const refused = (reason: string) => (error: unknown) => error instanceof Refusal && error.reason === reason
  assert.throws(() => chooseListen({ usual: 'one', providers: [] }, wish), refused('speech.no_provider'))
  assert.throws(() => chooseListen(settings, { ...wish, provider: 'two' }), refused('speech.provider_unknown'))
  assert.throws(() => chooseListen(settings, { ...wish, language: 'de-DE' }), refused('speech.language_invalid'))
})

test('an answer is read strictly', () => {
  assert.deepEqual(readSpeechAnswer('{"type":"final","text":"a","confidence":7}'), { type: 'final', text: 'a', confidence: 0 })
  for (const text of ['', '[]', 'null', '{"type":"final"}', '{"type":"partial","text":1}', '{"type":"x"}'])
    assert.equal(readSpeechAnswer(text), undefined, text)
})
