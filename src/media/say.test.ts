import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Outgoing } from '#protocols/http/outgoing.ts'
import { Refusal } from '#reasons/refusal.ts'
import { systemClock } from '#values/clock.ts'
import { reasonOfFailure, reasonOfStatus } from '#webhooks/failure-reason.ts'
import { recognise } from '../../test/fakes/pocketsphinx.ts'
import { loudness, samplesOf } from '../../test/sound.ts'
import { until } from '../../test/until.ts'
import { Clips } from './clips.ts'
import { SayEspeak, voiceFor } from './say-espeak.ts'
import { SayHttp, type HttpSaySettings } from './say-http.ts'
import { asMarkup, safeMarkup, spokenText } from './say-markup.ts'
import { SayProcess } from './say-process.ts'
import { FrameReader, frameOf } from './say-wire.ts'
import { Say } from './say.ts'
import { wavHeader } from './wav-header.ts'

const root = await mkdtemp(join(tmpdir(), 'offhook-say-'))
const outgoing = new Outgoing({ clock: systemClock, userAgent: 'test', allow: [] })
const speaking = new SayProcess(systemClock)
const espeak = new SayEspeak(systemClock, speaking)
const all: Clips[] = []
after(async () => {
  espeak.stop()
  await Promise.all(all.map((clips) => clips.stop()))
  await outgoing.close()
  await rm(root, { recursive: true, force: true, maxRetries: 5 })
})

let folders = 0
async function clipsIn(): Promise<Clips> {
  const dir = join(root, String((folders += 1)))
  const clips = new Clips({
    clock: systemClock,
    dir,
    mostBytes: 10_000_000,
    fetch: outgoing.fetch,
    reasonOfFailure,
    reasonOfStatus,
  })
  all.push(clips)
  await clips.start()
  return clips
}

const refusedAs =
  (reason: string) =>
  (error: unknown): boolean =>
    error instanceof Refusal && error.reason === reason

const withEspeak = { timeout: 300_000 }

test('espeak speaks, once for each text', withEspeak, async () => {
  const say = new Say({ clips: await clipsIn(), providers: [espeak], usual: 'espeak' })
  const hello = await say.say({ text: 'Hello, you have three new messages.', language: 'en-US' })
  assert.ok(hello && hello.durationMs > 1500 && hello.durationMs < 5000, `${hello?.durationMs} ms`)
  assert.equal(hello.clip.rateHz, 16_000)
  assert.ok(loudness(await samplesOf(hello.clip.path)) > 0.03)
  const [again, slow, woman] = await Promise.all([
    say.say({ text: ' Hello, you have three new messages. ', language: 'en-us' }),
    say.say({ text: 'Hello, you have three new messages.', language: 'en-US', speed: 0.5 }),
    say.say({ text: 'Hello, you have three new messages.', language: 'en-US', voice: 'female' }),
  ])
  assert.deepEqual(again, hello)
  assert.ok(slow!.durationMs > hello.durationMs * 1.5)
  assert.notEqual(woman!.clip.path, hello.clip.path)
})

test('what it does not offer is refused', withEspeak, async () => {
  const say = new Say({ clips: await clipsIn(), providers: [espeak], usual: 'espeak' })
  await assert.rejects(say.say({ text: 'x', language: 'xx-XX' }), refusedAs('tts.language_invalid'))
  await assert.rejects(say.say({ text: 'x', language: 'en', voice: 'nobody' }), refusedAs('tts.voice_invalid'))
  await assert.rejects(say.say({ text: 'x', language: 'en', provider: 'other' }), refusedAs('tts.provider_unknown'))
  await assert.rejects(say.say({ text: 'x'.repeat(4001), language: 'en' }), refusedAs('tts.text_too_long'))
  assert.equal(await say.say({ text: ' \n', language: 'en' }), undefined)
})

