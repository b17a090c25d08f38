// A session description as data (RFC 8866 5): every line is kept, in its place, so that what we do not understand can be looked at and
// written again. Reading is parse-sdp.ts, writing write-sdp.ts; what two of them come to is offer.ts, answer.ts and read-answer.ts.

import type { Direction } from './agreed-media.ts'

/** `o=` (5.2). The two numbers may have 64 bits and more, so they stay digits. */
export interface Origin {
  readonly username: string
  readonly sessionId: string
  readonly version: string
  readonly address: Connection
}

/** `c=` (5.7), or the end of `o=`. `host` without a multicast's `/ttl/number`. */
export interface Connection {
  readonly family: 'IP4' | 'IP6'
  readonly host: string
}

/** `a=name` or `a=name:value` (5.13). */
export interface Attribute {
  readonly name: string
  readonly value?: string
}

/** `m=` (5.14) and what stands under it. */
export interface MediaSection {
  /** `audio`, `video`, `image`, `application`, ... */
  readonly kind: string
  /** 0: refused, or switched off. */
  readonly port: number
  /** `RTP/AVP`, `RTP/SAVP`, `UDP/TLS/RTP/SAVPF`, ... */
  readonly protocol: string
  /** Payload types, for RTP. */
  readonly formats: readonly string[]
  readonly title?: string
  readonly connection?: Connection
  /** `b=` as they stand: `AS:64`. */
  readonly bandwidths: readonly string[]
  readonly attributes: readonly Attribute[]
}

export interface Sdp {
  readonly origin: Origin
  readonly name: string
  /** Of every medium that has none of its own. */
  readonly connection?: Connection
  readonly bandwidths: readonly string[]
  /** `t=`, and `r=` and `z=` after it, as they stand with their letter: `t=0 0`. */
  readonly times: readonly string[]
  /** `i=`, `u=`, `e=`, `p=` and `k=` of the session, as they stand with their letter. */
  readonly others: readonly string[]
  readonly attributes: readonly Attribute[]
  readonly media: readonly MediaSection[]
}

/** What cannot be read, for a 400 or 488 and the log. `line` counts from 1. */
export interface SdpFault {
  readonly fault: string
  readonly line: number
}

/** The first value of an attribute; '' when it stands without one; undefined when it does not stand. */
export function attributeOf(of: { readonly attributes: readonly Attribute[] }, name: string): string | undefined {
  for (const attribute of of.attributes) if (attribute.name === name) return attribute.value ?? ''
  return undefined
}

/** Every value of an attribute, in order; '' where it stands without one. */
export function attributesOf(of: { readonly attributes: readonly Attribute[] }, name: string): string[] {
  return of.attributes.filter((attribute) => attribute.name === name).map(({ value }) => value ?? '')
}

/** `c=` of the medium, else of the session (5.7). */
export function connectionOf(sdp: Sdp, medium: MediaSection): Connection | undefined {
  return medium.connection ?? sdp.connection
}

const directions: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] satisfies Direction[]

/** From the side that wrote it; the medium's own, else the session's, else sendrecv (6.7). */
export function directionOf(sdp: Sdp, medium: MediaSection): Direction {
  const found =
    medium.attributes.find(({ name }) => directions.includes(name)) ??
    sdp.attributes.find(({ name }) => directions.includes(name))
  return (found?.name as Direction | undefined) ?? 'sendrecv'
}

/** The first audio that is not refused; where all are, the first audio. */
export function audioOf(sdp: Sdp): MediaSection | undefined {
  const audio = sdp.media.filter(({ kind }) => kind === 'audio')
  return audio.find(({ port }) => port !== 0) ?? audio[0]
}
