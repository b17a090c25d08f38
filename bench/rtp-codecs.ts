// `node bench/rtp-codecs.ts [part]`: how many frames of 20 ms a second one core encodes, decodes, orders, listens to and seals; beside each figure
// how many streams of 50 frames a second that would be, were nothing else done.

import { ComfortNoise } from '#protocols/rtp/comfort-noise.ts'
import { Concealment } from '#protocols/rtp/concealment.ts'
import { DtmfDetector } from '#protocols/rtp/dtmf-detector.ts'
import { JitterBuffer } from '#protocols/rtp/jitter-buffer.ts'
import { Reception } from '#protocols/rtp/reception.ts'
import { Resampler } from '#protocols/rtp/resampler.ts'
import { emptyRtpPacket, readRtp, writeRtpHead } from '#protocols/rtp/rtp-packet.ts'
import { openCodec } from '#protocols/rtp/open-codec.ts'
import { SrtpSession } from '#protocols/rtp/srtp.ts'
import { ToneGenerator } from '#protocols/rtp/tones.ts'
import { VoiceActivity } from '#protocols/rtp/voice-activity.ts'

const seconds = 0.3
const runs = 5

/** Something like a voice: harmonics with a pitch and a level that move. */
function voice(rateHz: number): Int16Array {
  let phase = 0
  return Int16Array.from({ length: rateHz * 2 }, (_, n) => {
    const atS = n / rateHz
    phase += (2 * Math.PI * (140 + 40 * Math.sin(3 * atS))) / rateHz
    let sum = 0
    for (let harmonic = 1; harmonic < 20; harmonic++) sum += Math.sin(harmonic * phase) / harmonic
    return 5000 * sum * (0.6 + 0.4 * Math.sin(9 * atS))
  })
}

function measure(name: string, frame: (n: number) => void): void {
  if (process.argv[2] !== undefined && !name.includes(process.argv[2])) return
  const figures: number[] = []
  for (let run = 0; run < runs; run++) {
    const start = process.cpuUsage()
    const until = performance.now() + seconds * 1000
    let frames = 0
    while (performance.now() < until) for (let i = 0; i < 100; i++) frame(frames++)
    const { user, system } = process.cpuUsage(start)
    figures.push(frames / ((user + system) / 1e6))
  }
  const median = figures.toSorted((a, b) => a - b)[Math.floor(runs / 2)]!
  const shown = (figure: number): string => Math.round(figure).toLocaleString('en').padStart(12)
  console.log(`${name.padEnd(34)}${shown(median)} frames/s${shown(median / 50)} streams`)
}

for (const name of ['PCMU', 'PCMA', 'G722', 'opus'] as const) {
  const codec = openCodec(name)
  const samples = codec.pcmHz / 50
  const pcm = voice(codec.pcmHz)
  const frames = Array.from({ length: 100 }, (_, n) => pcm.subarray(n * samples, (n + 1) * samples))
  const octets = new Uint8Array(codec.mostBytes)
  const bytes = codec.encode(frames[50]!, samples, octets, 0)
  const heard = octets.slice(0, bytes)
  const into = new Int16Array(samples)
  measure(`${name} encode`, (n) => codec.encode(frames[n % 100]!, samples, octets, 0))
  measure(`${name} decode`, () => codec.decode(heard, 0, bytes, into))
}

const frame8k = voice(8000).subarray(0, 160)
const into = new Int16Array(960)

const packet = new Uint8Array(200)
const head = emptyRtpPacket()
measure('RTP head, written and read', (n) => {
  writeRtpHead(packet, 0, false, n & 0xffff, n * 160, 7)
  readRtp(packet, 172, head)
})
const reception = new Reception(8000)
measure('reception figures', (n) => reception.receive(n & 0xffff, (n * 160) >>> 0, 160, n * 20 + (n % 7)))
const buffer = new JitterBuffer({ clockRate: 8000, packetMs: 20 })
measure('jitter buffer, put and take', (n) => {
  buffer.put(packet, 12, 160, 0, n & 0xffff, (n * 160) >>> 0, false, n * 20 + (n % 7))
  buffer.take(n * 20)
})
const detector = new DtmfDetector(8000, { digitStarted() {}, digitEnded() {} })
measure('DTMF detector, 8 kHz', () => detector.feed(frame8k, 160))
const activity = new VoiceActivity(8000)
measure('activity, 8 kHz', () => activity.feed(frame8k, 160))
const tones = new ToneGenerator(8000)
tones.set([440, 480])
measure('two tones, 8 kHz', () => tones.write(into, 0, 160))
const noise = new ComfortNoise()
measure('comfort noise, 8 kHz', () => noise.write(into, 160))
const concealment = new Concealment(8000)
measure('concealment, nothing lost', () => concealment.good(frame8k, 160))
measure('concealment, each tenth lost', (n) => (n % 10 === 0 ? concealment.conceal(into, 160) : concealment.good(frame8k, 160)))
for (const [from, to] of [
  [8000, 16_000],
  [16_000, 8000],
  [8000, 48_000],
  [48_000, 8000],
  [22_050, 8000],
] as const) {
  const resampler = new Resampler(from, to)
  const pcm = voice(from).subarray(0, from / 50)
  measure(`resampler, ${from} to ${to}`, () => resampler.process(pcm, pcm.length, into))
}
const key = { suite: 'AES_CM_128_HMAC_SHA1_80', key: Buffer.alloc(30, 5).toString('base64') } as const
const [sealing, opening] = [new SrtpSession(key), new SrtpSession(key)]
measure('SRTP, sealed', (n) => {
  writeRtpHead(packet, 0, false, n & 0xffff, n * 160, 7)
  sealing.protect(packet, 172)
})
const other = new SrtpSession(key)
let sequence = 0
measure('SRTP, sealed and opened', () => {
  // It goes on from run to run: what came once is not taken again.
  writeRtpHead(packet, 0, false, ++sequence & 0xffff, sequence * 160, 9)
  if (opening.unprotect(packet, other.protect(packet, 172)) !== 172) throw new Error('not authentic')
})
