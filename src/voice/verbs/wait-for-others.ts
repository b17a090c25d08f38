// What a member of a conference hears while it waits: music, the script's own sound, or a page that may play and say over and over.

import type { Clip } from '#media/contract.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import { musicOnHold } from '../music-on-hold.ts'
import { asksOf } from '../stream-asks.ts'
import type { Step } from './step.ts'
import type { Audio, JoinConference, Page } from './verb.ts'

/** A page that is done sooner has nothing to hear: it is not asked again. */
const shortestMs = 1_000

export class WaitForOthers {
  readonly #step: Step
  readonly #wait: JoinConference['wait']
  readonly #name: string
  #waiting: AbortController | undefined

  constructor(step: Step, { wait, name }: JoinConference) {
    this.#step = step
    this.#wait = wait
    this.#name = name
  }

  start(): void {
    if (this.#waiting || this.#step.signal.aborted) return
    const waiting = new AbortController()
    this.#waiting = waiting
    void this.#hear(waiting.signal).catch((error: unknown) => {
      if (waiting.signal.aborted || this.#step.signal.aborted) return
      this.#step.trouble(error instanceof Refusal ? error : this.#step.parts.fault(this.#step.call, error))
      if (this.#wait) void this.#play(musicOnHold, 0, waiting.signal)
    })
  }

  stop(): void {
    this.#waiting?.abort()
    this.#waiting = undefined
  }

  async #hear(signal: AbortSignal): Promise<void> {
    if (this.#wait?.kind === 'script') return this.#run(this.#wait.page, signal)
    const clips = this.#wait ? await this.#clips(this.#wait.audio) : musicOnHold
    await this.#play(clips, 0, signal)
  }

  async #play(clips: readonly Clip[], times: number, signal: AbortSignal): Promise<void> {
    const { stream } = this.#step.call
    if (!stream || clips.length === 0 || signal.aborted) return
    await asksOf(stream).play({ clips, times, to: 'stream', stopOn: '' }, signal).ended
  }

  #clips(audio: readonly Audio[]): Promise<readonly Clip[]> {
    return audio.length === 0 ? Promise.resolve([]) : this.#step.until(this.#step.parts.clips(this.#step.call, audio))
  }

  async #run(first: Page, signal: AbortSignal): Promise<void> {
    const { clock } = this.#step.parts
    for (let page = first; ;) {
      const startMs = clock.elapsedMs()
      const verbs = await this.#step.load(page, { type: 'wait', conference: this.#name })
      if (signal.aborted) return
      // Told by now.
      if (!verbs) return this.#play(musicOnHold, 0, signal)
      let next = page
      for (const verb of verbs) {
        if (verb.verb === 'play') await this.#play(await this.#clips(verb.audio), verb.times, signal)
        else if (verb.verb === 'pause') await this.#play([{ kind: 'silence', ms: verb.ms }], 1, signal)
        else if (verb.verb === 'redirect') next = verb.to
        else {
          const { line, column, element = verb.verb } = verb.at ?? {}
          const fault = 'it has no place where somebody waits'
          this.#step.trouble(
            refusal('markup.schema_invalid', { element, fault, expected: 'Play, Say or Redirect', line, column }),
          )
        }
        if (signal.aborted) return
        if (next !== page) break
      }
      if (clock.elapsedMs() - startMs < shortestMs && next === page) return
      if (clock.elapsedMs() - startMs < shortestMs) await this.#play([{ kind: 'silence', ms: shortestMs }], 1, signal)
      page = next
    }
  }
}
