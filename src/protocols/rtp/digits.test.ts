// Digits: as packets, as tones, and what is none.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { randomFrom } from '../../../test/fuzz/random.ts'
import { DtmfDetector } from './dtmf-detector.ts'
import { openCodec } from './open-codec.ts'
import { EventReceiver, EventSender, type DigitListener } from './telephone-event.ts'
import { dtmfOf, ToneGenerator } from './tones.ts'

class Told implements DigitListener {
  readonly all: string[] = []
  digitStarted(digit: string): void {
    this.all.push(`+${digit}`)
  }
  digitEnded(digit: string, durationMs: number): void {
    this.all.push(`${digit}:${durationMs}`)
  }
}

interface Sent {
  readonly timestamp: number
  readonly marker: boolean
  readonly octets: Uint8Array
}

function sentFor(digits: string, durationMs = 100, gapMs = 60): (Sent | undefined)[] {
  const sender = new EventSender(8000)
  sender.send(digits, durationMs, gapMs)
  const steps: (Sent | undefined)[] = []
  for (let timestamp = 0xffffff00; sender.busy && steps.length < 1000; timestamp = (timestamp + 160) >>> 0) {
    const octets = new Uint8Array(4)
    const isSent = sender.next(160, timestamp, octets, 0)
    steps.push(isSent ? { timestamp: sender.timestamp, marker: sender.marker, octets } : undefined)
  }
  return steps
}

const receive = (packets: readonly (Sent | undefined)[]): string[] => {
  const told = new Told()
  const receiver = new EventReceiver(8000, told)
  for (const [step, packet] of packets.entries()) {
    if (packet !== undefined) receiver.receive(packet.octets, 0, 4, packet.timestamp, step * 20)
    receiver.tick(step * 20)
  }
  receiver.tick(packets.length * 20 + 1000)
  return told.all
}

test('a digit: one timestamp, the marker once, durations that grow, the end three times', () => {
  const steps = sentFor('5').filter((step) => step !== undefined)
  assert.deepEqual(
    steps.map(({ marker, octets }) => [marker, octets[0], octets[1]! > 127, (octets[2]! << 8) | octets[3]!]),
    [
      [true, 5, false, 160],
      [false, 5, false, 320],
      [false, 5, false, 480],
      [false, 5, false, 640],
      [false, 5, true, 800],
      [false, 5, true, 800],
      [false, 5, true, 800],
    ],
  )
  assert.equal(new Set(steps.map(({ timestamp }) => timestamp)).size, 1)
})

test('all digits arrive, pauses are kept, what is no digit is passed over', () => {
  const steps = sentFor('1 9*#aD,0')
  assert.deepEqual(
    receive(steps).filter((one) => one.startsWith('+')),
    ['+1', '+9', '+*', '+#', '+A', '+D', '+0'],
  )
  const lastRest = steps.length - 1 - steps.toReversed().findIndex((step) => step === undefined)
  assert.ok(steps.slice(0, lastRest + 1).filter((step) => step === undefined).length >= 25)
})

test('a lost end is made good by silence, or by the next digit', () => {
  const packets = sentFor('12')
  const noEnd = packets.map((packet) => (packet !== undefined && packet.octets[1]! > 127 ? undefined : packet))
  assert.deepEqual(receive(noEnd), ['+1', '1:80', '+2', '2:80'])
})

test('each digit is as long as it was asked for, whatever comes behind it', () => {
  const sender = new EventSender(8000)
  const into = new Uint8Array(4)
  const heard: Record<number, number> = {}
  sender.send('1', 100)
  sender.send('2', 1000)
  for (let at = 0; sender.busy && at < 200; at++) {
    if (sender.next(160, at * 160, into, 0)) heard[into[0]!] = ((into[2]! << 8) | into[3]!) / 8
    if (at === 2) sender.send('3', 60)
  }
  assert.deepEqual(heard, { 1: 100, 2: 1000, 3: 60 })
})

