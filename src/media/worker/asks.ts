// What was asked of one stream and is not over: plays, collections, recordings; what digits and speech do to each, and how each end
// is told. Digits that no collection took are kept for the next one that wants them, a few at most.

import type { Slug } from '#reasons/catalogue.ts'
import { VoiceActivity } from '#protocols/rtp/voice-activity.ts'
import type { Clock } from '#values/clock.ts'
import type { Collect, Play, Recording, StreamNews } from '../contract.ts'
import { openListen, type Listening } from '../speech.ts'
import { beep } from '../tones.ts'
import type { ClipCache } from './clip-cache.ts'
import { Collector } from './collector.ts'
import { silenceOf, type RateHz } from './frames.ts'
import { Player, type DigitWay, type Playing } from './player.ts'
import { Recorder } from './recorder.ts'

const mostTyped = 64
const speechMs = 100

export interface AskParts {
  readonly clock: Clock
  readonly cache: ClipCache
  readonly rateHz: RateHz
  readonly digitWay: () => DigitWay | undefined
  /** Of the mix that the stream is in. */
  readonly mixPlayer: () => Player | undefined
  readonly news: (news: StreamNews) => void
}

interface Collection {
  readonly collect: Collect
  readonly collector: Collector
  prompt?: Playing | undefined
  listening?: Listening | undefined
  /** Undefined while the prompt plays. */
  listenUntilMs?: number | undefined
}

interface RecorderAsk {
  readonly recorder: Recorder
  beep?: Playing | undefined
}

export class Asks {
  readonly player: Player
  readonly #parts: AskParts
  #rateHz: RateHz
  readonly #plays = new Map<number, { readonly player: Player; readonly playing: Playing }>()
  readonly #collections = new Map<number, Collection>()
  readonly #recorders = new Map<number, RecorderAsk>()
  readonly #ending = new Set<Promise<void>>()
  /** Pressed and taken by nothing: kept for the next collection, see `forgetTyped`. */
  #typed = ''
  /** What would have finished the collection that was full before: pressed behind it, it is no beginning of the next. */
  #finishes = ''
  #activity: VoiceActivity | undefined

  constructor(parts: AskParts) {
    this.#parts = parts
    this.#rateHz = parts.rateHz
    this.player = new Player(parts.rateHz, parts.cache, parts.digitWay)
  }

  /** Another codec was agreed. Recordings are of one rate: they end. */
  setRate(rateHz: RateHz): void {
    if (rateHz === this.#rateHz) return
    this.#rateHz = rateHz
    this.player.setRate(rateHz)
    this.#activity = undefined
    for (const ask of this.#recorders.keys()) this.stop(ask)
  }

  /** Nobody listens to the sound and nothing is played: packets may pass as they are. */
  get areIdle(): boolean {
    return this.player.isIdle && this.#collections.size === 0 && this.#recorders.size === 0 && this.#plays.size === 0
  }

  play(ask: number, play: Play): void {
    const player = play.to === 'mix' ? this.#parts.mixPlayer() : this.player
    if (!player) return this.#failed(ask, 'platform.media_operation_failed', 'the stream is in no mix')
    const playing = player.add(play, {
      started: () => this.#parts.news({ type: 'playStarted', ask }),
      ended: (how, digit) => {
        this.#plays.delete(ask)
        // What nobody may interrupt is not answered by what was pressed before or in it.
        if (player === this.player && play.stopOn === '' && !play.stopOnSpeech) this.forgetTyped()
        this.#parts.news({ type: 'playEnded', ask, how, ...(digit === undefined ? {} : { digit }) })
      },
      failed: (reason, detail) => {
        this.#plays.delete(ask)
        this.#failed(ask, reason, detail)
      },
    })
    this.#plays.set(ask, { player, playing })
  }

  #failed(ask: number, reason: Slug, detail: string): void {
    this.#parts.news({ type: 'failed', ask, reason, detail })
  }

  collect(ask: number, collect: Collect): void {
    const now = this.#parts.clock.elapsedMs()
    const collector = new Collector(collect, {
      collected: (how, digits, finishedBy) => {
        this.#endCollection(ask)
        if (how === 'most') this.#finishes = collect.finishOn
        else if (how === 'stopped') this.forgetTyped()
        this.#parts.news({ type: 'collected', ask, how, digits, ...(finishedBy === undefined ? {} : { finishedBy }) })
      },
      bargedIn: () => this.#stopPrompt(collection),
    })
    const collection: Collection = { collect, collector }
    this.#collections.set(ask, collection)
    if (collect.prompt?.length) this.#prompt(ask, collection, collect.prompt)
    else this.#awaits(collection)
    if (collect.speech) this.#listen(ask, collection, collect.speech)
    const typed = this.#typed
    this.forgetTyped()
    if (!collect.typeAhead) return
    for (const [at, digit] of [...typed].entries()) {
      collector.digit(digit, now)
      if (!collector.isOver) continue
      for (const left of typed.slice(at + 1)) this.#keep(left)
      break
    }
  }

  #keep(digit: string): void {
    const isFinish = this.#finishes.includes(digit)
    this.#finishes = ''
    if (!isFinish && this.#typed.length < mostTyped) this.#typed += digit
  }

  /** They were meant for somebody else: a prompt that could not be interrupted, a recording, a party that was talked to. */
  forgetTyped(): void {
    this.#typed = ''
    this.#finishes = ''
  }

  #prompt(ask: number, collection: Collection, clips: Collect['prompt'] & {}): void {
    collection.prompt = this.player.add(
      { clips, times: collection.collect.promptTimes ?? 1, stopOn: '' },
      {
        ended: () => {
          collection.prompt = undefined
          this.#awaits(collection)
        },
        failed: (reason, detail) => {
          collection.prompt = undefined
          this.#endCollection(ask)
          this.#failed(ask, reason, detail)
        },
      },
    )
  }

