// What an offer and an answer say of one stream of sound, as plain data: what goes into our SDP, and what both came to. SDP itself is
// sdp.ts; who sends by it is media/.

import type { CodecName } from '../rtp/codec-name.ts'
import type { SdesKey } from '../rtp/srtp.ts'

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** Who the other side of DTLS has to be, and who begins (RFC 8122, 8842): `active` does, `passive` waits, `actpass` leaves it to the answer. */
export interface DtlsParameters {
  /** `sha-256 AB:CD:...`, of the certificate. */
  readonly fingerprint: string
  readonly setup: 'actpass' | 'active' | 'passive'
}

/** RFC 8839; candidates as lines without `a=`. */
export interface IceParameters {
  readonly ufrag: string
  readonly password: string
  readonly candidates: readonly string[]
}

/** One codec as it was agreed: RFC 8866 6.6, RFC 3551 6. */
export interface AgreedCodec {
  readonly name: CodecName
  readonly payloadType: number
  /** As in `a=rtpmap`: 8000 for G.711 and (by its history) G.722, 48000 for Opus. */
  readonly clockRate: number
  /** What each packet holds, ms. */
  readonly packetMs: number
  /** `a=fmtp` of the other side, as it was written. */
  readonly parameters?: string
}

/** What offer and answer came to, as the worker needs it. May be given again: hold, re-INVITE, a new codec. */
export interface AgreedMedia {
  readonly remoteHost: string
  readonly remotePort: number
  /** RFC 5761 on one port, or the port after. */
  readonly rtcpMux: boolean
  readonly codec: AgreedCodec
  /** RFC 4733; absent: digits are heard in the band. */
  readonly eventPayloadType?: number
  /** RFC 3389 */
  readonly comfortNoisePayloadType?: number
  /** From our side: `sendonly` is when the other side only listens. */
  readonly direction: Direction
  readonly sdes?: SdesKey
  readonly dtls?: DtlsParameters
  readonly ice?: IceParameters
}

/** What of a stream goes into our SDP. */
export interface LocalMedia {
  readonly host: string
  readonly port: number
  /** For srtp: our key. */
  readonly sdes?: SdesKey
  /** For webrtc: our certificate, and how we are reached. */
  readonly dtls?: DtlsParameters
  readonly ice?: IceParameters
  readonly ssrc: number
  readonly cname: string
}

export type Transport = 'rtp' | 'srtp' | 'webrtc'
