// What the main thread and a media worker say to each other. Down go deeds: open, connect, play, collect, record, join, close.
// Up come facts: started, digit, ended, lost, figures. Plain data only, so that it can be posted. No call, no account, no SIP:
// a stream is one RTP leg with its socket; a mix is what streams hear of each other.
//
//   main thread                    worker
//   Media ── place() ──> Place     one worker: all streams of a call or conference are on it
//   Place ── open() ───> Stream    a socket, a jitter buffer, codecs, a pipeline of what it hears and says
//   Stream <── news ──             digits, ends of what was asked, loss, figures each five seconds and at the end

import type { CodecName } from '#protocols/rtp/codec-name.ts'
import type { AgreedMedia, LocalMedia, Transport } from '#protocols/sdp/agreed-media.ts'
import type { Slug } from '#reasons/catalogue.ts'

export interface OpenStream {
  readonly transport: Transport
  /** The address that goes into SDP; the socket is bound to `bindHost`. */
  readonly advertisedHost: string
  readonly bindHost: string
}

/** Something to hear. Audio is fetched, checked, decoded and made speech before a worker gets it: see clips.ts. */
export type Clip =
  /** 16-bit signed PCM, mono, in a file of raw samples that `clips.ts` keeps; the worker maps the rate. */
  | { readonly kind: 'pcm'; readonly path: string; readonly rateHz: number }
  | { readonly kind: 'silence'; readonly ms: number }
  /** Tones by frequency (Hz) and time, e.g. ringback; `repeat` goes on until stopped. */
  | {
      readonly kind: 'tones'
      readonly parts: readonly { readonly hz: readonly number[]; readonly ms: number }[]
      readonly repeat: boolean
    }
  | { readonly kind: 'digits'; readonly digits: string }

export interface Play {
  readonly clips: readonly Clip[]
  /** How often all of it; 0: until it is stopped. */
  readonly times: number
  /** `stream`: only this stream's other side hears it. `mix`: all in its mix do. */
  readonly to: 'stream' | 'mix'
  /** Digits that end it; empty: none do. */
  readonly stopOn: string
  /** Speech of the other side ends it. */
  readonly stopOnSpeech?: boolean
  /**
   * Laid at half its level over what else is heard, at once; a whisper, a beep. Others wait for the play before them, and take the
   * place of what is heard of the mix.
   */
  readonly over?: boolean
}

export interface Collect {
  /** Digits that count; others are ignored. */
  readonly valid: string
  /** Ends at so many; 0: no end by number. */
  readonly most: number
  /** Any of these ends it and is not among the digits. */
  readonly finishOn: string
  /** Until the first digit, counted from when the prompt, if any, is over. */
  readonly firstMs: number
  readonly betweenMs: number
  /** In all, counted as `firstMs`; absent: no bound but these. */
  readonly inAllMs?: number
  /** Played meanwhile; the first digit ends it when `bargeIn`. */
  readonly prompt?: readonly Clip[]
  readonly promptTimes?: number
  readonly bargeIn: boolean
  /**
   * Digits pressed before it began, and not counted by another, count too: since the last play that nothing could interrupt, the last recording
   * that a digit could end, the last mix, and the last collection that was stopped. 64 are kept; what only finishes a collection that was full
   * by then is not.
   */
  readonly typeAhead: boolean
  readonly speech?: Listen
}

/** Recognition by a provider: 16-bit PCM goes out over a WebSocket, results come back. See speech.ts for the words on the wire. */
export interface Listen {
  readonly provider: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly language: string
  readonly hints: readonly string[]
  readonly partials: boolean
  /** Silence after speech that ends it. */
  readonly silenceMs: number
  /** Counted from when the prompt, if any, is over. */
  readonly inAllMs: number
}

export interface Recording {
  /** Where the sealed file goes; see recording-file.ts. */
  readonly path: string
  /** 32 bytes, base64; the file is AES-256-GCM in frames under it. */
  readonly key: string
  /** `mixed`: one channel of both sides. `dual`: two channels. `heard`: only what the other side says. */
  readonly channels: 'mixed' | 'dual' | 'heard'
  readonly mostMs: number
  /** Silence that ends it; 0: none does. */
  readonly silenceMs: number
  /** Silence before any sound that ends it; 0: as silenceMs. */
  readonly firstSilenceMs: number
  readonly finishOn: string
  readonly beep: boolean
  /** Silence at both ends is cut off. */
  readonly trim: boolean
}

export interface InMix {
  readonly mix: string
  readonly muted: boolean
  /** Hears nothing of the mix. */
  readonly deaf?: boolean
  /** Only these streams hear it: a supervisor's whisper. */
  readonly whisperTo?: readonly number[]
}

