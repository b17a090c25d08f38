// Text made speech: by which provider, within what bounds, and once for all who say the same. The dialects' names of voices and
// languages are theirs to translate; here a language is a BCP 47 tag, and a voice is `male`, `female` or one of the provider's own.

import { createHash } from 'node:crypto'
import { refuse, Refusal } from '#reasons/refusal.ts'
import type { Clips, KnownClip } from './clips.ts'
import type { HttpSaySettings } from './say-http.ts'
import type { SayProvider, SpeakWish } from './say-provider.ts'
import { SayVoices, type SayWish } from './say-voices.ts'

/** As provider-list.ts reads it. */
export interface SaySettings {
  /** The name of the provider that speaks when none is named. */
  readonly usual: string
  /** The one in the box speaks too, where it is installed. */
  readonly withEspeak: boolean
  readonly providers: readonly HttpSaySettings[]
}

export interface SayParts {
  readonly clips: Clips
  readonly providers: readonly SayProvider[]
  readonly usual: string
}

export class Say {
  readonly #clips: Clips
  /** Who speaks, and what they can. */
  readonly voices: SayVoices
  readonly #underWay = new Map<string, Promise<KnownClip>>()

  constructor({ clips, providers, usual }: SayParts) {
    this.#clips = clips
    this.voices = new SayVoices(providers, usual)
  }

  /** For the doctor: nothing can be said when this is empty. */
  get providers(): readonly string[] {
    return this.voices.names
  }

  /** Undefined when there is nothing to say. Throws a Refusal `tts.*`, or `play.failed` when the disk is full. */
  async say(wish: SayWish): Promise<KnownClip | undefined> {
    const chosen = this.voices.choose(wish)
    return chosen && this.#once(chosen.provider, chosen.wish)
  }

  stop(): void {
    this.voices.stop()
  }

  async #once(provider: SayProvider, wish: SpeakWish): Promise<KnownClip> {
    const { text, isMarkup, language, voice = '', speed } = wish
    const of = [provider.name, voice.toLowerCase(), language.toLowerCase(), speed, isMarkup, text]
    const key = `say ${createHash('sha256').update(JSON.stringify(of)).digest('hex')}`
    const before = this.#underWay.get(key)
    if (before) return before
    const made = this.#made(key, provider, wish).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, made)
    return made
  }

  async #made(key: string, provider: SayProvider, wish: SpeakWish): Promise<KnownClip> {
    const remembered = await this.#clips.remembered(key)
    if (remembered) return remembered
    const { bytes, mediaType } = await provider.speak(wish)
    try {
      return await this.#clips.remember(key, bytes, mediaType)
    } catch (cause) {
      // What it gave is no sound: the provider's fault, not the script's.
      if (cause instanceof Refusal && cause.reason === 'play.format_unsupported')
        refuse('tts.failed', { provider: provider.name }, { cause, evidence: String(cause.params['found']) })
      throw cause
    }
  }
}
