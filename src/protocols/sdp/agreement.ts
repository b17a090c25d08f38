// What both halves of offer and answer (RFC 3264) share: what we wish, what comes of it, why nothing may, and how the two directions meet.

import type { AgreedMedia, Direction, LocalMedia, Transport } from './agreed-media.ts'
import type { CodecName } from '../rtp/codec-name.ts'
import { codecOf, comfortNoiseFormat, eventFormat, packetMsOf, type Format } from './formats.ts'
import { attributeOf, connectionOf, type MediaSection, type Origin, type Sdp } from './sdp.ts'

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
  /** No `c=`, or a multicast address. */
  | 'address'
  /** An answer that does not fit the offer: number or kinds of its media. */
  | 'mismatch'

/** Why no media come of it: SIP 488 (RFC 3261 21.4.26) with `text` in its Warning. */
export interface Disagreement {
  readonly disagreement: DisagreementKind
  readonly text: string
}

export const disagree = (disagreement: DisagreementKind, text: string): Disagreement => ({ disagreement, text })

const directions: readonly Direction[] = ['inactive', 'sendonly', 'recvonly', 'sendrecv']

/** sendonly is recvonly from the other side. */
export function mirrored(direction: Direction): Direction {
  if (direction === 'sendonly') return 'recvonly'
  return direction === 'recvonly' ? 'sendonly' : direction
}

/** What both allow (RFC 3264 6.1). The index is made of two bits, send and receive. */
export function narrowed(one: Direction, other: Direction): Direction {
  return directions[directions.indexOf(one) & directions.indexOf(other)]!
}

/** `c=` 0.0.0.0 is how RFC 2543 put on hold (RFC 3264 8.4): nothing can be sent there. `::` likewise. */
export function isNowhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** Where the other side's medium is to be reached. */
export function placeOf(sdp: Sdp, medium: MediaSection): { readonly host: string; readonly port: number } | Disagreement {
  const connection = connectionOf(sdp, medium)
  if (connection === undefined) return disagree('address', 'the audio has no c= line')
  const { host } = connection
  if (/^(?:22[4-9]|23\d)\.|^ff/i.test(host) && connection.family === (host.includes(':') ? 'IP6' : 'IP4'))
    return disagree('address', `the audio is of a multicast address, ${host}`)
  return { host, port: medium.port }
}

export type AgreedFormats = Pick<AgreedMedia, 'codec' | 'eventPayloadType' | 'comfortNoisePayloadType'>

/** Of the formats both know, what `theirs` makes of the chosen one. `medium` is the other side's. */
export function agreedFormats(
  chosen: Format,
  theirs: readonly Format[],
  medium: MediaSection,
  ours: Pick<MediaWish, 'events' | 'comfortNoise' | 'packetMs'>,
): AgreedFormats {
  const name = codecOf(chosen)!
  const event = ours.events === false ? undefined : eventFormat(theirs, chosen.clockRate)
  const noise = ours.comfortNoise === true ? comfortNoiseFormat(theirs, chosen.clockRate) : undefined
  return {
    codec: {
      name,
      payloadType: chosen.payloadType,
      clockRate: chosen.clockRate,
      packetMs: packetMsOf(medium, name, ours.packetMs ?? 20),
      ...(chosen.parameters === undefined ? {} : { parameters: chosen.parameters }),
    },
    ...(event === undefined ? {} : { eventPayloadType: event.payloadType }),
    ...(noise === undefined ? {} : { comfortNoisePayloadType: noise.payloadType }),
  }
}

/** RFC 5761 5.1.1, or `a=rtcp` of the same port (RFC 3605), which comes to the same. */
export function wantsOnePort(medium: MediaSection): boolean {
  if (attributeOf(medium, 'rtcp-mux') !== undefined) return true
  const rtcp = attributeOf(medium, 'rtcp')?.split(' ')[0]
  return rtcp !== undefined && medium.port !== 0 && Number(rtcp) === medium.port
}
