// What the speaking process and we say to each other over its stdin and stdout: frames of JSON with bytes behind it.
//
//   bytes of JSON, 4, big-endian | bytes behind it, 4 | JSON | bytes

export interface SpeakRequest {
  readonly id: number
  readonly text: string
  /** As the process named it in `ready`. */
  readonly voice: string
  readonly wordsPerMinute: number
}

export interface EspeakVoice {
  readonly identifier: string
  /** The lower the number, the more it is meant for the language; in lower case. */
  readonly languages: readonly { readonly name: string; readonly priority: number }[]
}

export type SpeakAnswer =
  /** Once, before all others. */
  | { readonly type: 'ready'; readonly voices: readonly EspeakVoice[]; readonly variants: readonly string[] }
  /** The samples are behind it: 16-bit little-endian PCM. */
  | { readonly type: 'spoken'; readonly id: number; readonly rateHz: number }
  | { readonly type: 'failed'; readonly id: number; readonly detail: string }

const headBytes = 8
/** An hour of what is spoken; beyond it the other side has lost its place. */
const mostBytes = 160 * 1024 * 1024

/** One frame; `bytes` is what stands behind the JSON. */
export function frameOf(json: SpeakRequest | SpeakAnswer, bytes: Uint8Array = new Uint8Array()): Buffer {
  const text = Buffer.from(JSON.stringify(json))
  const head = Buffer.alloc(headBytes)
  head.writeUInt32BE(text.length, 0)
  head.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([head, text, bytes])
}

/** Gives whole frames as their pieces come. Throws where they are none. */
export class FrameReader<T> {
  #pieces: Buffer[] = []
  #size = 0

  push(piece: Buffer): { readonly json: T; readonly bytes: Buffer }[] {
    this.#pieces.push(piece)
    this.#size += piece.length
    const frames: { readonly json: T; readonly bytes: Buffer }[] = []
    while (this.#size >= headBytes) {
      const { text, behind } = this.#lengths()
      if (this.#size < headBytes + text + behind) break
      const all = this.#joined()
      const body = all.subarray(headBytes, headBytes + text)
      frames.push({ json: JSON.parse(body.toString()) as T, bytes: all.subarray(headBytes + text, headBytes + text + behind) })
      this.#pieces = [all.subarray(headBytes + text + behind)]
      this.#size = this.#pieces[0]!.length
    }
    return frames
  }

  #lengths(): { readonly text: number; readonly behind: number } {
    if (this.#pieces[0]!.length < headBytes) this.#joined()
    const [first] = this.#pieces
    const text = first!.readUInt32BE(0)
    const behind = first!.readUInt32BE(4)
    if (text + behind > mostBytes) throw new RangeError(`a frame of ${text + behind} bytes`)
    return { text, behind }
  }

  #joined(): Buffer {
    const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
    this.#pieces = [all]
    return all
  }
}
