// baresip from Debian as a phone that can be heard and that hears: its microphone is a tone, and what it hears is written to a file,
// which is whole once the call is over. Registered with Offhook as a client.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { wavHeader } from '../../src/media/wav-header.ts'
import { baresip } from '../sip-peers.ts'

export interface HeardSound {
  readonly samples: Int16Array
  readonly rateHz: number
}

export interface HearingPhone {
  readonly login: string
  /** Resolves once it is answered. */
  dial(to: string): Promise<void>
  /** One key after the other, each until it is sent. */
  press(digits: string): Promise<void>
  type(command: string): void
  hangUp(): void
  /** Its program is gone, without a word to anybody. */
  die(): void
  /** Resolves when it says so from here on. */
  next(what: RegExp): Promise<string>
  said(): string
  /** What it heard in its calls so far, the first one first; of calls that are over. */
  heard(): readonly HeardSound[]
}

export interface HearingPhoneWish {
  readonly login: string
  readonly password: string
  /** Where Offhook takes SIP over UDP. */
  readonly port: number
  readonly toneHz: number
  /** The one codec that it has: `pcmu` unless told. */
  readonly codec?: 'pcmu' | 'pcma' | 'g722' | 'opus'
}

const codecs = {
  pcmu: { module: 'g711', line: 'PCMU/8000/1', rateHz: 8000, channels: 1 },
  pcma: { module: 'g711', line: 'PCMA/8000/1', rateHz: 8000, channels: 1 },
  g722: { module: 'g722', line: 'G722/16000/1', rateHz: 16_000, channels: 1 },
  opus: { module: 'opus', line: 'opus/48000/2', rateHz: 48_000, channels: 2 },
} as const

/** A tone of 16-bit samples, as a WAV. */
export function toneFile(hz: number, seconds: number, rateHz = 8000, channels = 1): Buffer {
  const samples = Buffer.alloc(rateHz * seconds * channels * 2)
  for (let at = 0; at < rateHz * seconds; at += 1) {
    const value = Math.round(8000 * Math.sin((2 * Math.PI * hz * at) / rateHz))
    for (let channel = 0; channel < channels; channel += 1) samples.writeInt16LE(value, (at * channels + channel) * 2)
  }
  return Buffer.concat([wavHeader({ channels, rateHz }, samples.length), samples])
}

/** Of a WAV of 16-bit samples: one channel of them. */
export function readSound(wav: Buffer, channel = 0): HeardSound {
  const channels = wav.readUInt16LE(22)
  const data = wav.indexOf('data', 12, 'latin1') + 8
  const samples = new Int16Array(Math.floor((wav.length - data) / 2 / channels))
  for (let at = 0; at < samples.length; at += 1) samples[at] = wav.readInt16LE(data + (at * channels + channel) * 2)
  return { samples, rateHz: wav.readUInt32LE(24) }
}

export async function hearingPhone({ login, password, port, toneHz, codec = 'pcmu' }: HearingPhoneWish): Promise<HearingPhone> {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-heard-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const { module, line, rateHz, channels } = codecs[codec]
  const tone = join(folder, 'tone.wav')
  writeFileSync(tone, toneFile(toneHz, 60, rateHz, channels))
  const sounds = join(folder, 'heard')
  mkdirSync(sounds)
  const account = [
    `<sip:${login}@127.0.0.1:${port}>`,
    `auth_user=${login}`,
    `auth_pass=${password}`,
    'answermode=auto',
    'regint=60',
    `audio_codecs=${line}`,
    `audio_source=aufile,${tone}`,
  ].join(';')
  const modules = module === 'g711' ? [] : [`module ${module}.so`]
  const phone = await baresip({ account, more: [...modules, 'module sndfile.so', `snd_path ${sounds}`].join('\n') })
  await phone.says(/200 OK/)
  /** Once more than it has said so far. */
  const next = (what: RegExp): Promise<string> => {
    const before = phone.said().match(new RegExp(what, 'g'))?.length ?? 0
    return phone.says(new RegExp(`(?:${what.source}[^]*?){${before + 1}}`))
  }
  return {
    login,
    async dial(to) {
      const established = next(/Call established/)
      phone.type(`/dial sip:${to}@127.0.0.1:${port}`)
      await established
    },
    async press(digits) {
      for (const digit of digits) {
        const sent = next(/send DTMF digit end/)
        phone.type(digit)
        await sent
      }
    },
    type: (command) => phone.type(command),
    hangUp: () => phone.type('/hangup'),
    die: () => void phone.process.kill('SIGKILL'),
    next,
    said: () => phone.said(),
    heard: () =>
      readdirSync(sounds)
        .filter((name) => name.endsWith('-dec.wav'))
        .toSorted()
        .map((name) => readSound(readFileSync(join(sounds, name)))),
  }
}
