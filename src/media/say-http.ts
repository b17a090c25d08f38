// A speech provider over HTTP, as the operator configured it: text goes out as JSON, sound comes back. docs/recipes/speech-provider.md
// says how; what a vendor's API wants instead is a page of code between the two.

import { refuse } from '#reasons/refusal.ts'
import { isFailure, type FetchGuarded, type OutgoingAnswer } from '#protocols/http/outgoing.ts'
import { holdsLanguage } from './language-range.ts'
import type { ListedProvider } from './listed-provider.ts'
import type { SayProvider, Spoken, SpeakWish } from './say-provider.ts'

export interface HttpSaySettings extends ListedProvider {
  readonly mostChars?: number
}

const limits = { totalMs: 20_000, headersMs: 20_000, maxBytes: 20 * 1024 * 1024 }

export class SayHttp implements SayProvider {
  readonly name: string
  readonly mostChars: number
  readonly #settings: HttpSaySettings
  readonly #fetch: FetchGuarded

  /** `fetch` is one that may go wherever the operator says. */
  constructor(settings: HttpSaySettings, fetch: FetchGuarded) {
    this.name = settings.name
    this.mostChars = settings.mostChars ?? 4000
    this.#settings = settings
    this.#fetch = fetch
  }

  /** The operator may have said which languages it is for. */
  async require({ language }: Pick<SpeakWish, 'language'>): Promise<void> {
    if (!holdsLanguage(this.#settings.languages, language)) refuse('tts.language_invalid', { language })
  }

  async speak({ text, isMarkup, language, voice, speed }: SpeakWish): Promise<Spoken> {
    await this.require({ language })
    const { url, headers } = this.#settings
    const answer = await this.#fetch({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/json', accept: 'audio/wav, audio/mpeg, audio/L16, audio/basic' },
      body: JSON.stringify({ text, ssml: isMarkup, language, ...(voice !== undefined && { voice }), speed }),
      limits,
      loopback: true,
    })
    if (isFailure(answer)) {
      const { kind, detail } = answer.failed
      refuse('tts.failed', { provider: this.name }, { evidence: `${kind}: ${detail}` })
    }
    if (answer.status !== 200) this.#refused(answer, { language, voice })
    const type = answer.headers['content-type']
    return { bytes: answer.body, mediaType: typeof type === 'string' ? type : '' }
  }

  stop(): void {}

  #refused(answer: OutgoingAnswer, { language, voice }: Pick<SpeakWish, 'language'> & { voice: string | undefined }): never {
    const word = errorWord(answer.body)
    if (word === 'language_unsupported') refuse('tts.language_invalid', { language })
    if (word === 'voice_unknown') refuse('tts.voice_invalid', { voice })
    refuse('tts.failed', { provider: this.name }, { evidence: `${answer.status} ${word}`.trim() })
  }
}

/** `{"error": "<word>"}`, as far as it is a word. */
function errorWord(body: Buffer): string {
  return /^\s*\{[^]*?"error"\s*:\s*"([a-z_]{1,40})"/.exec(body.toString('utf8', 0, 1000))?.[1] ?? ''
}