test('duplicates, packets after the end, and an older digit’s are passed over', () => {
  const packets = sentFor('12').filter((packet) => packet !== undefined)
  const shuffled = packets.flatMap((packet, n) => [packet, packet, ...(n > 3 ? [packets[n - 3]] : [])])
  assert.deepEqual(receive(shuffled), ['+1', '1:100', '+2', '2:100'])
})

test('a digit of which only one packet came is one digit', () => {
  const packets = sentFor('7')
  for (let kept = 0; kept < 7; kept++) {
    const heard = receive(packets.map((packet, n) => (n === kept ? packet : undefined)))
    assert.equal(heard.filter((one) => one === '+7').length, 1)
    assert.equal(heard.length, 2)
  }
})

test('a long digit in segments is one (2.5.1.3)', () => {
  const packet = (timestamp: number, ticks: number, end: number): Sent => ({
    timestamp,
    marker: false,
    octets: Uint8Array.of(3, end, ticks >> 8, ticks & 0xff),
  })
  assert.deepEqual(receive([packet(0, 160, 0), packet(0, 0xffff, 0), packet(0xffff, 160, 0), packet(0xffff, 800, 128)]), [
    '+3',
    `3:${Math.round((0xffff + 800) / 8)}`,
  ])
})

test('a long digit is one though the last packet of a segment is lost', () => {
  const packet = (timestamp: number, ticks: number, end = 0): Sent => ({
    timestamp,
    marker: false,
    octets: Uint8Array.of(3, end, ticks >> 8, ticks & 0xff),
  })
  assert.deepEqual(receive([packet(0, 160), packet(0, 0xffff - 800), packet(0xffff, 160), packet(0xffff, 800, 128)]), [
    '+3',
    `3:${Math.round((0xffff + 800) / 8)}`,
  ])
})

test('digits are heard on after the other side set its clock back', () => {
  const told = new Told()
  const receiver = new EventReceiver(8000, told)
  const end = (event: number, timestamp: number, atMs: number) =>
    receiver.receive(Uint8Array.of(event, 0x8a, 3, 32), 0, 4, timestamp, atMs)
  end(1, 2_000_000, 1000)
  // Packets that were overtaken come soon after.
  end(2, 1_990_000, 1100)
  end(3, 1_000_000, 60_000)
  end(4, 1_008_000, 61_000)
  assert.deepEqual(
    told.all.filter((one) => one.startsWith('+')),
    ['+1', '+3', '+4'],
  )
})

test('a flash and a payload too short are no digits', () => {
  const told = new Told()
  const receiver = new EventReceiver(8000, told)
  assert.equal(receiver.receive(Uint8Array.of(16, 0, 0, 160), 0, 4, 1, 0), false)
  assert.equal(receiver.receive(Uint8Array.of(1, 0, 0), 0, 3, 1, 0), false)
  assert.deepEqual(told.all, [])
})

/** On for `onMs`, off for `offMs`, each. */
function dialled(
  rateHz: number,
  digits: string,
  onMs: number,
  offMs: number,
  change: (hz: number) => number,
  level = -10,
): Int16Array {
  const generator = new ToneGenerator(rateHz)
  const [on, off] = [(onMs * rateHz) / 1000, (offMs * rateHz) / 1000]
  const pcm = new Int16Array(digits.length * (on + off) + off)
  for (const [n, digit] of [...digits].entries()) {
    generator.set(
      dtmfOf(digit)!.map((hz) => change(hz)),
      level,
    )
    generator.write(pcm, off + n * (on + off), on)
    generator.set([])
    if (n < digits.length)
      generator.write(pcm, off + n * (on + off) + on, Math.min(off, pcm.length - (off + n * (on + off) + on)))
  }
  return pcm
}

function heardIn(rateHz: number, pcm: Int16Array): Told {
  const told = new Told()
  const detector = new DtmfDetector(rateHz, told)
  const frame = rateHz / 50
  for (let at = 0; at + frame <= pcm.length; at += frame) detector.feed(pcm.subarray(at, at + frame), frame)
  return told
}

const started = (told: Told): string => told.all.flatMap((one) => (one.startsWith('+') ? [one.slice(1)] : [])).join('')
const keys = '1234567890*#ABCD'
const same = (hz: number): number => hz

