// What calls play and who understands them, put together: clips, speech, recognition, and what verbs name made playable. Reads no
// setting itself and knows no call.

import { join } from 'node:path'
import { Clips } from '#media/clips.ts'
import type { Clip, Listen } from '#media/contract.ts'
import { SayEspeak } from '#media/say-espeak.ts'
import { SayHttp } from '#media/say-http.ts'
import type { SayProvider } from '#media/say-provider.ts'
import { Say, type SaySettings } from '#media/say.ts'
import { SpeechPretend } from '#media/speech-pretend.ts'
import { chooseListen, type ListenWish, type SpeechSettings } from '#media/speech-provider.ts'
import { beep, holdMusic, murmur, tone, toneCountry } from '#media/tones.ts'
import { shownUrl, type FetchGuarded } from '#protocols/http/outgoing.ts'
import { clauseOf, Refusal, refusal, refuse } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import type { Audio, Recorded } from '#voice/verbs/verb.ts'
import { reasonOfFailure, reasonOfStatus } from '#webhooks/failure-reason.ts'

export interface SoundParts {
  readonly clock: Clock
  readonly dataDir: string
  /** Of decoded sound kept on the disk. */
  readonly clipsBytes: number
  /** For what scripts name. */
  readonly fetch: FetchGuarded
  /** For what the operator configured, wherever it is. */
  readonly fetchOwn: FetchGuarded
  readonly say: SaySettings
  readonly speech: SpeechSettings
}

export interface SoundFile {
  readonly bytes: Uint8Array
  readonly mediaType: string
}

/** On whose behalf something is played. */
export interface Listener {
  /** Addresses may be on this machine: the sandbox. */
  readonly loopback: boolean
  /** ISO 3166: whose tones are heard where none is named. */
  readonly country?: string
  /** A file of the account's store. */
  file(name: string): Promise<SoundFile | undefined>
  /** A recording of the account. Rejects with `recording.*`. */
  recording?(recorded: Recorded): Promise<SoundFile>
}

/** Those that the operator configured, as far as they are installed. */
export function sayProviders(say: SaySettings, clock: Clock, fetchOwn: FetchGuarded): readonly SayProvider[] {
  const inTheBox = say.withEspeak && SayEspeak.isInstalled() ? [new SayEspeak(clock)] : []
  return [...inTheBox, ...say.providers.map((provider) => new SayHttp(provider, fetchOwn))]
}

export class Sound {
  readonly clips: Clips
  readonly say: Say
  /** Recognises what phones of the pretend network say. */
  readonly pretend = new SpeechPretend()
  readonly #speech: SpeechSettings

  constructor({ clock, dataDir, clipsBytes, fetch, fetchOwn, say, speech }: SoundParts) {
    this.clips = new Clips({ clock, dir: join(dataDir, 'clips'), mostBytes: clipsBytes, fetch, reasonOfFailure, reasonOfStatus })
    this.say = new Say({ clips: this.clips, providers: sayProviders(say, clock, fetchOwn), usual: say.usual })
    this.#speech = speech
  }

  async start(): Promise<void> {
    await Promise.all([this.clips.start(), this.pretend.start()])
  }

  async stop(): Promise<void> {
    this.say.stop()
    await Promise.all([this.clips.stop(), this.pretend.stop()])
  }

  /** In order; a text without words is none. Rejects with `play.*`, `tts.*` or `file.not_found`. */
  async playable(audio: readonly Audio[], listener: Listener): Promise<readonly Clip[]> {
    const found = await Promise.all(audio.map((one) => this.#clip(one, listener)))
    return found.filter((clip) => clip !== undefined)
  }

  /** Who recognises. Throws `speech.*`. `pretendPhone` is one whose words are told to `pretend`. */
  listen(wish: ListenWish, pretendPhone?: string): Listen {
    if (pretendPhone === undefined) return chooseListen(this.#speech, wish)
    const url = this.pretend.urlOf(pretendPhone)
    return chooseListen(
      { usual: 'pretend', providers: [{ name: 'pretend', url, headers: {} }] },
      { ...wish, provider: 'pretend' },
    )
  }

  /** What a pretend phone says: speech, or a murmur as long as the text where nobody speaks. */
  async speak(text: string, language = 'en-US'): Promise<readonly Clip[]> {
    const spoken = await this.say.say({ text, language }).catch(() => ({ clip: murmur(text) }))
    return spoken ? [spoken.clip] : []
  }

  async #clip(audio: Audio, listener: Listener): Promise<Clip | undefined> {
    switch (audio.kind) {
      case 'say':
        return (await this.say.say(audio))?.clip
      case 'url': {
        const { url, method = 'GET' } = audio
        return (await this.clips.fromUrl(url, { method, loopback: listener.loopback }).catch(notHad(url))).clip
      }
      case 'file': {
        const file = await listener.file(audio.name)
        if (!file) refuse('file.not_found', { file: audio.name })
        return (await this.clips.fromBytes(file.bytes, file.mediaType, audio.name)).clip
      }
      case 'recording': {
        if (!listener.recording) return refuse('recording.not_found', {})
        const { bytes, mediaType } = await listener.recording(audio)
        return (await this.clips.fromBytes(bytes, mediaType, `recording ${audio.callId}`)).clip
      }
      case 'tone':
        return toneOf(audio.tone, audio.country ?? listener.country ?? '')
      case 'silence':
      case 'digits':
        return audio
    }
  }
}

/** What could not be fetched could not be played; why is told with it. */
const notHad =
  (url: string) =>
  (error: unknown): never => {
    if (!(error instanceof Refusal) || !error.reason.startsWith('webhook.')) throw error
    throw refusal('play.failed', { url: shownUrl(url), cause: clauseOf(error) }, { evidence: error.evidence ?? error.reason })
  }

function toneOf(name: Extract<Audio, { kind: 'tone' }>['tone'], country: string): Clip {
  if (name === 'beep') return beep()
  return name === 'music' ? holdMusic() : tone(toneCountry(country), name)
}
