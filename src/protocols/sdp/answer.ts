// Answers offers (RFC 3264 6). The first audio that we can speak is taken, with one codec, so that nobody changes it in the middle; all else is
// refused with port 0.

import type { AgreedMedia, Transport } from './agreed-media.ts'
import {
  agreedFormats,
  disagree,
  isNowhere,
  mirrored,
  narrowed,
  placeOf,
  wantsOnePort,
  type AgreedFormats,
  type Disagreement,
  type MediaWish,
} from './agreement.ts'
import { audioSection, refusedSection, session, type WrittenFormat } from './audio-section.ts'
import { codecFormats, codecOf, formatsOf, type Format } from './formats.ts'
import { opusParameters } from './offer.ts'
import { securedByOffer, transportOf, type Secured } from './secure-media.ts'
import { attributeOf, audioOf, directionOf, type Attribute, type MediaSection, type Sdp } from './sdp.ts'

/** What kind of stream the offer's audio wants, to open one before answering; undefined: it has no audio, or none we speak. */
export function wantedTransport(offer: Sdp): Transport | undefined {
  for (const medium of offer.media) {
    const transport = medium.kind === 'audio' && medium.port !== 0 ? transportOf(offer, medium) : undefined
    if (transport !== undefined) return transport
  }
  return undefined
}

/** The answer and what is agreed by it. Other media are refused with port 0 (RFC 3264 6). `previous`: what we last sent in
 *  this dialog; its session id is kept and the version goes up when anything differs. */
export function answerOffer(
  offer: Sdp,
  wish: MediaWish,
  previous?: Sdp,
): { readonly answer: Sdp; readonly agreed: AgreedMedia } | Disagreement {
  const taken = takenAudio(offer, wish)
  if (taken === undefined) return whyNot(offer, wish)
  const { medium, formats, chosen } = taken
  const place = placeOf(offer, medium)
  if ('disagreement' in place) return place
  const secured = securedByOffer(offer, medium, wish.transport, wish.local)
  if ('disagreement' in secured) return secured
  const offered = mirrored(directionOf(offer, medium))
  const agreed: AgreedMedia = {
    remoteHost: place.host,
    remotePort: place.port,
    rtcpMux: wantsOnePort(medium),
    ...agreedFormats(chosen, formats, medium, wish),
    direction: narrowed(narrowed(wish.direction ?? 'sendrecv', offered), isNowhere(place.host) ? 'recvonly' : 'sendrecv'),
    ...secured,
  }
  return { answer: writeAnswer(offer, taken, wish, agreed, secured, previous), agreed }
}

interface Taken {
  readonly medium: MediaSection
  readonly formats: readonly Format[]
  readonly chosen: Format
}

/** The first audio of our transport with a codec that we speak. */
function takenAudio(offer: Sdp, wish: MediaWish): Taken | undefined {
  for (const medium of offer.media) {
    if (medium.kind !== 'audio' || medium.port === 0 || transportOf(offer, medium) !== wish.transport) continue
    const formats = formatsOf(medium)
    const chosen = chosenFormat(formats, wish)
    if (chosen !== undefined) return { medium, formats, chosen }
  }
  return undefined
}

function chosenFormat(formats: readonly Format[], wish: MediaWish): Format | undefined {
  if (wish.preferOurs !== true) return formats.find((format) => wish.codecs.some((codec) => codecOf(format) === codec))
  for (const codec of wish.codecs) {
    const found = formats.find((format) => codecOf(format) === codec)
    if (found !== undefined) return found
  }
  return undefined
}

function whyNot(offer: Sdp, wish: MediaWish): Disagreement {
  const audio = audioOf(offer)
  if (audio === undefined || audio.port === 0) return disagree('no_audio', 'the offer has no audio')
  const fitting = offer.media.find((one) => one.kind === 'audio' && one.port !== 0 && transportOf(offer, one) === wish.transport)
  if (fitting === undefined) return disagree('transport', `${audio.protocol} is offered in a form that is not spoken here`)
  const names = formatsOf(fitting).map(({ name, payloadType }) => name || String(payloadType))
  return disagree('no_common_codec', `offered: ${names.join(', ')}; spoken here: ${wish.codecs.join(', ')}`)
}

function writeAnswer(
  offer: Sdp,
  { medium, formats }: Taken,
  wish: MediaWish,
  agreed: AgreedMedia,
  secured: Secured,
  previous: Sdp | undefined,
): Sdp {
  const mid = attributeOf(medium, 'mid')
  const audio = audioSection({
    wish,
    protocol: medium.protocol,
    formats: answeredFormats(agreed, formats),
    direction: agreed.direction,
    packetMs: agreed.codec.packetMs,
    setup: secured.dtls?.setup === 'active' ? 'passive' : 'active',
    ...(secured.sdes === undefined ? {} : { crypto: secured.sdes }),
    rtcpMux: attributeOf(medium, 'rtcp-mux') !== undefined,
    ...(mid === undefined ? {} : { mid }),
  })
  const media = offer.media.map((one) => (one === medium ? audio : refusedSection(one)))
  return session(media, answeredGroups(offer, mid), wish.local.host, wish.origin, previous)
}

/** RFC 9143 7.3: the group holds what was taken, and only if it was offered. */
function answeredGroups(offer: Sdp, mid: string | undefined): Attribute[] {
  const group = offer.attributes.find(({ name, value }) => name === 'group' && value?.startsWith('BUNDLE') === true)
  if (mid === undefined || group?.value?.split(/ +/).includes(mid) !== true) return []
  return [{ name: 'group', value: `BUNDLE ${mid}` }]
}

/** The offer's numbers (RFC 3264 6.1). */
function answeredFormats(agreed: AgreedFormats, offered: readonly Format[]): WrittenFormat[] {
  const { codec, eventPayloadType, comfortNoisePayloadType } = agreed
  const formats: WrittenFormat[] = [
    {
      payloadType: codec.payloadType,
      rtpmap: codecFormats[codec.name].rtpmap,
      ...(codec.name === 'opus' ? { parameters: opusParameters } : {}),
    },
  ]
  const add = (payloadType: number | undefined, parameters?: string): void => {
    const format = offered.find((one) => one.payloadType === payloadType)
    if (format === undefined) return
    const rtpmap = `${format.name}/${format.clockRate}`
    formats.push({ payloadType: format.payloadType, rtpmap, ...(parameters === undefined ? {} : { parameters }) })
  }
  add(comfortNoisePayloadType)
  add(eventPayloadType, '0-15')
  return formats
}
