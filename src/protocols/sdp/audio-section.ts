// Our audio medium as it is written, in offers and answers, and the session around it.

import { isIPv6 } from 'node:net'
import type { Direction, DtlsParameters } from './agreed-media.ts'
import type { SdesKey } from '../rtp/srtp.ts'
import type { MediaWish } from './agreement.ts'
import { secureLines } from './secure-media.ts'
import type { Attribute, Connection, MediaSection, Sdp } from './sdp.ts'
import { writeSdp } from './write-sdp.ts'

/** One payload type of ours. */
export interface WrittenFormat {
  readonly payloadType: number
  readonly rtpmap: string
  readonly parameters?: string
}

interface AudioToWrite {
  readonly wish: Omit<MediaWish, 'origin'>
  readonly protocol: string
  readonly formats: readonly WrittenFormat[]
  readonly direction: Direction
  readonly packetMs: number
  readonly setup: DtlsParameters['setup']
  readonly crypto?: Pick<SdesKey, 'tag' | 'suite'>
  readonly rtcpMux: boolean
  readonly mid?: string
}

function connectionTo(host: string): Connection {
  return { family: isIPv6(host) ? 'IP6' : 'IP4', host }
}

/** `m=audio` and what stands under it (RFC 8866 5.14). */
export function audioSection(audio: AudioToWrite): MediaSection {
  const { wish, formats } = audio
  const attributes: Attribute[] = []
  if (audio.mid !== undefined) attributes.push({ name: 'mid', value: audio.mid })
  for (const { payloadType, rtpmap, parameters } of formats) {
    attributes.push({ name: 'rtpmap', value: `${payloadType} ${rtpmap}` })
    if (parameters !== undefined) attributes.push({ name: 'fmtp', value: `${payloadType} ${parameters}` })
  }
  attributes.push({ name: 'ptime', value: String(audio.packetMs) }, { name: audio.direction })
  if (audio.rtcpMux) attributes.push({ name: 'rtcp-mux' })
  attributes.push(...secureLines(wish.local, wish.transport, audio.setup, audio.crypto))
  return {
    kind: 'audio',
    port: wish.local.port,
    protocol: audio.protocol,
    formats: formats.map(({ payloadType }) => String(payloadType)),
    connection: connectionTo(wish.local.host),
    bandwidths: [],
    attributes,
  }
}

/** RFC 3264 6: refused, with the formats as they were, for a list may not be empty. */
export function refusedSection(medium: MediaSection): MediaSection {
  const mid = medium.attributes.filter(({ name }) => name === 'mid')
  return { kind: medium.kind, port: 0, protocol: medium.protocol, formats: medium.formats, bandwidths: [], attributes: mid }
}

/** The description of these media. With `previous` its session id is kept, and its version too unless something differs (RFC 3264 8). */
export function session(
  media: readonly MediaSection[],
  attributes: readonly Attribute[],
  host: string,
  origin: MediaWish['origin'],
  previous?: Sdp,
): Sdp {
  const { sessionId, version } = previous?.origin ?? origin
  const made: Sdp = {
    origin: { username: '-', sessionId, version, address: connectionTo(host) },
    name: '-',
    connection: connectionTo(host),
    bandwidths: [],
    times: ['t=0 0'],
    others: [],
    attributes,
    media,
  }
  if (previous === undefined || writeSdp(previous) === writeSdp(made)) return made
  return { ...made, origin: { ...made.origin, version: nextOrigin({ sessionId, version }).version } }
}

/** The same session id, the version one up. */
export function nextOrigin({ sessionId, version }: MediaWish['origin']): MediaWish['origin'] {
  return { sessionId, version: String(BigInt(version) + 1n) }
}
