// The provider in the box: espeak-ng in its own process. Robotic, in about 120 languages; there when the optional package is.

import { createRequire } from 'node:module'
import { refuse } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import { asMarkup, safeMarkup } from './say-markup.ts'
import { SayProcess, type EspeakVoices } from './say-process.ts'
import type { SayProvider, Spoken, SpeakWish } from './say-provider.ts'
import { wavHeader } from './wav-header.ts'

/** At speed 1. */
const wordsPerMinute = 160

// Tags that people use and the speaker has under another.
const otherTags: Readonly<Record<string, string>> = { 'zh-hk': 'yue', 'zh-mo': 'yue', iw: 'he', in: 'id' }

// Its voices are variants of one timbre; these two stand for a man's and a woman's.
const usualVariants: Readonly<Record<string, string>> = { male: '', female: 'f3' }

export class SayEspeak implements SayProvider {
  readonly name = 'espeak'
  readonly mostChars = 4000
  readonly #process: SayProcess

  constructor(clock: Clock, process = new SayProcess(clock)) {
    this.#process = process
  }

  static isInstalled(): boolean {
    try {
      createRequire(import.meta.url).resolve('@echogarden/espeak-ng-emscripten/package.json')
      return true
    } catch {
      return false
    }
  }

  async require(wish: Pick<SpeakWish, 'language' | 'voice'>): Promise<void> {
    await this.#voice(wish)
  }

  async speak({ text, isMarkup, language, voice, speed }: SpeakWish): Promise<Spoken> {
    const { identifier, variant } = await this.#voice({ language, ...(voice !== undefined && { voice }) })
    const end = await this.#process.speak({
      text: isMarkup ? safeMarkup(text) : asMarkup(text),
      voice: variant === '' ? identifier : `${identifier}+${variant}`,
      wordsPerMinute: Math.round(Math.max(80, Math.min(450, wordsPerMinute * speed))),
    })
    if ('failed' in end) refuse('tts.failed', { provider: this.name }, { evidence: end.failed })
    const { samples, rateHz } = end
    return { bytes: Buffer.concat([wavHeader({ channels: 1, rateHz }, samples.length), samples]), mediaType: 'audio/wav' }
  }

  stop(): void {
    this.#process.stop()
  }

  async #voice({ language, voice }: Pick<SpeakWish, 'language' | 'voice'>): Promise<{ identifier: string; variant: string }> {
    const known = await this.#process.voices()
    if (!known) refuse('tts.failed', { provider: this.name }, { evidence: 'does not start' })
    const identifier = voiceFor(known, language)
    if (identifier === undefined) refuse('tts.language_invalid', { language })
    const variant = variantFor(known, voice)
    if (variant === undefined) refuse('tts.voice_invalid', { voice })
    return { identifier, variant }
  }
}

/** By RFC 4647 3.4: the whole tag, then without its last parts. Of several voices the one that is most for it. */
export function voiceFor({ voices }: EspeakVoices, language: string): string | undefined {
  const parts = language.toLowerCase().replaceAll('_', '-').split('-')
  for (; parts.length > 0; parts.pop()) {
    const tag = otherTags[parts.join('-')] ?? parts.join('-')
    const fits = voices.flatMap(({ identifier, languages }) =>
      languages.filter(({ name }) => name === tag).map(({ priority }) => ({ identifier, priority })),
    )
    const [best] = fits.toSorted((a, b) => a.priority - b.priority || a.identifier.length - b.identifier.length)
    if (best) return best.identifier
  }
  return undefined
}

/** Empty: the voice as it is. Undefined: it has none of this name. */
function variantFor({ variants }: EspeakVoices, voice = ''): string | undefined {
  const usual = voice === '' ? '' : usualVariants[voice.toLowerCase()]
  return usual ?? variants.find((name) => name.toLowerCase() === voice.toLowerCase())
}
