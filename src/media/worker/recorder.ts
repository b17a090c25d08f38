// One recording: what the other side says and what it hears, frame by frame into a sealed file, and when it ends.
// Cutting silence off: at the start nothing is written before the first sound; at the end silence is held back until sound follows.

import { VoiceActivity } from '#protocols/rtp/voice-activity.ts'
import type { RecordEnd, Recording } from '../contract.ts'
import { openRecording, type RecordingWriter } from '../recording-file.ts'
import { clamp, frameMs, frameOf, silenceOf, type RateHz } from './frames.ts'

export interface RecorderNews {
  ended(how: RecordEnd, durationMs: number, sizeBytes: number, hasSound: boolean, digit?: string): void
  failed(detail: string): void
}

/** A pause longer than this stays in the recording though it may turn out to be its end. */
const mostHeldFrames = 60_000 / frameMs

export class Recorder {
  readonly #recording: Recording
  readonly #news: RecorderNews
  readonly #writer: RecordingWriter
  readonly #activity: VoiceActivity
  readonly #mixed: Int16Array
  readonly #none: Int16Array
  #held: Int16Array[][] = []
  #hasSound = false
  #ms = 0
  #silentMs = 0
  #closing: Promise<void> | undefined
  #fault: string | undefined

  constructor(recording: Recording, rateHz: RateHz, news: RecorderNews) {
    this.#recording = recording
    this.#news = news
    this.#mixed = frameOf(rateHz)
    this.#none = silenceOf(rateHz)
    this.#activity = new VoiceActivity(rateHz)
    const { path, key, channels } = recording
    this.#writer = openRecording({
      path,
      key,
      channels: channels === 'dual' ? 2 : 1,
      rateHz,
      onFault: (detail) => {
        this.#fault = detail
        void this.end('stopped')
      },
    })
  }

  get isOver(): boolean {
    return this.#closing !== undefined
  }

  /** Both of this 20 ms, at the rate that was given at the start; absent is silence. */
  take(heard: Int16Array | undefined, said: Int16Array | undefined): void {
    if (this.#closing) return
    const { channels, silenceMs, firstSilenceMs, mostMs, trim } = this.#recording
    const sound = heard !== undefined && this.#activity.feed(heard, heard.length)
    if (sound) {
      this.#hasSound = true
      this.#silentMs = 0
    } else this.#silentMs += frameMs
    const frame = this.#frame(channels, heard ?? this.#none, said ?? this.#none)
    if (!trim || (sound && this.#held.length === 0)) this.#writer.write(frame)
    else this.#hold(frame, sound)
    this.#ms += frameMs
    const quietMs = this.#hasSound ? silenceMs : firstSilenceMs || silenceMs
    if (quietMs > 0 && this.#silentMs >= quietMs) void this.end('silence')
    else if (mostMs > 0 && this.#ms >= mostMs) void this.end('most')
  }

  #frame(channels: Recording['channels'], heard: Int16Array, said: Int16Array): Int16Array[] {
    if (channels === 'dual') return [heard, said]
    if (channels === 'heard') return [heard]
    const mixed = this.#mixed
    for (let n = 0; n < mixed.length; n += 1) mixed[n] = clamp(heard[n]! + said[n]!)
    return [mixed]
  }

  #hold(frame: Int16Array[], sound: boolean): void {
    if (sound || this.#held.length >= mostHeldFrames) {
      for (const held of this.#held) this.#writer.write(held)
      this.#held = []
      this.#writer.write(frame)
    } else if (this.#hasSound) this.#held.push(frame.map((samples) => samples.slice()))
  }

  digit(digit: string): void {
    if (this.#recording.finishOn.includes(digit)) void this.end('digit', digit)
  }

  /** Resolves when the file is closed and that is told. */
  end(how: RecordEnd, digit?: string): Promise<void> {
    this.#closing ??= this.#close(how, digit)
    return this.#closing
  }

  async #close(how: RecordEnd, digit?: string): Promise<void> {
    this.#held = []
    const { durationMs, sizeBytes } = await this.#writer.close()
    if (this.#fault === undefined) this.#news.ended(how, durationMs, sizeBytes, this.#hasSound, digit)
    else this.#news.failed(this.#fault)
  }
}
