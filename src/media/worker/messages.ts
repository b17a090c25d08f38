// What goes over the port between the main thread and one media worker. Plain data; the deeds are those of contract.ts. Both sides send
// lists, one a turn of their loop: to wake the other thread costs more than most of what is said.

import type { Clip, Collect, InMix, OpenStream, Play, Recording, StreamNews } from '../contract.ts'
import type { AgreedMedia, LocalMedia } from '#protocols/sdp/agreed-media.ts'

export interface WorkerData {
  readonly worker: number
}

export type Deed =
  | { readonly do: 'open'; readonly port: number; readonly wish: OpenStream }
  | { readonly do: 'connect'; readonly media: AgreedMedia }
  | { readonly do: 'play'; readonly ask: number; readonly play: Play }
  | { readonly do: 'collect'; readonly ask: number; readonly collect: Collect }
  | { readonly do: 'record'; readonly ask: number; readonly recording: Recording }
  | { readonly do: 'stop'; readonly ask: number }
  | { readonly do: 'sendDigits'; readonly digits: string }
  | { readonly do: 'heardDigit'; readonly digit: string; readonly durationMs: number }
  | { readonly do: 'join'; readonly mix: InMix }
  | { readonly do: 'leave' }
  | { readonly do: 'close' }

export type ToWorker =
  | { readonly stream: number; readonly deed: Deed }
  | { readonly mix: string; readonly music: readonly Clip[] }
  | { readonly stop: true }

/** How a worker keeps up. */
export interface WorkerLoad {
  readonly streams: number
  /** Share of the time that its thread was busy, 0 to 1. */
  readonly busy: number
  /** Within which 99 % of the ticks of the last seconds began, after their time. */
  readonly lateP99Ms: number
}

export type FromWorker =
  | { readonly ready: true }
  | { readonly opened: number; readonly local: LocalMedia }
  /** `taken`: another program has the port. */
  | { readonly notOpened: number; readonly taken: boolean; readonly detail: string }
  | { readonly stream: number; readonly news: StreamNews }
  | { readonly load: WorkerLoad }
  /** A fault of ours that ended one stream. */
  | { readonly fault: string }
