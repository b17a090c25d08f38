// Whoever makes speech of text. Each provider is a file of its own: say-espeak.ts, say-http.ts.

export interface SpeakWish {
  readonly text: string
  /** The text is SSML. */
  readonly isMarkup: boolean
  /** BCP 47. */
  readonly language: string
  /** `male`, `female`, or one of the provider's own; absent: its usual. */
  readonly voice?: string
  /** 1 is its usual speed; from 0.5 to 3. */
  readonly speed: number
}

/** Sound in any form that clips-decode.ts reads. */
export interface Spoken {
  readonly bytes: Uint8Array
  readonly mediaType: string
}

export interface SayProvider {
  readonly name: string
  readonly mostChars: number
  /** Rejects with tts.language_invalid or tts.voice_invalid, as far as it is known before anything is spoken. */
  require?(wish: Pick<SpeakWish, 'language' | 'voice'>): Promise<void>
  /** Throws a Refusal `tts.*` or `webhook.*`. */
  speak(wish: SpeakWish): Promise<Spoken>
  stop(): void
}
