// A program of its own that speaks: espeak-ng, compiled to WebAssembly, behind stdin and stdout. Its licence is GPL-3, so it is an
// optional package which nothing else imports, and this process does nothing but ask it. See docs/decisions. It reads files of its
// package, writes none, opens no connection and ends when its stdin does.

import { frameOf, FrameReader, type EspeakVoice, type SpeakRequest } from './say-wire.ts'

interface Espeak {
  list_voices(): readonly EspeakVoice[]
  /** 0 when it is there. */
  set_voice(name: string): number
  set_rate(wordsPerMinute: number): void
  get_samplerate(): number
  /** Goes on while the listener gives false. Reads markup (SSML) in the text. */
  synthesize(text: string, listener: (samples: Int16Array | null) => boolean): void
}

interface EspeakModule {
  readonly eSpeakNGWorker: new () => Espeak
  readonly FS: { readdir(path: string): readonly string[] }
}

const packageName = '@echogarden/espeak-ng-emscripten'
const { default: load } = (await import(packageName)) as { default: () => Promise<EspeakModule> }
const loaded = await load()
const espeak = new loaded.eSpeakNGWorker()

function speak({ id, text, voice, wordsPerMinute }: SpeakRequest): Buffer {
  if (espeak.set_voice(voice) !== 0) return frameOf({ type: 'failed', id, detail: `no voice ${voice}` })
  espeak.set_rate(wordsPerMinute)
  const pieces: Uint8Array[] = []
  espeak.synthesize(text, (samples) => {
    if (samples) pieces.push(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
    return false
  })
  return frameOf({ type: 'spoken', id, rateHz: espeak.get_samplerate() }, Buffer.concat(pieces))
}

const reader = new FrameReader<SpeakRequest>()
process.stdin.on('data', (piece: Buffer) => {
  for (const { json } of reader.push(piece)) process.stdout.write(speak(json))
})
process.stdin.on('end', () => process.exit(0))
const variants = loaded.FS.readdir('/usr/share/espeak-ng-data/voices/!v').filter((name) => !name.startsWith('.'))
process.stdout.write(frameOf({ type: 'ready', voices: espeak.list_voices(), variants }))
