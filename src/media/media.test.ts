// Real workers, real sockets on loopback: two streams of one node are each other's other side. Nothing waits for a time: each test
// waits for the news that say that it happened.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { buffer } from 'node:stream/consumers'
import { Refusal } from '#reasons/refusal.ts'
import { systemClock } from '#values/clock.ts'
import { claimPorts } from '../../test/ports.ts'
import { loudness, shareAt } from '../../test/sound.ts'
import { until } from '../../test/until.ts'
import type { Clip, Collect, Listen, OpenStream, Place, Play, Recording, Stream, StreamNews } from './contract.ts'
import type { AgreedCodec, AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import { WorkerMedia } from './media.ts'
import { readRecording } from './recording-reader.ts'
import { SpeechPretend } from './speech-pretend.ts'

const pcmu: AgreedCodec = { name: 'PCMU', payloadType: 0, clockRate: 8000, packetMs: 20 }
const pcma: AgreedCodec = { name: 'PCMA', payloadType: 8, clockRate: 8000, packetMs: 20 }
const g722: AgreedCodec = { name: 'G722', payloadType: 9, clockRate: 8000, packetMs: 20 }
const opus: AgreedCodec = { name: 'opus', payloadType: 111, clockRate: 48000, packetMs: 20 }

const plain: OpenStream = { transport: 'rtp', advertisedHost: '127.0.0.1', bindHost: '127.0.0.1' }

let folder: string
let media: WorkerMedia

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offhook-media-'))
  media = newMedia(await claimPorts(1000))
})

