// Text made speech: by which provider, within what bounds, and once for all who say the same. The dialects' names of voices and
// languages are theirs to translate; here a language is a BCP 47 tag, and a voice is `male`, `female` or one of the provider's own.

import { createHash } from 'node:crypto'
import { refuse, Refusal } from '#reasons/refusal.ts'
import type { Clips, KnownClip } from './clips.ts'
import type { HttpSaySettings } from './say-http.ts'
import { spokenText } from './say-markup.ts'
import type { SayProvider, SpeakWish } from './say-provider.ts'

/** As provider-list.ts reads it. */
export interface SaySettings {
  /** The name of the provider that speaks when none is named. */
  readonly usual: string
  /** The one in the box speaks too, where it is installed. */
  readonly withEspeak: boolean
  readonly providers: readonly HttpSaySettings[]
}

export interface SayWish {
  readonly text: string
  /** BCP 47. */
  readonly language: string
  /** `male`, `female`, or one of the provider's own. */
  readonly voice?: string
  /** Absent: the usual one. */
  readonly provider?: string
  /** 1 is usual; what is beyond 0.5 to 3 is taken as that. */
  readonly speed?: number
  /** The text is SSML, of which say-markup.ts names the part that counts. */
  readonly isMarkup?: boolean
}

export interface SayParts {
  readonly clips: Clips
  readonly providers: readonly SayProvider[]
  readonly usual: string
}

export class Say {
  readonly #clips: Clips
  readonly #providers: ReadonlyMap<string, SayProvider>
  readonly #usual: string
  readonly #underWay = new Map<string, Promise<KnownClip>>()

  constructor({ clips, providers, usual }: SayParts) {
    this.#clips = clips
    this.#providers = new Map(providers.map((provider) => [provider.name, provider]))
    this.#usual = usual
  }

  /** For the doctor: nothing can be said when this is empty. */
  get providers(): readonly string[] {
    return [...this.#providers.keys()]
  }

  /** Undefined when there is nothing to say. Throws a Refusal `tts.*`, or `play.failed` when the disk is full. */
  async say(wish: SayWish): Promise<KnownClip | undefined> {
    const provider = this.#provider(wish.provider)
    const isMarkup = wish.isMarkup ?? false
    const chars = spokenText(wish.text, isMarkup).length
    if (chars === 0) return undefined
    // Markup around the text is paid for as well, but not counted as closely.
    const longest = Math.max(chars, Math.ceil(wish.text.length / 4))
    if (longest > provider.mostChars) refuse('tts.text_too_long', { chars: longest, mostChars: provider.mostChars })
    const { language, voice } = wish
    const speed = Math.max(0.5, Math.min(3, wish.speed ?? 1))
    return this.#once(provider, { text: wish.text.trim(), isMarkup, language, speed, ...(voice !== undefined && { voice }) })
  }

  stop(): void {
    for (const provider of this.#providers.values()) provider.stop()
  }

  #provider(name = this.#usual): SayProvider {
    if (this.#providers.size === 0) refuse('tts.no_provider')
    const provider = this.#providers.get(name)
    if (provider) return provider
    // The usual one may be one that is not installed.
    return name === this.#usual ? refuse('tts.no_provider') : refuse('tts.provider_unknown', { provider: name })
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
