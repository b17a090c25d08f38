// Digits in signalling: INFO with application/dtmf-relay or application/dtmf, as phones and carriers of many makers send them. There is no
// specification of either; RFC 6086 2 names them as use before its time.

import type { Collect, InMix, Play, Recording, Stream, StreamNews } from '#media/contract.ts'
import type { AgreedMedia, LocalMedia } from '#protocols/sdp/agreed-media.ts'

export interface InfoDigit {
  readonly digit: string
  readonly durationMs: number
}

const usualMs = 160
const digits = /^[0-9A-D*#]$/

export const relayType = 'application/dtmf-relay'

/** Undefined when it is no digit: another body, or a key there is not. */
export function readInfoDigit(contentType: string | undefined, body: Buffer): InfoDigit | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase()
  const text = body.toString('latin1')
  if (type === 'application/dtmf') return digitOf(text.trim(), undefined)
  if (type !== relayType) return undefined
  const lines = new Map(
    text.split(/\r?\n/).map((line) => {
      const [name = '', value = ''] = line.split('=')
      return [name.trim().toLowerCase(), value.trim()] as const
    }),
  )
  return digitOf(lines.get('signal') ?? '', lines.get('duration'))
}

function digitOf(signal: string, duration: string | undefined): InfoDigit | undefined {
  // Some write the event numbers of RFC 4733 3.2 for the two keys.
  const digit = signal === '10' ? '*' : signal === '11' ? '#' : signal.toUpperCase()
  const durationMs = duration !== undefined && /^\d{1,5}$/.test(duration) ? Number(duration) : usualMs
  return digits.test(digit) ? { digit, durationMs } : undefined
}

export const writeInfoDigit = (digit: string): Buffer => Buffer.from(`Signal=${digit}\r\nDuration=${usualMs}\r\n`)

/** A stream whose digits go out in signalling; all else is the stream's own. */
export class InfoDigitsStream implements Stream {
  readonly #stream: Stream
  readonly #send: (digit: string) => void

  constructor(stream: Stream, send: (digit: string) => void) {
    this.#stream = stream
    this.#send = send
  }

  get id(): number {
    return this.#stream.id
  }

  get local(): LocalMedia {
    return this.#stream.local
  }

  sendDigits(text: string): void {
    for (const digit of text.toUpperCase()) if (digits.test(digit)) this.#send(digit)
  }

  connect(media: AgreedMedia): void {
    this.#stream.connect(media)
  }

  play(play: Play): number {
    return this.#stream.play(play)
  }

  collect(collect: Collect): number {
    return this.#stream.collect(collect)
  }

  record(recording: Recording): number {
    return this.#stream.record(recording)
  }

  stop(ask: number): void {
    this.#stream.stop(ask)
  }

  heardDigit(digit: string, durationMs: number): void {
    this.#stream.heardDigit(digit, durationMs)
  }

  join(mix: InMix): void {
    this.#stream.join(mix)
  }

  leave(): void {
    this.#stream.leave()
  }

  close(): void {
    this.#stream.close()
  }

  onNews(listener: (news: StreamNews) => void): void {
    this.#stream.onNews(listener)
  }
}