after(async () => {
  await media.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

function newMedia({ from, to }: { readonly from: number; readonly to: number }, mostStreams = 100, workers = 1): WorkerMedia {
  return new WorkerMedia({
    clock: systemClock,
    rtpPorts: { from, to },
    workers,
    mostStreams,
    onFault: (_worker, detail) => console.error(detail),
  })
}

/** A stream and all that it told. */
class Heard {
  readonly stream: Stream
  readonly news: StreamNews[] = []
  #waiting: { wanted(news: StreamNews): boolean; found(news: StreamNews): void }[] = []

  constructor(stream: Stream) {
    this.stream = stream
    stream.onNews((news) => {
      this.news.push(news)
      const found = this.#waiting.filter(({ wanted }) => wanted(news))
      this.#waiting = this.#waiting.filter((one) => !found.includes(one))
      for (const one of found) one.found(news)
    })
  }

  /** The first of the type, told already or to come. */
  first<T extends StreamNews['type']>(type: T, ask?: number): Promise<StreamNews & { type: T }> {
    const wanted = (news: StreamNews) => news.type === type && (ask === undefined || ('ask' in news && news.ask === ask))
    const told = this.news.find(wanted)
    if (told) return Promise.resolve(told as StreamNews & { type: T })
    return new Promise((resolve) => this.#waiting.push({ wanted, found: resolve as (news: StreamNews) => void }))
  }

  /** When so many of the type were told. */
  async times(type: StreamNews['type'], count: number): Promise<StreamNews[]> {
    for (;;) {
      const told = this.news.filter((news) => news.type === type)
      if (told.length >= count) return told
      await new Promise<void>((resolve) => this.#waiting.push({ wanted: (news) => news.type === type, found: () => resolve() }))
    }
  }
}

function agreed(other: Stream, more: Partial<AgreedMedia> = {}): AgreedMedia {
  const { host, port, sdes } = other.local
  return {
    remoteHost: host,
    remotePort: port,
    rtcpMux: false,
    codec: pcmu,
    eventPayloadType: 101,
    direction: 'sendrecv',
    ...(sdes ? { sdes } : {}),
    ...more,
  }
}

/** Two streams, each the other's other side; `more` is agreed for both. */
async function pair(place: Place, more: Partial<AgreedMedia> = {}, wish: OpenStream = plain): Promise<[Heard, Heard]> {
  const [one, other] = await Promise.all([place.open(wish), place.open(wish)])
  const both: [Heard, Heard] = [new Heard(one), new Heard(other)]
  one.connect(agreed(other, more))
  other.connect(agreed(one, more))
  return both
}

const toneOf = (hz: number, ms = 400): Clip => ({ kind: 'tones', parts: [{ hz: [hz], ms }], repeat: false })
const playing = (...clips: Clip[]): Play => ({ clips, times: 1, to: 'stream', stopOn: '' })
const endless = (hz: number): Play => ({
  clips: [{ kind: 'tones', parts: [{ hz: [hz], ms: 1000 }], repeat: true }],
  times: 1,
  to: 'stream',
  stopOn: '',
})

let recordings = 0

function recording(more: Partial<Recording> = {}): Recording {
  recordings += 1
  return {
    path: join(folder, `${recordings}.rec`),
    key: randomBytes(32).toString('base64'),
    channels: 'heard',
    mostMs: 600,
    silenceMs: 0,
    firstSilenceMs: 0,
    finishOn: '',
    beep: false,
    trim: false,
    ...more,
  }
}

interface Sound {
  readonly rateHz: number
  readonly channels: Int16Array[]
}

async function soundOf({ path, key }: Recording): Promise<Sound> {
  const sealed = await readRecording(path, key)
  const wav = await buffer(sealed.wav())
  const all = new Int16Array((wav.length - 44) >> 1)
  Buffer.from(all.buffer).set(wav.subarray(44, 44 + all.length * 2))
  const channels = Array.from({ length: sealed.channels }, (_, channel) =>
    all.filter((_, at) => at % sealed.channels === channel),
  )
  return { rateHz: sealed.rateHz, channels }
}

/** What of each twentieth of a second with sound in it is at one frequency, from 0 to 1, in order of size. All tones here are multiples of 20 Hz. */
function shares(samples: Int16Array, hz: number, rateHz: number): number[] {
  const part = rateHz / 20
  return Array.from({ length: Math.floor(samples.length / part) }, (_, at) => samples.subarray(at * part, (at + 1) * part))
    .filter((one) => loudness(one) > 0.005)
    .map((one) => shareAt(one, rateHz, hz))
    .toSorted((one, other) => one - other)
}

/** Where it is heard best: on a machine that lets turns be missed, not all of the sound is without gaps. */
const best = (...sound: Parameters<typeof shares>): number => shares(...sound).at(-1) ?? 0

/** Mostly. */
function share(...sound: Parameters<typeof shares>): number {
  const all = shares(...sound)
  return all[all.length >> 1] ?? 0
}

async function heardBy(listener: Heard, more: Partial<Recording> = {}): Promise<Sound> {
  const wish = recording(more)
  const ask = listener.stream.record(wish)
  await listener.first('recorded', ask)
  return soundOf(wish)
}

function close(...all: Heard[]): Promise<unknown> {
  for (const { stream } of all) stream.close()
  return Promise.all(all.map((one) => one.first('closed')))
}

const collecting: Collect = {
  valid: '0123456789',
  most: 0,
  finishOn: '#',
  firstMs: 60_000,
  betweenMs: 60_000,
  bargeIn: true,
  typeAhead: true,
}

for (const codec of [pcmu, pcma, g722, opus]) {
  test(`a tone is heard over ${codec.name}`, async () => {
    const [one, other] = await pair(media.place(), { codec })
    one.stream.play(endless(1000))
    await other.first('firstPacket')
    const { channels, rateHz } = await heardBy(other)
    assert.ok(best(channels[0]!, 1000, rateHz) > 0.8)
    assert.ok(share(channels[0]!, 1500, rateHz) < 0.05)
    await close(one, other)
  })
}

test('packets of other lengths than the turns are heard', async () => {
  for (const packetMs of [10, 30, 60]) {
    const [one, other] = await pair(media.place(), { codec: { ...pcmu, packetMs } })
    one.stream.play(endless(800))
    await other.first('firstPacket')
    const { channels } = await heardBy(other)
    assert.ok(best(channels[0]!, 800, 8000) > 0.8, `${packetMs} ms`)
    await close(one, other)
  }
})

test('a play tells its start and its end, and the next follows', async () => {
  const [one, other] = await pair(media.place())
  const first = one.stream.play(playing(toneOf(500, 60), { kind: 'silence', ms: 40 }))
  const second = one.stream.play({ ...playing(toneOf(500, 40)), times: 2 })
  await one.first('playEnded', second)
  const told = one.news.filter((news) => news.type === 'playStarted' || news.type === 'playEnded')
  assert.deepEqual(told, [
    { type: 'playStarted', ask: first },
    { type: 'playEnded', ask: first, how: 'over' },
    { type: 'playStarted', ask: second },
    { type: 'playEnded', ask: second, how: 'over' },
  ])
  await close(one, other)
})

test('a file of another rate is played at its own pitch; one that is not there fails', async () => {
  const path = join(folder, 'clip.pcm')
  const samples = Int16Array.from({ length: 22_050 }, (_, n) => 8000 * Math.sin((2 * Math.PI * 700 * n) / 22_050))
  writeFileSync(path, new Uint8Array(samples.buffer))
  const [one, other] = await pair(media.place())
  one.stream.play(playing({ kind: 'pcm', path, rateHz: 22_050 }))
  await one.first('playStarted')
  const { channels } = await heardBy(other)
  assert.ok(best(channels[0]!, 700, 8000) > 0.8)
  const lost = one.stream.play(playing({ kind: 'pcm', path: join(folder, 'nothing.pcm'), rateHz: 8000 }))
  assert.equal((await one.first('failed', lost)).reason, 'platform.media_operation_failed')
  await close(one, other)
})

for (const [name, more] of [
  ['as events', {}],
  ['in the band', { eventPayloadType: undefined }],
] as const) {
  test(`digits go both ways ${name}`, async () => {
    const [one, other] = await pair(media.place(), more as Partial<AgreedMedia>)
    one.stream.sendDigits('159#')
    other.stream.sendDigits('*0D')
    const pressed = async (heard: Heard, last: string): Promise<string> => {
      const digits = () => heard.news.map((news) => (news.type === 'digit' ? news.digit : '')).join('')
      const all = await until(digits, (so) => so.endsWith(last))
      // In the band a machine that takes a breath in the middle of a digit cuts it in two, as a bad line does.
      return name === 'in the band' ? all.replaceAll(/(.)\1+/g, '$1') : all
    }
    assert.equal(await pressed(other, '#'), '159#')
    assert.equal(await pressed(one, 'D'), '*0D')
    await close(one, other)
  })
}

test('digits are collected, type-ahead counts, and the first one ends the prompt', async () => {
  const [one, other] = await pair(media.place())
  one.stream.sendDigits('12')
  await other.times('digit', 2)
  const ask = other.stream.collect({ ...collecting, prompt: [toneOf(440, 60_000)] })
  one.stream.sendDigits('34#')
  assert.deepEqual(await other.first('collected', ask), {
    type: 'collected',
    ask,
    how: 'finished',
    digits: '1234',
    finishedBy: '#',
  })
  const none = other.stream.collect({ ...collecting, firstMs: 100, typeAhead: false })
  assert.equal((await other.first('collected', none)).how, 'first_timeout')
  const two = other.stream.collect({ ...collecting, most: 2, finishOn: '' })
  other.stream.heardDigit('7', 100)
  other.stream.heardDigit('8', 100)
  assert.deepEqual((await other.first('collected', two)).digits, '78')
  await close(one, other)
})

test('digits pressed between two collections are kept for the next, and dropped where they were for something else', async () => {
  const [one, other] = await pair(media.place())
  const press = (digits: string): void => {
    for (const digit of digits) other.stream.heardDigit(digit, 100)
  }
  const collected = async (more: Partial<Collect> = {}): Promise<string> => {
    const ask = other.stream.collect({ ...collecting, firstMs: 100, betweenMs: 100, ...more })
    const { how, digits } = await other.first('collected', ask)
    return `${how} ${digits}`
  }
  // The key that finishes comes behind the last digit: it is no answer to the next one.
  press('12#34#')
  assert.equal(await collected({ most: 2 }), 'most 12')
  assert.equal(await collected(), 'finished 34')
  // A prompt that nobody can interrupt.
  press('56')
  const said = other.stream.play({ clips: [toneOf(440, 40)], times: 1, to: 'stream', stopOn: '' })
  await other.first('playEnded', said)
  press('7')
  assert.equal(await collected(), 'between_timeout 7')
  // One that may be interrupted leaves what was pressed before.
  press('8')
  const free = other.stream.play({ clips: [toneOf(440, 40)], times: 1, to: 'stream', stopOn: '9' })
  await other.first('playEnded', free)
  assert.equal(await collected(), 'between_timeout 8')
  // Who was talked to.
  other.stream.join({ mix: 'm', muted: false })
  press('55')
  other.stream.leave()
  assert.equal(await collected(), 'first_timeout ')
  // No more than 64.
  press('1'.repeat(100))
  assert.equal(await collected({ finishOn: '' }), `between_timeout ${'1'.repeat(64)}`)
  await close(one, other)
})

test('speech is collected, or its provider fails', async () => {
  const provider = new SpeechPretend()
  await provider.start()
  const [one, other] = await pair(media.place())
  const speech: Listen = {
    provider: 'pretend',
    url: provider.urlOf('phone'),
    headers: {},
    language: 'en-GB',
    hints: [],
    partials: false,
    silenceMs: 300,
    inAllMs: 60_000,
  }
  provider.said('phone', 'open the door')
  const ask = other.stream.collect({ ...collecting, speech, prompt: [toneOf(440, 60_000)] })
  one.stream.play(playing(toneOf(600, 300), { kind: 'silence', ms: 2000 }))
  const { text, final } = await other.first('heard', ask)
  assert.deepEqual([text, final], ['open the door', true])
  assert.equal((await other.first('collected', ask)).how, 'speech')
  await provider.stop()
  const lost = other.stream.collect({ ...collecting, speech })
  assert.equal((await other.first('failed', lost)).reason, 'speech.unreachable')
  await close(one, other)
})

test('speech ends the play that it was said to end', async () => {
  const [one, other] = await pair(media.place())
  const ask = other.stream.play({ ...endless(440), stopOnSpeech: true })
  await other.first('playStarted', ask)
  one.stream.play(playing(toneOf(600)))
  assert.equal((await other.first('playEnded', ask)).how, 'speech')
  await close(one, other)
})

test('a digit ends the play that it was said to end', async () => {
  const [one, other] = await pair(media.place())
  const ask = other.stream.play({ ...playing(toneOf(440, 60_000)), stopOn: '5' })
  one.stream.sendDigits('45')
  const { how, digit } = await other.first('playEnded', ask)
  assert.deepEqual([how, digit], ['digit', '5'])
  await close(one, other)
})

test('both sides are recorded in two channels, and a digit ends it', async () => {
  const [one, other] = await pair(media.place())
  one.stream.play(endless(600))
  other.stream.play(endless(1700))
  await Promise.all([one.first('firstPacket'), other.first('firstPacket')])
  const wish = recording({ channels: 'dual', mostMs: 60_000, finishOn: '9' })
  const ask = other.stream.record(wish)
  const mixed = await heardBy(other, { channels: 'mixed' })
  one.stream.sendDigits('9')
  const { how, digit, hasSound } = await other.first('recorded', ask)
  assert.deepEqual([how, digit, hasSound], ['digit', '9', true])
  const { channels } = await soundOf(wish)
  assert.equal(channels.length, 2)
  assert.ok(best(channels[0]!.subarray(0, 4000), 600, 8000) > 0.8)
  assert.ok(best(channels[1]!.subarray(0, 4000), 1700, 8000) > 0.8)
  assert.ok(best(mixed.channels[0]!, 600, 8000) > 0.3 && best(mixed.channels[0]!, 1700, 8000) > 0.3)
  await close(one, other)
})

test('silence ends a recording and is cut off', async () => {
  const [one, other] = await pair(media.place())
  await other.first('firstPacket')
  const wish = recording({ mostMs: 60_000, silenceMs: 600, firstSilenceMs: 50_000, trim: true })
  const ask = other.stream.record(wish)
  one.stream.play(playing({ kind: 'silence', ms: 300 }, toneOf(900, 500)))
  const { how, durationMs } = await other.first('recorded', ask)
  assert.equal(how, 'silence')
  assert.ok(durationMs >= 400 && durationMs < 1000, `${durationMs}`)
  await close(one, other)
})

/** A member of a mix and the phone at its other end, which says one tone all the time. */
async function member(place: Place, mix: string, hz: number, codec = pcmu): Promise<{ leg: Heard; phone: Heard }> {
  const [leg, phone] = await pair(place, { codec })
  phone.stream.play(endless(hz))
  await leg.first('firstPacket')
  leg.stream.join({ mix, muted: false })
  return { leg, phone }
}

test('three in a mix hear each other and not themselves, whatever their codecs', async () => {
  const place = media.place()
  const tones = [500, 1100, 1900]
  const codecs = [pcmu, g722, pcma]
  const members = await Promise.all(tones.map((hz, at) => member(place, 'conference', hz, codecs[at])))
  const sounds = await Promise.all(members.map(({ phone }) => heardBy(phone)))
  for (const [at, { channels, rateHz }] of sounds.entries()) {
    for (const [of, hz] of tones.entries()) {
      const heard = channels[0]!.subarray(rateHz / 5)
      if (at === of) assert.ok(share(heard, hz, rateHz) < 0.02, `${at} hears itself: ${share(heard, hz, rateHz)}`)
      else assert.ok(best(heard, hz, rateHz) > 0.2, `${at} does not hear ${of}: ${best(heard, hz, rateHz)}`)
    }
  }
  // Muted, nobody hears it; it still hears the others.
  members[0]!.leg.stream.join({ mix: 'conference', muted: true })
  members[1]!.leg.stream.join({ mix: 'conference', muted: false, deaf: true })
  const [first, deaf, last] = await Promise.all(members.map(({ phone }) => heardBy(phone, { mostMs: 1000 })))
  assert.ok(best(first!.channels[0]!.subarray(2000), 1100, 8000) > 0.2)
  assert.ok(share(last!.channels[0]!.subarray(2000), 500, 8000) < 0.02)
  assert.ok(deaf!.channels[0]!.subarray(-1600).every((sample) => Math.abs(sample) < 50))
  await close(...members.flatMap(({ leg, phone }) => [leg, phone]))
})

test('a whisper is heard by whom it is for', async () => {
  const place = media.place()
  const agent = await member(place, 'sale', 500)
  const customer = await member(place, 'sale', 1100)
  const supervisor = await member(place, 'sale', 1900)
  supervisor.leg.stream.join({ mix: 'sale', muted: false, whisperTo: [agent.leg.stream.id] })
  const [told, left] = await Promise.all([heardBy(agent.phone, { mostMs: 1000 }), heardBy(customer.phone, { mostMs: 1000 })])
  assert.ok(best(told.channels[0]!.subarray(4000), 1900, 8000) > 0.2)
  assert.ok(share(left.channels[0]!.subarray(4000), 1900, 8000) < 0.02)
  await close(...[agent, customer, supervisor].flatMap(({ leg, phone }) => [leg, phone]))
})

test('music is heard while nobody else can be, and what is played to a mix by all', async () => {
  const place = media.place()
  place.setMixMusic('hold', [{ kind: 'tones', parts: [{ hz: [1300], ms: 1000 }], repeat: true }])
  const first = await member(place, 'hold', 500)
  const alone = await heardBy(first.phone, { mostMs: 800 })
  assert.ok(best(alone.channels[0]!.subarray(3200), 1300, 8000) > 0.8)
  const second = await member(place, 'hold', 1100)
  const together = await heardBy(first.phone, { mostMs: 1000 })
  assert.ok(share(together.channels[0]!.subarray(4000), 1300, 8000) < 0.05)
  assert.ok(best(together.channels[0]!.subarray(4000), 1100, 8000) > 0.8)
  const ask = first.leg.stream.play({ ...endless(2300), to: 'mix' })
  await first.leg.first('playStarted', ask)
  const both = await Promise.all([first, second].map(({ phone }) => heardBy(phone, { mostMs: 1000 })))
  for (const { channels } of both) assert.ok(best(channels[0]!.subarray(4000), 2300, 8000) > 0.2)
  first.leg.stream.stop(ask)
  assert.equal((await first.leg.first('playEnded', ask)).how, 'stopped')
  place.setMixMusic('hold', [])
  await close(...[first, second].flatMap(({ leg, phone }) => [leg, phone]))
})

test('two of one codec hear each other, and digits pass between them', async () => {
  const place = media.place()
  const one = await member(place, 'bridge', 700)
  const other = await member(place, 'bridge', 1300)
  const sounds = await Promise.all([heardBy(one.phone, { mostMs: 1000 }), heardBy(other.phone, { mostMs: 1000 })])
  assert.ok(best(sounds[0]!.channels[0]!.subarray(4000), 1300, 8000) > 0.8)
  assert.ok(best(sounds[1]!.channels[0]!.subarray(4000), 700, 8000) > 0.8)
  one.phone.stream.sendDigits('42')
  const passed = await other.phone.times('digit', 2)
  assert.deepEqual(
    passed.map((news) => (news as { digit: string }).digit),
    ['4', '2'],
  )
  // Sound that was passed on is sound that was received: the figures say so.
  one.leg.stream.close()
  const { figures } = await one.leg.first('closed')
  assert.ok(figures!.received.packets > 30 && figures!.sent.packets > 30)
  assert.equal(figures!.received.lost, 0)
  await close(one.phone, other.leg, other.phone)
})

describe('what takes seconds', { concurrency: true }, () => {
  test('on hold nothing is sent, and after it sound goes on', async () => {
    const [one, other] = await pair(media.place())
    await other.first('firstPacket')
    one.stream.connect(agreed(other.stream, { direction: 'inactive' }))
    await other.first('silent')
    one.stream.connect(agreed(other.stream))
    await other.first('resumed')
    // Who does not want to hear is not told of silence.
    assert.equal(one.news.filter(({ type }) => type === 'silent').length, 0)
    await close(one, other)
  })

  test('sound goes to where packets come from, and a stranger is not let in', async () => {
    const place = media.place()
    const held = new Heard(await place.open(plain))
    const { stream } = held
    const phone = createSocket('udp4')
    const stranger = createSocket('udp4')
    await Promise.all([phone, stranger].map((socket) => new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound))))
    // What SDP says leads nowhere: 192.0.2.0/24 is for documentation (RFC 5737).
    stream.connect({
      remoteHost: '192.0.2.1',
      remotePort: 9,
      rtcpMux: true,
      codec: pcmu,
      eventPayloadType: 101,
      direction: 'sendrecv',
    })
    const packet = (sequence: number) => {
      const bytes = Buffer.alloc(172, 0xff)
      bytes.writeUInt16BE(0x8000, 0)
      bytes.writeUInt16BE(sequence, 2)
      bytes.writeUInt32BE(sequence * 160, 4)
      bytes.writeUInt32BE(7, 8)
      return bytes
    }
    const answered = new Promise<void>((resolve) => phone.once('message', () => resolve()))
    let strangerHeard = 0
    stranger.on('message', () => (strangerHeard += 1))
    // A phone goes on sending; what comes before the stream knows what was agreed is not heard.
    let sent = 0
    const sending = systemClock.every(20, () => phone.send(packet((sent += 1)), stream.local.port, '127.0.0.1'))
    await held.first('firstPacket')
    await answered
    const heardOn = new Promise<void>((resolve) => {
      let left = 10
      phone.on('message', () => (left -= 1) === 0 && resolve())
    })
    stranger.send(packet(900), stream.local.port, '127.0.0.1')
    await heardOn
    sending.cancel()
    stream.close()
    const { figures } = await held.first('closed')
    assert.deepEqual(figures!.source, { host: '127.0.0.1', port: phone.address().port })
    assert.equal(strangerHeard, 0)
    phone.close()
    stranger.close()
  })

  for (const suite of ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const) {
    test(`a tone is heard over ${suite}, and by nobody without the key`, async () => {
      const place = media.place()
      const secret: OpenStream = { ...plain, transport: 'srtp' }
      const [one, other] = (await Promise.all([place.open(secret), place.open(secret)])).map((stream) => new Heard(stream))
      const media_ = (of: Heard): AgreedMedia => agreed(of.stream, { sdes: { ...of.stream.local.sdes!, suite } })
      one!.stream.connect(media_(other!))
      other!.stream.connect(media_(one!))
      one!.stream.play(endless(1000))
      await other!.first('firstPacket')
      const { channels } = await heardBy(other!)
      assert.ok(best(channels[0]!, 1000, 8000) > 0.8)
      one!.stream.sendDigits('1')
      assert.equal((await other!.first('digit')).digit, '1')
      // Another key: nothing of what comes is believed.
      other!.stream.connect(agreed(one!.stream, { sdes: { tag: 1, suite, key: randomBytes(30).toString('base64') } }))
      await other!.first('silent')
      await close(one!, other!)
    })
  }

  test('a stream ends with its figures, its asks before it', async () => {
    const [one, other] = await pair(media.place())
    one.stream.play(endless(400))
    const { figures } = await other.first('figures')
    assert.equal(figures.codec, 'PCMU')
    assert.ok(figures.mos! > 1 && figures.mos! < 4.5)
    assert.ok(figures.received.packets > 0)
    assert.equal(figures.received.lost, 0)
    const play = other.stream.play(endless(400))
    const collect = other.stream.collect(collecting)
    const record = other.stream.record(recording({ mostMs: 0 }))
    await other.first('playStarted', play)
    await close(one, other)
    const ends = other.news.slice(-4)
    assert.equal(ends.at(-1)!.type, 'closed')
    assert.deepEqual(
      ends.slice(0, 3).map((news) => ('ask' in news ? news.ask : 0)),
      [play, collect, record],
    )
    assert.equal((ends[2] as { how: string }).how, 'closed')
  })
})

test('no port, no stream; and one that closes gives its port back', async () => {
  const { from } = await claimPorts(6)
  const small = newMedia({ from, to: from + 3 })
  const place = small.place()
  const [one, other] = await pair(place)
  const isFull = (error: unknown) => error instanceof Refusal && error.reason === 'platform.media_full'
  await assert.rejects(place.open(plain), isFull)
  assert.throws(() => small.place(), isFull)
  await close(one)
  const again = new Heard(await place.open(plain))
  await close(again, other)
  await small.stop()
})

test('a worker holds at most so many streams', async () => {
  const small = newMedia(await claimPorts(40), 2)
  const place = small.place()
  const both = await pair(place)
  await assert.rejects(place.open(plain), (error) => error instanceof Refusal && error.reason === 'platform.media_full')
  assert.equal(small.state()[0]!.streams, 2)
  await close(...both)
  await small.stop()
})

test('a call that nothing is there of yet goes where there is room by then', async () => {
  const two = newMedia(await claimPorts(40), 2, 2)
  const [early, late] = [two.place(), two.place()]
  assert.equal(early.worker, late.worker)
  const both = await pair(early)
  const elsewhere = await pair(late)
  assert.notEqual(early.worker, late.worker)
  // With a stream there it stays: all of a call are on one worker.
  const isFull = (error: unknown) => error instanceof Refusal && error.reason === 'platform.media_full' && error.retryAfterMs! > 0
  await close(...both)
  await assert.rejects(late.open(plain), isFull)
  await close(...elsewhere)
  await two.stop()
})

test('a call is taken by another worker when the one that it was to be on dies', async () => {
  const two = newMedia(await claimPorts(90), 100, 2)
  const place = two.place()
  const first = place.worker
  const asked = place.open(plain)
  two.kill(first)
  const held = new Heard(await asked)
  // Whoever was quicker: what was open there is told to be lost, what was not is open on the other.
  if (place.worker === first) assert.equal((await held.first('closed')).why, 'worker_died')
  const again = new Heard(await two.place().open(plain))
  const open = place.worker === first ? [again] : [held, again]
  await close(...open)
  await two.stop()
})

test('a stream that is closing takes nobody its room', async () => {
  const small = newMedia(await claimPorts(40), 2)
  const place = small.place()
  const both = await pair(place)
  both[0].stream.close()
  // Its end is not told yet.
  const more = new Heard(await place.open(plain))
  await close(...both, more)
  await small.stop()
})

test('a port that another program has is passed over', async () => {
  const { from } = await claimPorts(6)
  const other = createSocket('udp4')
  await new Promise<void>((bound) => other.bind(from + 1, '127.0.0.1', bound))
  const small = newMedia({ from, to: from + 3 })
  // Whichever of the two it begins with: twice means that both were tried.
  for (let twice = 0; twice < 2; twice += 1) {
    const held = new Heard(await small.place().open(plain))
    assert.equal(held.stream.local.port, from + 2)
    await close(held)
  }
  other.close()
  await small.stop()
})

test('a worker that dies ends its streams, and another takes its place', async () => {
  const small = newMedia(await claimPorts(90))
  const [one, other] = await pair(small.place())
  await other.first('firstPacket')
  small.kill(0)
  const ends = await Promise.all([one.first('closed'), other.first('closed')])
  assert.deepEqual(
    ends.map(({ why }) => why),
    ['worker_died', 'worker_died'],
  )
  const both = await pair(small.place())
  await both[1].first('firstPacket')
  await close(...both)
  await small.stop()
})
