import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Outgoing } from '#protocols/http/outgoing.ts'
import { detailOf, Refusal } from '#reasons/refusal.ts'
import { handClock, systemClock, type Clock } from '#values/clock.ts'
import { reasonOfFailure, reasonOfStatus } from '#webhooks/failure-reason.ts'
import { needs } from '../../test/needs.ts'
import { loudness, samplesOf, shareAt } from '../../test/sound.ts'
import { Clips } from './clips.ts'
import { wavHeader } from './wav-header.ts'

const root = await mkdtemp(join(tmpdir(), 'offhook-clips-'))
const outgoing = new Outgoing({ clock: systemClock, userAgent: 'test', allow: [] })
const all: Clips[] = []
after(async () => {
  await Promise.all(all.map((clips) => clips.stop()))
  await outgoing.close()
  await rm(root, { recursive: true, force: true, maxRetries: 5 })
})

let folders = 0
async function clipsIn(
  dir = join(root, String((folders += 1))),
  clock: Clock = systemClock,
  mostBytes = 10_000_000,
): Promise<Clips> {
  const clips = new Clips({ clock, dir, mostBytes, fetch: outgoing.fetch, reasonOfFailure, reasonOfStatus })
  all.push(clips)
  await clips.start()
  return clips
}

/** A second of a tone, as a WAV. */
function toneWav(hz: number, rateHz = 8000, seconds = 1): Buffer {
  const samples = Int16Array.from({ length: rateHz * seconds }, (_, at) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * hz * at) / rateHz)),
  )
  return Buffer.concat([wavHeader({ channels: 1, rateHz }, samples.byteLength), Buffer.from(samples.buffer)])
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  after(() => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const refusedAs =
  (reason: string, detail = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof Refusal, String(error))
    assert.equal(error.reason, reason)
    assert.match(detailOf(error), detail)
    return true
  }

test('telephone sound is kept sample by sample', async () => {
  const wav = toneWav(440)
  const { clip, durationMs } = await (await clipsIn()).fromBytes(wav)
  assert.deepEqual([clip.kind, clip.rateHz, durationMs], ['pcm', 8000, 1000])
  assert.deepEqual(await readFile(clip.path), wav.subarray(44))
})

test('an MP3 is heard as what it was made from', async () => {
  const bytes = await readFile(new URL('../../test/vectors/sound/tone-440.mp3', import.meta.url))
  const { clip, durationMs } = await (await clipsIn()).fromBytes(bytes, 'application/octet-stream')
  assert.equal(clip.rateHz, 16_000)
  assert.ok(durationMs >= 580 && durationMs <= 720, `${durationMs} ms`)
  const samples = await samplesOf(clip.path)
  const middle = samples.subarray(3200, 8000)
  assert.ok(shareAt(middle, 16_000, 440) > 0.99)
  assert.ok(Math.abs(loudness(middle) - 0.354) < 0.02, `${loudness(middle)}`)
})

const encodings: Readonly<Record<string, readonly string[]>> = {
  '8 bits': ['-b', '8', '-e', 'unsigned-integer'],
  '16 bits, stereo at 44100': ['-c', '2', '-r', '44100', '-b', '16'],
  '24 bits at 48000': ['-r', '48000', '-b', '24'],
  '32 bits at 11025': ['-r', '11025', '-b', '32', '-e', 'signed-integer'],
  'floats at 32000': ['-r', '32000', '-b', '32', '-e', 'floating-point'],
  'long floats': ['-b', '64', '-e', 'floating-point'],
  'A-law': ['-e', 'a-law'],
  'mu-law': ['-e', 'mu-law'],
  'IMA ADPCM': ['-e', 'ima-adpcm'],
  'IMA ADPCM, stereo at 22050': ['-c', '2', '-r', '22050', '-e', 'ima-adpcm'],
}