test('angle brackets are read out, markup is obeyed when it is said to be markup', withEspeak, async () => {
  const say = new Say({ clips: await clipsIn(), providers: [espeak], usual: 'espeak' })
  const paused = { text: 'one <break time="2s"/> two', language: 'en' }
  const [plain, markup] = await Promise.all([say.say(paused), say.say({ ...paused, isMarkup: true })])
  assert.ok(plain!.durationMs > 2000)
  const samples = await samplesOf(markup!.clip.path)
  // A second and a half of silence in the middle.
  const quiet = Array.from(
    { length: samples.length / 1600 },
    (_, at) => loudness(samples.subarray(at * 1600, (at + 1) * 1600)) < 0.002,
  )
  assert.ok(quiet.filter(Boolean).length >= 15)
})

test('the speaking process is killed, and the next text is spoken by another', withEspeak, async (t) => {
  const say = new Say({ clips: await clipsIn(), providers: [espeak], usual: 'espeak' })
  await say.say({ text: 'before', language: 'en' })
  const { pid } = speaking
  // It is killed while the first of them is under way: neither before that is asked nor when it is spoken.
  process.kill(pid!, 'SIGSTOP')
  const asked = t.mock.method(speaking, 'speak')
  const long = say.say({ text: 'under way', language: 'en' })
  await until(() => asked.mock.callCount() === 1)
  const short = say.say({ text: 'after', language: 'en' })
  await until(() => asked.mock.callCount() === 2)
  process.kill(pid!, 'SIGKILL')
  await assert.rejects(long, refusedAs('tts.failed'))
  assert.ok((await short)!.durationMs > 100)
  assert.notEqual(speaking.pid, pid)
})

const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'nine']

test('what is spoken is understood', withEspeak, async () => {
  const say = new Say({ clips: await clipsIn(), providers: [espeak], usual: 'espeak' })
  const heard: string[] = []
  for (const word of words) {
    const spoken = await say.say({ text: word, language: 'en-US' })
    const quiet = new Int16Array(8000)
    const samples = await samplesOf(spoken!.clip.path)
    const framed = new Int16Array(samples.length + 2 * quiet.length)
    framed.set(samples, quiet.length)
    heard.push(await recognise(framed, words))
  }
  const right = words.filter((word, at) => heard[at] === word)
  // A spoken machine voice heard by another machine: most, not all.
  assert.ok(right.length >= 6, `${heard.join(', ')}`)
})

test('nothing is installed, nothing is configured', async () => {
  const clips = await clipsIn()
  await assert.rejects(
    new Say({ clips, providers: [], usual: 'espeak' }).say({ text: 'x', language: 'en' }),
    refusedAs('tts.no_provider'),
  )
})

