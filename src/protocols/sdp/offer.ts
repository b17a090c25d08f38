// Makes offers (RFC 3264 5 and 8). One audio medium; what else a dialog once had stays in its place, refused.

import type { CodecName } from '../rtp/codec-name.ts'
import type { MediaWish } from './agreement.ts'
import { audioSection, refusedSection, session, type WrittenFormat } from './audio-section.ts'
import { codecFormats, codecOf, formatsOf, type Format } from './formats.ts'
import { protocolOf, transportOf } from './secure-media.ts'
import { attributeOf, audioOf, type MediaSection, type Sdp } from './sdp.ts'

type Wish = Omit<MediaWish, 'origin'>

const digits = '0-15'

/** What we can take of Opus: one channel; its own correction of losses is not made use of. */
export const opusParameters = 'minptime=20;useinbandfec=0'

/** A first offer: one audio medium of all our codecs. */
export function makeOffer(wish: MediaWish): Sdp {
  const mid = wish.transport === 'webrtc' ? '0' : undefined
  const audio = offeredAudio(wish, [], protocolOf(wish.transport), mid)
  return session([audio], bundle(mid), wish.local.host, wish.origin)
}

/** A later one (re-INVITE, UPDATE; RFC 3264 8): audio stands where it stood, all other media stay with port 0.
 *  `previous` is what we last sent, offer or answer; the version goes up when anything differs. */
export function makeNextOffer(wish: Wish, previous: Sdp): Sdp {
  const before = audioOf(previous)
  const mid = before === undefined ? undefined : attributeOf(before, 'mid')
  const protocol =
    before !== undefined && transportOf(previous, before) === wish.transport ? before.protocol : protocolOf(wish.transport)
  const audio = offeredAudio(wish, before === undefined ? [] : formatsOf(before), protocol, mid)
  const media = previous.media.map((medium) => (medium === before ? audio : refusedSection(medium)))
  return session(before === undefined ? [...media, audio] : media, bundle(mid), wish.local.host, previous.origin, previous)
}

const bundle = (mid: string | undefined): Sdp['attributes'] =>
  mid === undefined ? [] : [{ name: 'group', value: `BUNDLE ${mid}` }]

function offeredAudio(wish: Wish, before: readonly Format[], protocol: string, mid: string | undefined): MediaSection {
  return audioSection({
    wish,
    protocol,
    formats: offeredFormats(wish, before),
    direction: wish.direction ?? 'sendrecv',
    packetMs: wish.packetMs ?? 20,
    setup: wish.local.dtls?.setup ?? 'actpass',
    // Browsers have no other way. Elsewhere it is only taken when offered: old phones take the line for granted and send to one port.
    rtcpMux: wish.transport === 'webrtc',
    ...(mid === undefined ? {} : { mid }),
  })
}

/** A number keeps its meaning through a dialog (RFC 3264 8.3.2). */
function offeredFormats(wish: Wish, before: readonly Format[]): WrittenFormat[] {
  const taken = new Set(before.map(({ payloadType }) => payloadType))
  const numberFor = (usual: number): number => {
    let number = usual
    if (taken.has(number)) for (number = 96; taken.has(number) && number < 127;) number++
    taken.add(number)
    return number
  }
  const codecNumber = (codec: CodecName): number =>
    before.find((format) => codecOf(format) === codec)?.payloadType ?? numberFor(codecFormats[codec].payloadType)
  const known = (name: string, clockRate: number): number | undefined =>
    before.find((format) => format.name.toLowerCase() === name && format.clockRate === clockRate)?.payloadType
  const formats: WrittenFormat[] = wish.codecs.map((codec) => ({
    payloadType: codecNumber(codec),
    rtpmap: codecFormats[codec].rtpmap,
    ...(codec === 'opus' ? { parameters: opusParameters } : {}),
  }))
  const clockRates = [...new Set(wish.codecs.map((codec) => codecFormats[codec].clockRate))]
  if (wish.comfortNoise === true && clockRates.includes(8000))
    formats.push({ payloadType: known('cn', 8000) ?? 13, rtpmap: 'CN/8000' })
  if (wish.events !== false)
    for (const clockRate of clockRates)
      formats.push({
        payloadType: known('telephone-event', clockRate) ?? numberFor(clockRate === 8000 ? 101 : 110),
        rtpmap: `telephone-event/${clockRate}`,
        parameters: digits,
      })
  return formats
}