/** How well one stream went, from both sides. Times in ms; loss as a share from 0 to 1. */
export interface StreamFigures {
  readonly atMs: number
  readonly sent: { readonly packets: number; readonly bytes: number }
  readonly received: {
    readonly packets: number
    readonly bytes: number
    readonly lost: number
    readonly late: number
    readonly duplicates: number
  }
  /** RFC 3550 6.4.1, of what we receive. */
  readonly jitterMs: number
  /** As the other side reported in RTCP; absent: it reported nothing. */
  readonly remote?: { readonly lost: number; readonly jitterMs: number; readonly roundTripMs?: number }
  /** By the E-model (ITU-T G.107), of what we hear; absent while nothing was received. */
  readonly mos?: number
  /** Since when nothing came, if nothing comes. */
  readonly silentSinceMs?: number
  /** When the other side last reported in RTCP: it is there, though it may have nothing to say. */
  readonly reportedAtMs?: number
  /** Where packets really come from, once any came. */
  readonly source?: { readonly host: string; readonly port: number }
  readonly codec: CodecName
}

export type PlayEnd = 'over' | 'stopped' | 'digit' | 'speech'
export type CollectEnd = 'finished' | 'most' | 'first_timeout' | 'between_timeout' | 'in_all' | 'speech' | 'stopped'
export type RecordEnd = 'silence' | 'most' | 'digit' | 'stopped' | 'closed'

/** What a stream tells, in order. `ask` names the deed by the number that was given for it. */
export type StreamNews =
  | { readonly type: 'firstPacket'; readonly atMs: number }
  /** Sound may go: at once, or when ICE and DTLS are through. */
  | { readonly type: 'connected' }
  | { readonly type: 'digit'; readonly digit: string; readonly durationMs: number; readonly by: 'rfc4733' | 'inband' | 'info' }
  | { readonly type: 'playStarted'; readonly ask: number }
  | { readonly type: 'playEnded'; readonly ask: number; readonly how: PlayEnd; readonly digit?: string }
  | {
      readonly type: 'collected'
      readonly ask: number
      readonly how: CollectEnd
      readonly digits: string
      readonly finishedBy?: string
    }
  | { readonly type: 'heard'; readonly ask: number; readonly text: string; readonly confidence: number; readonly final: boolean }
  | {
      readonly type: 'recorded'
      readonly ask: number
      readonly how: RecordEnd
      readonly durationMs: number
      readonly sizeBytes: number
      readonly hasSound: boolean
      readonly digit?: string
    }
  /** A deed went wrong and is over, with one of our reasons (`platform.media_operation_failed`, `speech.*`, `play.*`). */
  | { readonly type: 'failed'; readonly ask: number; readonly reason: Slug; readonly detail: string }
  /** Sound should come and none did for four seconds (`ever`: it did before), and when it comes again. */
  | { readonly type: 'silent'; readonly forMs: number; readonly ever: boolean }
  | { readonly type: 'resumed'; readonly afterMs: number }
  | { readonly type: 'figures'; readonly figures: StreamFigures }
  /** The stream is no more: closed on request, or its worker died, or its transport failed, or the other side has ended it. */
  | {
      readonly type: 'closed'
      readonly why: 'asked' | 'worker_died' | 'transport_failed' | 'left'
      readonly figures?: StreamFigures
    }

/** One stream, as the main thread holds it. Deeds never throw for what happens on the wire: that is news. */
export interface Stream {
  readonly id: number
  readonly local: LocalMedia
  connect(media: AgreedMedia): void
  /** Gives the number of the ask, under which its news come. */
  play(play: Play): number
  collect(collect: Collect): number
  record(recording: Recording): number
  /** Ends a play, a collection or a recording early; its end is told with `stopped`. */
  stop(ask: number): void
  /** By RFC 4733 where it was agreed, else as tones; `w` and `,` wait half a second. Audio waits meanwhile. */
  sendDigits(digits: string): void
  /** A digit that came in signalling (SIP INFO). */
  heardDigit(digit: string, durationMs: number): void
  /**
   * Again with the same mix: as it is said now. Of two alone in a mix each gets the digits of the other; with one codec, and with
   * nothing played, recorded or collected, also its packets as they came.
   */
  join(mix: InMix): void
  leave(): void
  /** The last news is `closed` with the figures. */
  close(): void
  /** What came before the first listener is told to it. */
  onNews(listener: (news: StreamNews) => void): void
}

/** Where the streams of one call or conference are: one worker. */
export interface Place {
  readonly worker: number
  /** Rejects with a Refusal `platform.media_full` when no port is left or the worker is at its measured limit. */
  open(wish: OpenStream): Promise<Stream>
  /**
   * Music on hold: who is in the mix hears it, over and over, while no other in it is heard (alone, or all others muted or silent).
   * Empty clips end it. May be set before anybody is in the mix, and lasts until it is ended.
   */
  setMixMusic(mix: string, clips: readonly Clip[]): void
}

export interface Media {
  /** The least busy worker that admits one more call; throws a Refusal `platform.media_full` otherwise. */
  place(): Place
  /** For metrics and doctor. */
  state(): readonly {
    readonly worker: number
    readonly streams: number
    readonly load: number
    readonly lateMs: number
    readonly alive: boolean
  }[]
  stop(): Promise<void>
}
