// What both halves of offer and answer (RFC 3264) share: what we wish, what comes of it, and why nothing may.

import type { AgreedMedia, CodecName, Direction, LocalMedia, Transport } from '#media/contract.ts'
import type { Origin } from './sdp.ts'

/** One audio stream as we would have it. */
export interface MediaWish {
  readonly local: LocalMedia
  readonly transport: Transport
  /** Ours, the dearest first. An answer keeps the offer's order (RFC 3264 6.1) unless `preferOurs`. */
  readonly codecs: readonly CodecName[]
  readonly preferOurs?: boolean
  /** RFC 4733; default true. */
  readonly events?: boolean
  /** RFC 3389; default false. */
  readonly comfortNoise?: boolean
  /** What we want each packet to hold; default 20. */
  readonly packetMs?: number
  /** From our side; default sendrecv. An answer never takes more than the offer gives. */
  readonly direction?: Direction
  /** `o=` numbers: the same session id through a dialog. See `nextOrigin`. */
  readonly origin: Pick<Origin, 'sessionId' | 'version'>
}

export type DisagreementKind =
  /** The offer or answer has no audio, or it is refused with port 0. */
  | 'no_audio'
  | 'no_common_codec'
  /** RTP/SAVP where we speak RTP/AVP and the like; a crypto suite or fingerprint that is missing or unknown. */
  | 'transport'
  /** No `c=`, a multicast address, or one of another family than a name or IP. */
  | 'address'
  /** An answer that does not fit the offer: number or kinds of its media. */
  | 'mismatch'

/** Why no media come of it: SIP 488 (RFC 3261 21.4.26) with `text` in its Warning. */
export interface Disagreement {
  readonly disagreement: DisagreementKind
  readonly text: string
}

export type { AgreedMedia }
