// Which provider listens, as the operator configured them and a script wishes: ends in the `Listen` that goes to a media worker.

import { refuse } from '#reasons/refusal.ts'
import type { Listen } from './contract.ts'
import { holdsLanguage } from './language-range.ts'
import type { ListedProvider } from './listed-provider.ts'

/** As provider-list.ts reads it. Each `url` is ws or wss; what speaks there is docs/recipes/speech-provider.md. */
export interface SpeechSettings {
  /** The name of the one that listens when none is named. */
  readonly usual: string
  readonly providers: readonly ListedProvider[]
}

export interface ListenWish {
  readonly language: string
  readonly provider?: string
  readonly hints: readonly string[]
  readonly partials: boolean
  readonly silenceMs: number
  readonly inAllMs: number
}

const hintsAtMost = 500

/** Throws `speech.no_provider`, `speech.provider_unknown` or `speech.language_invalid`. */
export function chooseListen({ providers, usual }: SpeechSettings, wish: ListenWish): Listen {
  if (providers.length === 0) refuse('speech.no_provider')
  const name = wish.provider ?? usual
  const provider = providers.find((one) => one.name === name)
  if (!provider) refuse('speech.provider_unknown', { provider: name })
  const { language, partials, silenceMs, inAllMs } = wish
  if (!holdsLanguage(provider.languages, language)) refuse('speech.language_invalid', { language })
  const hints = wish.hints.slice(0, hintsAtMost)
  return { provider: name, url: provider.url, headers: provider.headers, language, hints, partials, silenceMs, inAllMs }
}