test('WAVs of all kinds sound alike', async (t) => {
  needs('sox', 'sox')
  const clips = await clipsIn()
  await mkdir(join(root, 'sox'), { recursive: true })
  for (const [name, options] of Object.entries(encodings)) {
    await t.test(name, async () => {
      const path = join(root, 'sox', `${name}.wav`)
      const made = spawnSync('sox', ['-n', '-r', '8000', '-c', '1', ...options, path, 'synth', '1', 'sine', '1000', 'gain', '-6'])
      assert.equal(made.status, 0, String(made.stderr))
      const { clip, durationMs } = await clips.fromBytes(await readFile(path))
      assert.ok(Math.abs(durationMs - 1000) <= 40, `${durationMs} ms`)
      const samples = (await samplesOf(clip.path)).subarray(2000, 6000)
      assert.ok(shareAt(samples, clip.rateHz, 1000) > 0.98)
      assert.ok(Math.abs(loudness(samples) - 0.354) < 0.02, `${loudness(samples)}`)
    })
  }
})

test('sound without a header is read as its type says', async () => {
  const clips = await clipsIn()
  const wide = toneWav(1000, 16_000).subarray(44).swap16()
  const { clip } = await clips.fromBytes(wide, 'audio/L16;rate=16000')
  assert.ok(shareAt(await samplesOf(clip.path), clip.rateHz, 1000) > 0.999)
  assert.equal((await clips.fromBytes(Buffer.alloc(8000, 0xff), 'audio/basic')).durationMs, 1000)
  await assert.rejects(clips.fromBytes(wide, 'audio/L16'), refusedAs('play.format_unsupported'))
})

test('what is no sound is refused by what it is', async () => {
  const clips = await clipsIn()
  const cut = toneWav(440).subarray(0, 30)
  for (const [bytes, found] of [
    [Buffer.from('<html>not found</html>'), /: text/],
    [Buffer.from('OggS and more of it'), /: Ogg/],
    [Buffer.alloc(0), /: nothing/],
    [Buffer.alloc(64, 0xfb), /: unknown bytes/],
    [cut, /WAV without/],
    [wavHeader({ channels: 1, rateHz: 2_000_000 }, 0), /2000000 Hz/],
    [Buffer.concat([Buffer.from('ID3'), Buffer.alloc(4000)]), /MP3 without sound/],
    [
      Buffer.concat([
        Buffer.from([0xff, 0xfb, 0x90, 0]),
        Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) >> 3)),
      ]),
      /broken/,
    ],
  ] as const)
    await assert.rejects(clips.fromBytes(bytes), refusedAs('play.format_unsupported', found))
  // The thread is as good as before.
  assert.equal((await clips.fromBytes(toneWav(440))).durationMs, 1000)
})

test('more than an hour is too long', async () => {
  const wav = Buffer.concat([wavHeader({ channels: 1, rateHz: 4000 }, 0), Buffer.alloc(4000 * 2 * 3601)])
  await assert.rejects((await clipsIn()).fromBytes(wav), refusedAs('play.too_long'))
})

test('an address is fetched once, then asked whether it changed', async () => {
  const seen: (string | undefined)[] = []
  let hz = 440
  const url = await serve((request, response) => {
    seen.push(request.headers['if-none-match'])
    const etag = `"${hz}"`
    if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end()
    return response.writeHead(200, { etag, 'content-type': 'audio/wav', 'cache-control': 'max-age=60' }).end(toneWav(hz))
  })
  const clock = handClock()
  const dir = join(root, 'asked')
  const clips = await clipsIn(dir, clock)
  const [first, same] = await Promise.all([clips.fromUrl(url, { loopback: true }), clips.fromUrl(url, { loopback: true })])
  assert.deepEqual(first, same)
  assert.deepEqual(await clips.fromUrl(`${url}#part`, { loopback: true }), first)
  assert.deepEqual(seen, [undefined])
  clock.advance(61_000)
  assert.deepEqual(await clips.fromUrl(url, { loopback: true }), first)
  assert.deepEqual(seen, [undefined, '"440"'])
  // Another process knows it as well.
  const later = await clipsIn(dir, clock)
  assert.deepEqual(await later.fromUrl(url, { loopback: true }), first)
  assert.equal(seen.length, 2)
  clock.advance(61_000)
  hz = 550
  const changed = await later.fromUrl(url, { loopback: true })
  assert.ok(shareAt(await samplesOf(changed.clip.path), 8000, 550) > 0.99)
  // Whoever may not reach loopback is not given what others fetched there.
  await assert.rejects(later.fromUrl(url), refusedAs('webhook.address_refused'))
})

