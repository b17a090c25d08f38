// Who may speak a text, of those that the operator configured, and whether they can: asked by whoever speaks, and by whoever checks a
// script without a call. Speaks nothing.

import { refuse } from '#reasons/refusal.ts'
import { spokenText } from './say-markup.ts'
import type { SayProvider, SpeakWish } from './say-provider.ts'

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

/** Who speaks it, and as what. */
export interface Chosen {
  readonly provider: SayProvider
  readonly wish: SpeakWish
}

export class SayVoices {
  readonly #providers: ReadonlyMap<string, SayProvider>
  readonly #usual: string

  constructor(providers: readonly SayProvider[], usual: string) {
    this.#providers = new Map(providers.map((provider) => [provider.name, provider]))
    this.#usual = usual
  }

  get names(): readonly string[] {
    return [...this.#providers.keys()]
  }

  /** Undefined when there is nothing to say. Throws tts.no_provider, tts.provider_unknown, tts.text_too_long. */
  choose({ text, isMarkup = false, language, voice, provider: name, speed = 1 }: SayWish): Chosen | undefined {
    const provider = this.#provider(name)
    const chars = spokenText(text, isMarkup).length
    if (chars === 0) return undefined
    // Markup around the text is paid for as well, but not counted as closely.
    const longest = Math.max(chars, Math.ceil(text.length / 4))
    if (longest > provider.mostChars) refuse('tts.text_too_long', { chars: longest, mostChars: provider.mostChars })
    const bounded = Math.max(0.5, Math.min(3, speed))
    return { provider, wish: { text: text.trim(), isMarkup, language, speed: bounded, ...(voice !== undefined && { voice }) } }
  }

  /** Rejects with whatever would refuse this text before it is spoken: `tts.*`. */
  async require(wish: SayWish): Promise<void> {
    const chosen = this.choose(wish)
    await chosen?.provider.require?.(chosen.wish)
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
}
