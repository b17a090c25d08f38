// What calls play and who understands them, put together: clips, speech, recognition. Reads no setting itself and knows no call.

import { join } from 'node:path'
import type { FetchGuarded } from '#protocols/http/outgoing.ts'
import { Clips } from '#media/clips.ts'
import type { Listen } from '#media/contract.ts'
import { SayEspeak } from '#media/say-espeak.ts'
import { SayHttp } from '#media/say-http.ts'
import { Say, type SaySettings } from '#media/say.ts'
import { chooseListen, type ListenWish, type SpeechSettings } from '#media/speech-provider.ts'
import type { Clock } from '#values/clock.ts'
import { reasonOfFailure, reasonOfStatus } from '#webhooks/failure-reason.ts'

export interface SoundParts {
  readonly clock: Clock
  readonly dataDir: string
  /** Of decoded sound kept on the disk. */
  readonly clipsBytes: number
  /** For what scripts name. */
  readonly fetch: FetchGuarded
  /** For what the operator configured, wherever it is. */
  readonly fetchOwn: FetchGuarded
  readonly say: SaySettings
  readonly speech: SpeechSettings
}

export interface Sound {
  readonly clips: Clips
  readonly say: Say
  /** Throws a Refusal `speech.*`. */
  readonly listen: (wish: ListenWish) => Listen
  /** For the doctor. */
  readonly speaks: readonly string[]
  readonly recognises: readonly string[]
  start(): Promise<void>
  stop(): Promise<void>
}

export function buildSound({ clock, dataDir, clipsBytes, fetch, fetchOwn, say: settings, speech }: SoundParts): Sound {
  const clips = new Clips({ clock, dir: join(dataDir, 'clips'), mostBytes: clipsBytes, fetch, reasonOfFailure, reasonOfStatus })
  const inTheBox = settings.withEspeak && SayEspeak.isInstalled() ? [new SayEspeak(clock)] : []
  const providers = [...inTheBox, ...settings.providers.map((provider) => new SayHttp(provider, fetchOwn))]
  const say = new Say({ clips, providers, usual: settings.usual })
  return {
    clips,
    say,
    listen: (wish) => chooseListen(speech, wish),
    speaks: say.providers,
    recognises: speech.providers.map(({ name }) => name),
    start: () => clips.start(),
    async stop() {
      say.stop()
      await clips.stop()
    },
  }
}