for (const rateHz of [8000, 16_000, 48_000])
  test(`tones at ${rateHz} Hz: every digit of 45 ms, at high and low level`, () => {
    for (const level of [-4, -10, -27]) assert.equal(started(heardIn(rateHz, dialled(rateHz, keys, 45, 45, same, level))), keys)
  })

test('how long a tone was', () => {
  const [begin, end] = heardIn(8000, dialled(8000, '5', 200, 100, same)).all
  assert.equal(begin, '+5')
  const durationMs = Number(end!.split(':')[1])
  assert.ok(Math.abs(durationMs - 200) <= 26, String(durationMs))
})

test('tones through G.711 and with noise 15 dB below', () => {
  const random = randomFrom(3)
  const pcm = dialled(8000, keys, 60, 60, same)
  const codec = openCodec('PCMA')
  const octets = new Uint8Array(pcm.length)
  // Two tones of -10 dBm0 are some 4600 rms.
  for (let n = 0; n < pcm.length; n++) pcm[n]! += (random.next() * 2 - 1) * 4600 * 10 ** (-15 / 20) * Math.sqrt(3)
  codec.encode(pcm, pcm.length, octets, 0)
  codec.decode(octets, 0, octets.length, pcm)
  assert.equal(started(heardIn(8000, pcm)), keys)
})

test('Q.24: frequencies 1.5 % off are digits, 4 % off are none', () => {
  assert.equal(
    started(
      heardIn(
        8000,
        dialled(8000, keys, 60, 60, (hz) => hz * 1.015),
      ),
    ),
    keys,
  )
  assert.equal(
    started(
      heardIn(
        8000,
        dialled(8000, keys, 60, 60, (hz) => hz * 0.985),
      ),
    ),
    keys,
  )
  assert.equal(
    started(
      heardIn(
        8000,
        dialled(8000, keys, 60, 60, (hz) => hz * 1.04),
      ),
    ),
    '',
  )
})

test('Q.24: a pause of 10 ms does not make two digits, one of 45 ms does', () => {
  assert.equal(started(heardIn(8000, dialled(8000, '55', 60, 10, same))), '5')
  assert.equal(started(heardIn(8000, dialled(8000, '55', 60, 45, same))), '55')
})

test('one tone alone, and three, are no digit', () => {
  const generator = new ToneGenerator(8000)
  const pcm = new Int16Array(8000)
  for (const hz of [[697], [1209], [697, 1209, 1477], [697, 770], [440, 480], [350, 440]]) {
    generator.set(hz)
    generator.write(pcm, 0, 8000)
    assert.equal(started(heardIn(8000, pcm.subarray(200))), '', hz.join())
  }
})

test('talk-off: three minutes of sounds like vowels, and noise, hold no digit', () => {
  const random = randomFrom(11)
  const pcm = new Int16Array(160)
  const told = new Told()
  const detector = new DtmfDetector(8000, told)
  let phase = 0
  let pitchHz = 120
  let formants = [500, 1500, 2500]
  for (let frame = 0; frame < 9000; frame++) {
    if (frame % 8 === 0) {
      pitchHz = 80 + random.below(220)
      formants = [250 + random.below(700), 900 + random.below(1300), 2200 + random.below(900)]
    }
    const isNoise = frame % 40 > 35
    for (let n = 0; n < 160; n++) {
      phase += (2 * Math.PI * pitchHz) / 8000
      let sum = 0
      const topHz = isNoise ? 0 : 3400
      for (let harmonic = 1; harmonic * pitchHz < topHz; harmonic++) {
        const hz = harmonic * pitchHz
        const weight = formants.reduce((most, formant) => Math.max(most, 1 / (1 + ((hz - formant) / 60) ** 2)), 0)
        sum += weight * Math.sin(harmonic * phase)
      }
      pcm[n] = Math.max(-32_000, Math.min(32_000, isNoise ? (random.next() - 0.5) * 16_000 : sum * 6000))
    }
    detector.feed(pcm, 160)
  }
  assert.deepEqual(told.all, [])
})
