// What the files of a leg share: what it is made with, and how its audio is to be.

import type { CodecName } from '#protocols/rtp/codec-name.ts'
import type { Transport } from '#protocols/sdp/agreed-media.ts'
import type { InviteClient } from '#protocols/sip/invite-client.ts'
import type { InviteClientEvents, InviteOptions } from '#protocols/sip/invite-parts.ts'
import type { Session } from '#protocols/sip/session.ts'
import type { Flow, TransportName } from '#protocols/sip/stack-parts.ts'
import { isWebSocket } from '#protocols/sip/transport-names.ts'
import type { Clock } from '#values/clock.ts'
import type { LegWire } from './leg-wire.ts'
import type { FaceReasonOf } from './reason-headers.ts'

/** Where the sockets of media are bound, and what goes into SDP. */
export interface MediaHosts {
  readonly bindHost: string
  readonly advertisedHost: string
}

export interface LegParts {
  readonly userAgent: { invite(options: InviteOptions, events: InviteClientEvents): InviteClient }
  readonly clock: Clock
  readonly random: (bytes: number) => string
  /** By the flow that signalling came over; undefined: of the default. */
  readonly mediaHosts: (flow: Flow | undefined) => MediaHosts
  /** Nothing heard for so long ends an answered leg; 0: it does not. */
  readonly silenceMs: number
  readonly faceReasonOf?: FaceReasonOf | undefined
  /** Which leg a session is of, for calls that ask to take another's place (RFC 3891). */
  readonly legIds: WeakMap<Session, { readonly id: number; readonly owner: string }>
  /** Learns which call a Call-ID is of; absent: no evidence is kept. */
  readonly wire?: LegWire | undefined
  /** Whose leg it is: a trunk's, a client's. Only its owner may have it replaced. */
  readonly owner: string
  /** A throw of whoever listens, or another fault of ours. */
  readonly faulted: (error: unknown) => void
}

export const srtpPolicies = ['off', 'optional', 'required'] as const
export const digitModes = ['rfc4733', 'info', 'inband'] as const

export interface MediaPolicy {
  /** The dearest first. */
  readonly codecs: readonly CodecName[]
  /** `optional` takes both, and offers none; a browser's media are always encrypted. */
  readonly srtp: (typeof srtpPolicies)[number]
  /** How digits go out. Those that come are heard in each way. */
  readonly digits: (typeof digitModes)[number]
}

export const allCodecs: readonly CodecName[] = ['opus', 'G722', 'PCMA', 'PCMU']

/** What we offer when we begin. */
export function offeredTransport(policy: MediaPolicy, party: TransportName | undefined): Transport {
  if (isWebSocket(party)) return 'webrtc'
  return policy.srtp === 'required' ? 'srtp' : 'rtp'
}

/** Whether an offer of that kind may be answered. */
export const mayAnswer = (policy: MediaPolicy, transport: Transport): boolean =>
  transport === 'webrtc' || (transport === 'srtp' ? policy.srtp !== 'off' : policy.srtp !== 'required')
