// What we and a recognition provider say to each other over a WebSocket, as docs/recipes/speech-provider.md has it:
// JSON in text messages, 16-bit little-endian mono PCM in binary ones. Reads strictly what comes; opens nothing.

export interface SpeechStart {
  readonly type: 'start'
  readonly version: 1
  readonly encoding: 'pcm_s16le'
  readonly rateHz: number
  /** BCP 47. */
  readonly language: string
  readonly hints: readonly string[]
  readonly partials: boolean
  /** Silence after speech that ends an utterance; 0: the provider's usual. */
  readonly silenceMs: number
}

/** After the last sound; the provider gives what it still has and closes with 1000. */
export interface SpeechFinish {
  readonly type: 'finish'
}

export type SpeechErrorWord = 'rate_unsupported' | 'language_unsupported' | 'busy' | 'failed'

export type SpeechAnswer =
  /** Somebody began to speak. */
  | { readonly type: 'speech' }
  /** Words so far, or an utterance as it stays; confidence from 0 to 1. */
  | { readonly type: 'partial' | 'final'; readonly text: string; readonly confidence: number }
  | { readonly type: 'error'; readonly error: SpeechErrorWord; readonly message: string }

const errorWords: readonly string[] = ['rate_unsupported', 'language_unsupported', 'busy', 'failed'] satisfies SpeechErrorWord[]

/** Undefined when it is none of these; an error in a word that is not known is `failed`. */
export function readSpeechAnswer(text: string): SpeechAnswer | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { type, text: words, confidence, error, message } = value as Record<string, unknown>
  if (type === 'speech') return { type }
  if (type === 'error') {
    const word = typeof error === 'string' && errorWords.includes(error) ? (error as SpeechErrorWord) : 'failed'
    return { type, error: word, message: typeof message === 'string' ? message.slice(0, 200) : '' }
  }
  if ((type !== 'partial' && type !== 'final') || typeof words !== 'string') return undefined
  const share = typeof confidence === 'number' && confidence >= 0 && confidence <= 1 ? confidence : 0
  return { type, text: words.slice(0, 4000), confidence: share }
}
