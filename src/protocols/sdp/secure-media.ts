// The lines of a medium that say how it is kept from others: SDES keys (RFC 4568), and DTLS fingerprints, roles and ICE as browsers send them
// (RFC 8122, 8842, 8839). Candidates are passed on as they stand; which of them works is found out where the socket is.

import type { AgreedMedia, DtlsParameters, IceParameters, LocalMedia, Transport } from './agreed-media.ts'
import type { SdesKey } from '../rtp/srtp.ts'
import { disagree, type Disagreement } from './agreement.ts'
import { attributeOf, attributesOf, type Attribute, type MediaSection, type Sdp } from './sdp.ts'

export type Secured = Pick<AgreedMedia, 'sdes' | 'dtls' | 'ice'>
type Setup = DtlsParameters['setup']

/** What a medium of theirs wants; undefined: nothing we speak. Plain RTP is taken at its word even where `a=crypto` stands with it. */
export function transportOf(sdp: Sdp, medium: MediaSection): Transport | undefined {
  const protocol = medium.protocol.toUpperCase()
  if (protocol === 'RTP/AVP' || protocol === 'RTP/AVPF') return 'rtp'
  const fingerprint = ofBoth(sdp, medium, 'fingerprint') !== undefined
  if (protocol === 'UDP/TLS/RTP/SAVPF' || protocol === 'UDP/TLS/RTP/SAVP') return fingerprint ? 'webrtc' : undefined
  if (protocol !== 'RTP/SAVP' && protocol !== 'RTP/SAVPF') return undefined
  if (sdesKeysOf(medium).length > 0) return 'srtp'
  return fingerprint ? 'webrtc' : undefined
}

/** What an offer of ours says in `m=`. */
export function protocolOf(transport: Transport): string {
  return { rtp: 'RTP/AVP', srtp: 'RTP/SAVP', webrtc: 'UDP/TLS/RTP/SAVPF' }[transport]
}

const ofBoth = (sdp: Sdp, medium: MediaSection, name: string): string | undefined =>
  attributeOf(medium, name) ?? attributeOf(sdp, name)

/** Those we can use, in their order. Left out: other suites, several keys or a master key index, and session parameters that change the packets
 *  (RFC 4568 6.3 has all but WSH weaken or alter them). */
function sdesKeysOf(medium: MediaSection): SdesKey[] {
  return attributesOf(medium, 'crypto').flatMap((value) => {
    const [tag, suite, inline, ...parameters] = value.split(/ +/)
    if (suite !== 'AES_CM_128_HMAC_SHA1_80' && suite !== 'AES_CM_128_HMAC_SHA1_32') return []
    const match = /^inline:([A-Za-z0-9+/]{40}={0,2})((?:\|[^|;]*)*)$/i.exec(inline ?? '')
    if (match === null || match[2]!.includes(':') || !/^\d{1,9}$/.test(tag ?? '')) return []
    if (!parameters.every((parameter) => /^WSH=/i.test(parameter))) return []
    return Buffer.from(match[1]!, 'base64').length === 30 ? [{ tag: Number(tag), suite, key: match[1]! }] : []
  })
}

/** RFC 5763 5: who is offered the choice is the one that opens, so that its hello is not lost; unless our stream must wait. */
function ourSetup(theirs: Setup, local: Setup): 'active' | 'passive' {
  if (theirs !== 'actpass') return theirs === 'active' ? 'passive' : 'active'
  return local === 'actpass' ? 'active' : local
}

function setupOf(sdp: Sdp, medium: MediaSection): Setup {
  const setup = ofBoth(sdp, medium, 'setup')
  // RFC 4145 4: without the line, whoever wrote it opens.
  return setup === 'actpass' || setup === 'passive' ? setup : 'active'
}

function iceOf(sdp: Sdp, medium: MediaSection): IceParameters | undefined {
  const ufrag = ofBoth(sdp, medium, 'ice-ufrag')
  const password = ofBoth(sdp, medium, 'ice-pwd')
  if (ufrag === undefined || password === undefined) return undefined
  return { ufrag, password, candidates: attributesOf(medium, 'candidate').map((candidate) => `candidate:${candidate}`) }
}

/** What of an offer's security we take. `dtls.setup` of the result is the role the other side has; `sdes` is its key, with the suite of both. */
export function securedByOffer(sdp: Sdp, medium: MediaSection, transport: Transport, local: LocalMedia): Secured | Disagreement {
  if (transport === 'rtp') return {}
  if (transport === 'srtp') {
    const sdes = sdesKeysOf(medium)[0]
    if (sdes === undefined || local.sdes === undefined) return disagree('transport', 'no crypto suite in common')
    return { sdes }
  }
  const fingerprint = ofBoth(sdp, medium, 'fingerprint')
  const ice = iceOf(sdp, medium)
  if (fingerprint === undefined || local.dtls === undefined) return disagree('transport', 'DTLS without a fingerprint')
  if (ice === undefined) return disagree('transport', 'DTLS without ICE credentials')
  const setup = ourSetup(setupOf(sdp, medium), local.dtls.setup)
  return { dtls: { fingerprint, setup: setup === 'active' ? 'passive' : 'active' }, ice }
}

/** The same of an answer to what we offered. */
export function securedByAnswer(
  sdp: Sdp,
  medium: MediaSection,
  transport: Transport,
  offered: MediaSection,
): Secured | Disagreement {
  if (transport === 'rtp') return {}
  if (transport === 'srtp') {
    // RFC 4568 5.1.3: one of ours, by its tag and suite.
    const ours = sdesKeysOf(offered)
    const sdes = sdesKeysOf(medium).find((key) => ours.some(({ tag, suite }) => tag === key.tag && suite === key.suite))
    return sdes === undefined ? disagree('transport', 'the answer takes none of our crypto suites') : { sdes }
  }
  const fingerprint = ofBoth(sdp, medium, 'fingerprint')
  const ice = iceOf(sdp, medium)
  if (fingerprint === undefined || ice === undefined)
    return disagree('transport', 'the answer has no fingerprint or no ICE credentials')
  // RFC 8842 5.3: an answer never says actpass; one that does is taken to open.
  return { dtls: { fingerprint, setup: setupOf(sdp, medium) === 'passive' ? 'passive' : 'active' }, ice }
}

/** The lines of ours. `tag` and `suite`: of the offer we answer; `setup`: our role. */
export function secureLines(
  local: LocalMedia,
  transport: Transport,
  setup: Setup,
  taken?: Pick<SdesKey, 'tag' | 'suite'>,
): Attribute[] {
  if (transport === 'srtp' && local.sdes !== undefined) {
    const { tag, suite } = taken ?? local.sdes
    return [{ name: 'crypto', value: `${tag} ${suite} inline:${local.sdes.key}` }]
  }
  if (transport !== 'webrtc' || local.dtls === undefined || local.ice === undefined) return []
  // RFC 8830: without a stream's name, applications that look for one in a track's streams find none.
  const stream = local.cname.replaceAll(/[^A-Za-z0-9._-]/g, '-') || 'audio'
  return [
    { name: 'ice-ufrag', value: local.ice.ufrag },
    { name: 'ice-pwd', value: local.ice.password },
    { name: 'fingerprint', value: local.dtls.fingerprint },
    { name: 'setup', value: setup },
    { name: 'msid', value: `${stream} ${stream}` },
    { name: 'ssrc', value: `${local.ssrc} cname:${local.cname}` },
    ...local.ice.candidates.map((line) => ({ name: 'candidate', value: line.replace(/^(?:a=)?candidate:/, '') })),
    { name: 'end-of-candidates' },
  ]
}
