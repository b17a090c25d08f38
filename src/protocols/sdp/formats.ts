// Payload types of an audio medium: `a=rtpmap` and `a=fmtp` (RFC 8866 6.6, 6.15) and the numbers that need none (RFC 3551 6).

import type { CodecName } from '../rtp/codec-name.ts'
import { attributesOf, type MediaSection } from './sdp.ts'

export interface Format {
  readonly payloadType: number
  /** As written; empty for a number without `a=rtpmap` that RFC 3551 gives nothing we know. */
  readonly name: string
  readonly clockRate: number
  readonly channels: number
  readonly parameters?: string
}

/** One of our codecs as it is named in SDP. Opus has two channels in `a=rtpmap` whatever it sends (RFC 7587 4.1). */
export const codecFormats: Record<
  CodecName,
  { readonly rtpmap: string; readonly payloadType: number; readonly clockRate: number }
> = {
  PCMU: { rtpmap: 'PCMU/8000', payloadType: 0, clockRate: 8000 },
  PCMA: { rtpmap: 'PCMA/8000', payloadType: 8, clockRate: 8000 },
  // 8000 by an old mistake that RFC 3551 4.5.2 keeps.
  G722: { rtpmap: 'G722/8000', payloadType: 9, clockRate: 8000 },
  opus: { rtpmap: 'opus/48000/2', payloadType: 111, clockRate: 48000 },
}

/** RFC 3551 6, of the numbers that phones still send without `a=rtpmap`. */
const fixed: Readonly<Record<number, string>> = {
  0: 'PCMU/8000',
  3: 'GSM/8000',
  4: 'G723/8000',
  8: 'PCMA/8000',
  9: 'G722/8000',
  13: 'CN/8000',
  18: 'G729/8000',
}

/** In the order of the `m=` line; a number that stands twice counts once. */
export function formatsOf(medium: MediaSection): Format[] {
  const maps = byPayloadType(attributesOf(medium, 'rtpmap'))
  const parameters = byPayloadType(attributesOf(medium, 'fmtp'))
  return [...new Set(medium.formats.map(Number))].map((payloadType) => {
    const [name, clockRate, channels] = (maps.get(payloadType) ?? fixed[payloadType] ?? '').split('/')
    const found = parameters.get(payloadType)
    return {
      payloadType,
      name: name!.trim(),
      clockRate: Number(clockRate ?? 0) || 0,
      channels: Number(channels ?? 1) || 1,
      ...(found === undefined ? {} : { parameters: found }),
    }
  })
}

function byPayloadType(values: readonly string[]): Map<number, string> {
  const found = new Map<number, string>()
  for (const value of values) {
    const match = /^(\d{1,3}) +(.+)$/.exec(value)
    if (match !== null && !found.has(Number(match[1]))) found.set(Number(match[1]), match[2]!.trim())
  }
  return found
}

/** Names are compared without regard to case (RFC 8866 6.6). */
export function codecOf({ name, clockRate, channels }: Format): CodecName | undefined {
  const plain = name.toUpperCase()
  if (plain === 'OPUS') return clockRate === 48_000 ? 'opus' : undefined
  if (clockRate !== 8000 || channels !== 1) return undefined
  return plain === 'PCMU' || plain === 'PCMA' || plain === 'G722' ? plain : undefined
}

/** The one of the codec's own clock, as RFC 4733 2.1 wants it; else any, which some phones that speak Opus need. */
export function eventFormat(formats: readonly Format[], clockRate: number): Format | undefined {
  const events = formats.filter((format) => format.name.toLowerCase() === 'telephone-event' && hasDigits(format.parameters))
  return events.find((format) => format.clockRate === clockRate) ?? events[0]
}

/** RFC 4733 2.4.1: without a list, 0 to 15 are meant. */
function hasDigits(parameters: string | undefined): boolean {
  const list = /^(?:events=)?([\d,\s-]+)/.exec(parameters ?? '')?.[1]
  if (list === undefined) return true
  return list.split(',').some((part) => {
    const [from, to] = part.split('-').map(Number)
    return from === 0 && (to ?? 0) >= 9
  })
}

/** Comfort noise (RFC 3389) at the clock of the codec. */
export function comfortNoiseFormat(formats: readonly Format[], clockRate: number): Format | undefined {
  return formats.find((format) => format.name.toUpperCase() === 'CN' && format.clockRate === clockRate)
}

/** What each packet we send is to hold: the other side's `a=ptime` within its `a=maxptime`, in steps of 10 ms (RFC 3264 6.1, RFC 8866 6.4). */
export function packetMsOf(medium: MediaSection, codec: CodecName, ours: number): number {
  const number = (name: string): number => Number(attributesOf(medium, name)[0] ?? Number.NaN)
  // Opus is encoded in frames of 20 ms, which every receiver has to take (RFC 7587 4.2).
  if (codec === 'opus') return 20
  const wanted = number('ptime') > 0 ? number('ptime') : ours
  const most = number('maxptime') > 0 ? number('maxptime') : 60
  return Math.min(60, Math.max(10, Math.floor(Math.min(wanted, most) / 10) * 10))
}
