// Reads what became of our offer (RFC 3264 7).

import type { AgreedMedia } from './agreed-media.ts'
import { agreedFormats, disagree, isNowhere, mirrored, narrowed, placeOf, wantsOnePort, type Disagreement } from './agreement.ts'
import { codecOf, comfortNoiseFormat, formatsOf } from './formats.ts'
import { securedByAnswer, transportOf } from './secure-media.ts'
import { attributeOf, audioOf, directionOf, type Sdp } from './sdp.ts'

/** What our offer and their answer come to. The first codec of the answer that we offered counts (RFC 3264 7). */
export function readAnswer(offer: Sdp, answer: Sdp): AgreedMedia | Disagreement {
  if (answer.media.length !== offer.media.length || answer.media.some(({ kind }, n) => kind !== offer.media[n]!.kind))
    return disagree('mismatch', 'the answer has other media than the offer')
  const ours = audioOf(offer)
  const theirs = ours === undefined ? undefined : answer.media[offer.media.indexOf(ours)]
  if (ours === undefined || theirs === undefined || theirs.port === 0) return disagree('no_audio', 'the answer refuses the audio')
  const transport = transportOf(offer, ours)!
  if (transportOf(answer, theirs) !== transport)
    return disagree('transport', `${ours.protocol} was offered, ${theirs.protocol} is answered`)
  const place = placeOf(answer, theirs)
  if ('disagreement' in place) return place
  const secured = securedByAnswer(answer, theirs, transport, ours)
  if ('disagreement' in secured) return secured
  const offered = formatsOf(ours)
  const formats = formatsOf(theirs)
  const chosen = formats.find((format) => offered.some((one) => codecOf(one) !== undefined && codecOf(one) === codecOf(format)))
  if (chosen === undefined) {
    const names = formats.map(({ name, payloadType }) => name || String(payloadType))
    return disagree('no_common_codec', `answered: ${names.join(', ')}; offered: ${offered.map(({ name }) => name).join(', ')}`)
  }
  const wished = {
    events: offered.some(({ name }) => name === 'telephone-event'),
    comfortNoise: comfortNoiseFormat(offered, chosen.clockRate) !== undefined,
    packetMs: Number(attributeOf(ours, 'ptime') ?? 20),
  }
  const reachable = isNowhere(place.host) ? 'recvonly' : 'sendrecv'
  return {
    remoteHost: place.host,
    remotePort: place.port,
    rtcpMux: attributeOf(ours, 'rtcp-mux') !== undefined && wantsOnePort(theirs),
    ...agreedFormats(chosen, formats, theirs, wished),
    direction: narrowed(narrowed(directionOf(offer, ours), mirrored(directionOf(answer, theirs))), reachable),
    ...secured,
  }
}