async function providerAt(
  answer: (body: string, response: ServerResponse, request: IncomingMessage) => void,
  more?: Partial<HttpSaySettings>,
) {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    answer(body, response, request)
  }).listen(0, '127.0.0.1')
  after(() => server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/speak`
  return new SayHttp({ name: 'ours', url, headers: { authorization: 'Bearer x' }, ...more }, outgoing.fetch)
}

test('a provider over HTTP is asked once for each text', async () => {
  const asked: unknown[] = []
  const samples = Buffer.alloc(16_000, 5)
  const provider = await providerAt((body, response, request) => {
    asked.push([request.headers.authorization, JSON.parse(body)])
    response
      .writeHead(200, { 'content-type': 'audio/wav' })
      .end(Buffer.concat([wavHeader({ channels: 1, rateHz: 8000 }, samples.length), samples]))
  })
  const say = new Say({ clips: await clipsIn(), providers: [provider], usual: 'ours' })
  const wish = { text: 'Guten Tag', language: 'de-DE', voice: 'Anna', speed: 9 }
  const [first, second] = await Promise.all([say.say(wish), say.say(wish)])
  assert.equal(first!.durationMs, 1000)
  assert.deepEqual([second, await say.say(wish)], [first, first])
  assert.deepEqual(asked, [['Bearer x', { text: 'Guten Tag', ssml: false, language: 'de-DE', voice: 'Anna', speed: 3 }]])
})

test('what a provider over HTTP refuses has its reason', async () => {
  let status = 422
  let answer: string | Buffer = ''
  const provider = await providerAt((_, response) => response.writeHead(status).end(answer), { languages: ['en', 'xh'] })
  const say = new Say({ clips: await clipsIn(), providers: [provider], usual: 'ours' })
  const refused = async (wish: { language: string; voice?: string }, reason: string): Promise<void> =>
    assert.rejects(say.say({ text: 'x', ...wish }), refusedAs(reason))
  await refused({ language: 'de' }, 'tts.language_invalid')
  answer = '{"error":"language_unsupported"}'
  await refused({ language: 'en-AU' }, 'tts.language_invalid')
  answer = '{"error":"voice_unknown"}'
  await refused({ language: 'en', voice: 'x' }, 'tts.voice_invalid')
  answer = '<html>'
  await refused({ language: 'en' }, 'tts.failed')
  status = 200
  await refused({ language: 'en' }, 'tts.failed')
  const gone = new SayHttp({ name: 'ours', url: 'http://127.0.0.1:1/', headers: {} }, outgoing.fetch)
  await assert.rejects(
    new Say({ clips: all[0]!, providers: [gone], usual: 'ours' }).say({ text: 'x', language: 'en' }),
    refusedAs('tts.failed'),
  )
})

test('markup is narrowed to what may be heard', () => {
  assert.equal(asMarkup('a < b & c'), 'a &lt; b &amp; c')
  assert.equal(
    safeMarkup('<?xml version="1.0"?><speak>a<audio src="file:///x">b</audio><break time="1s"/><!-- c --></speak>'),
    ' <speak>a b <break time="1s"/> </speak>',
  )
  assert.equal(spokenText('<speak><break/></speak>', true), '')
  assert.equal(spokenText('<b>', false), '<b>')
})

test('the voice nearest to a language', () => {
  const voices = [
    {
      identifier: 'gmw/en',
      languages: [
        { name: 'en-gb', priority: 2 },
        { name: 'en', priority: 2 },
      ],
    },
    {
      identifier: 'gmw/en-US',
      languages: [
        { name: 'en-us', priority: 2 },
        { name: 'en', priority: 3 },
      ],
    },
    {
      identifier: 'sit/yue',
      languages: [
        { name: 'yue', priority: 5 },
        { name: 'zh', priority: 8 },
      ],
    },
    {
      identifier: 'sit/cmn',
      languages: [
        { name: 'cmn', priority: 5 },
        { name: 'zh', priority: 5 },
      ],
    },
  ]
  const found = ['en', 'en-US', 'EN_gb', 'en-AU', 'zh-CN', 'zh-HK', 'de'].map((tag) => voiceFor({ voices, variants: [] }, tag))
  assert.deepEqual(found, ['gmw/en', 'gmw/en-US', 'gmw/en', 'gmw/en', 'sit/cmn', 'sit/yue', undefined])
})

test('frames come whole, however they were cut', () => {
  const bytes = Buffer.concat([
    frameOf({ type: 'failed', id: 1, detail: 'x' }),
    frameOf({ type: 'spoken', id: 2, rateHz: 8000 }, Buffer.from('abc')),
  ])
  for (const size of [1, 7, 9, 1000]) {
    const reader = new FrameReader<{ id: number }>()
    const frames = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      reader.push(bytes.subarray(at * size, (at + 1) * size)),
    ).flat()
    assert.deepEqual(
      frames.map(({ json, bytes: behind }) => [json.id, behind.toString()]),
      [
        [1, ''],
        [2, 'abc'],
      ],
    )
  }
  assert.throws(() => new FrameReader().push(Buffer.alloc(8, 0xff)), RangeError)
})