  /** Its times count from now on. */
  #awaits(collection: Collection): void {
    const now = this.#parts.clock.elapsedMs()
    const { speech } = collection.collect
    collection.collector.opens(now)
    if (speech) collection.listenUntilMs = now + speech.inAllMs
  }

  #stopPrompt(collection: Collection): void {
    if (collection.prompt) this.player.stop(collection.prompt)
  }

  #listen(ask: number, collection: Collection, listen: Collect['speech'] & {}): void {
    let finals = ''
    collection.listening = openListen(
      listen,
      this.#rateHz,
      {
        speech: () => {
          collection.collector.speaks()
          if (collection.collect.bargeIn) this.#stopPrompt(collection)
          this.#spoke()
        },
        result: ({ text, confidence, final }) => {
          if (final || listen.partials) this.#parts.news({ type: 'heard', ask, text, confidence, final })
          if (!final) return
          finals += text
          collection.collector.end('speech')
        },
        ended: (reason, detail) => {
          collection.listening = undefined
          if (reason === undefined) return collection.collector.end(finals === '' ? 'first_timeout' : 'speech')
          this.#endCollection(ask)
          this.#failed(ask, reason, detail ?? '')
        },
      },
      this.#parts.clock,
    )
  }

  #endCollection(ask: number): void {
    const collection = this.#collections.get(ask)
    if (!collection) return
    this.#collections.delete(ask)
    collection.listening?.close()
    this.#stopPrompt(collection)
  }

  record(ask: number, recording: Recording): void {
    const recorder = new Recorder(recording, this.#rateHz, {
      ended: (how, durationMs, sizeBytes, hasSound, digit) => {
        if (recording.finishOn !== '') this.forgetTyped()
        const told = { type: 'recorded', ask, how, durationMs, sizeBytes, hasSound } as const
        this.#parts.news(digit === undefined ? told : { ...told, digit })
      },
      failed: (detail) => this.#failed(ask, 'recording.not_written', detail),
    })
    const entry: RecorderAsk = { recorder }
    this.#recorders.set(ask, entry)
    if (!recording.beep) return
    const over = () => (entry.beep = undefined)
    entry.beep = this.player.add({ clips: [beep()], times: 1, stopOn: '' }, { ended: over, failed: over })
  }

  #endRecorder(ask: number, entry: RecorderAsk, how: 'stopped' | 'closed'): void {
    if (entry.beep) this.player.stop(entry.beep)
    const ending = entry.recorder.end(how).finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
    this.#recorders.delete(ask)
  }

  stop(ask: number): void {
    const play = this.#plays.get(ask)
    if (play) play.player.stop(play.playing)
    this.#collections.get(ask)?.collector.end('stopped')
    const recorder = this.#recorders.get(ask)
    if (recorder) this.#endRecorder(ask, recorder, 'stopped')
  }

  digit(digit: string): void {
    for (const { player, playing } of this.#plays.values()) {
      if (playing.play.stopOn.includes(digit)) player.stop(playing, 'digit', digit)
    }
    for (const { recorder, beep: waits } of this.#recorders.values()) if (!waits) recorder.digit(digit)
    let counted = false
    for (const { collector, listening } of this.#collections.values()) {
      if (!collector.digit(digit, this.#parts.clock.elapsedMs())) continue
      counted = true
      // Whoever presses keys does not speak.
      listening?.close()
    }
    if (!counted) this.#keep(digit)
  }

  #spoke(): void {
    for (const { player, playing } of this.#plays.values()) {
      if (playing.play.stopOnSpeech) player.stop(playing, 'speech')
    }
  }

  /** Each turn: what came, and what is said. */
  turn(heard: Int16Array | undefined, said: Int16Array | undefined, nowMs: number): void {
    if (this.#plays.size > 0) this.#watchSpeech(heard)
    for (const collection of this.#collections.values()) {
      const { collector, listening, listenUntilMs, prompt, collect } = collection
      collector.tick(nowMs)
      if (!listening || (prompt && !collect.bargeIn)) continue
      listening.write(heard ?? silenceOf(this.#rateHz))
      if (listenUntilMs !== undefined && nowMs >= listenUntilMs) listening.finish()
    }
    for (const [ask, entry] of this.#recorders) {
      if (!entry.beep) entry.recorder.take(heard, said)
      if (entry.recorder.isOver) this.#endRecorder(ask, entry, 'stopped')
    }
  }

  #watchSpeech(heard: Int16Array | undefined): void {
    let watched = false
    for (const { playing } of this.#plays.values()) watched ||= playing.play.stopOnSpeech === true && playing.started
    if (!watched) return
    const frame = heard ?? silenceOf(this.#rateHz)
    const activity = (this.#activity ??= new VoiceActivity(this.#rateHz))
    if (activity.feed(frame, frame.length) && activity.sinceMs >= speechMs) this.#spoke()
  }

  /** Everything ends and is told; resolves when recordings are on the disk. */
  async close(): Promise<void> {
    for (const { player, playing } of this.#plays.values()) player.stop(playing)
    for (const { collector } of this.#collections.values()) collector.end('stopped')
    for (const [ask, entry] of this.#recorders) this.#endRecorder(ask, entry, 'closed')
    await Promise.all(this.#ending)
  }
}