test('a server that fails is forgiven for a day, unless it forbids that', async () => {
  let isDown = false
  const url = await serve((request, response) => {
    if (isDown) return response.writeHead(503).end()
    return response.writeHead(200, { 'cache-control': request.url === '/strict' ? 'no-cache' : 'max-age=1' }).end(toneWav(440))
  })
  const clock = handClock()
  const clips = await clipsIn(undefined, clock)
  const kept = await clips.fromUrl(`${url}/kept`, { loopback: true })
  await clips.fromUrl(`${url}/strict`, { loopback: true })
  isDown = true
  clock.advance(3_600_000)
  assert.deepEqual(await clips.fromUrl(`${url}/kept`, { loopback: true }), kept)
  await assert.rejects(clips.fromUrl(`${url}/strict`, { loopback: true }), refusedAs('webhook.status_unexpected'))
  clock.advance(24 * 3_600_000)
  await assert.rejects(clips.fromUrl(`${url}/kept`, { loopback: true }), refusedAs('webhook.status_unexpected'))
})

test('what may not be kept is asked for each time', async () => {
  let asked = 0
  const url = await serve((_, response) => {
    asked += 1
    response.writeHead(200, { 'cache-control': 'no-store' }).end(toneWav(440))
  })
  const clips = await clipsIn()
  await clips.fromUrl(url, { loopback: true })
  await clips.fromUrl(url, { loopback: true })
  assert.equal(asked, 2)
  await clips.fromUrl(url, { loopback: true, method: 'POST' })
  assert.equal(asked, 3)
})

test('addresses that lead nowhere are refused with their reason', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/missing') response.writeHead(404).end()
    else if (request.url === '/huge') response.writeHead(200).end(Buffer.alloc(21 * 1024 * 1024))
    else response.writeHead(200).end('<html>')
  })
  const clips = await clipsIn()
  const asked = (path: string) => clips.fromUrl(path, { loopback: true })
  await assert.rejects(asked('  '), refusedAs('play.url_invalid'))
  await assert.rejects(asked('nothing of the kind'), refusedAs('play.url_invalid'))
  await assert.rejects(asked('file:///etc/passwd'), refusedAs('play.url_invalid'))
  await assert.rejects(asked(`${url}/missing`), refusedAs('webhook.status_unexpected'))
  await assert.rejects(asked(`${url}/huge`), refusedAs('webhook.answer_too_large'))
  await assert.rejects(asked(`${url.replace('//', '//user:secret@')}/page`), (error) => {
    return refusedAs('play.format_unsupported', /text/)(error) && !detailOf(error as Refusal).includes('secret')
  })
  await assert.rejects(asked('http://127.0.0.1:1/'), refusedAs('webhook.unreachable'))
})

test('the folder stays within its bound, but what is in use stays', async () => {
  const clock = handClock()
  const dir = join(root, 'bounded')
  // Room for two seconds and a half.
  const clips = await clipsIn(dir, clock, 40_000)
  const [a, b] = [await clips.fromBytes(toneWav(300)), await clips.fromBytes(toneWav(400))]
  await clips.fromBytes(toneWav(500))
  assert.equal((await readdir(dir)).length, 3)
  clock.advance(11 * 60_000)
  assert.deepEqual(await clips.fromBytes(toneWav(300)), a)
  await clips.fromBytes(toneWav(600))
  const left = await readdir(dir)
  assert.equal(left.length, 2)
  assert.ok(left.includes(a.clip.path.slice(dir.length + 1)))
  assert.equal(left.includes(b.clip.path.slice(dir.length + 1)), false)
})

test('what nobody plays for a week is gone', async () => {
  const clock = handClock()
  const dir = join(root, 'unused')
  const clips = await clipsIn(dir, clock)
  const { clip } = await clips.fromBytes(toneWav(300))
  await clips.fromBytes(toneWav(400))
  clock.advance(6 * 24 * 3_600_000)
  await clips.fromBytes(toneWav(300))
  clock.advance(2 * 24 * 3_600_000)
  await clips.fromBytes(toneWav(500))
  const left = await readdir(dir)
  assert.equal(left.length, 2)
  assert.ok(left.includes(clip.path.slice(dir.length + 1)))
})
