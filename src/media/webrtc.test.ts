// A stream to a browser: the other side is werift's peer connection, a full ICE agent with DTLS and SRTP of its own.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { after, before, test } from 'node:test'
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket } from 'werift'
import { openCodec } from '#protocols/rtp/open-codec.ts'
import { systemClock } from '#values/clock.ts'
import { claimPorts } from '../../test/ports.ts'
import type { StreamNews } from './contract.ts'
import type { AgreedMedia, LocalMedia } from '#protocols/sdp/agreed-media.ts'
import { WorkerMedia } from './media.ts'

let media: WorkerMedia

before(async () => {
  media = new WorkerMedia({
    clock: systemClock,
    rtpPorts: await claimPorts(90),
    workers: 1,
    onFault: (_worker, detail) => console.error(detail),
  })
})

after(() => media.stop())

function offerOf({ host, port, ice, dtls, ssrc, cname }: LocalMedia, setup: string): string {
  const lines = [
    'v=0',
    `o=- 1 1 IN IP4 ${host}`,
    's=-',
    't=0 0',
    'a=ice-lite',
    'a=group:BUNDLE 0',
    `m=audio ${port} UDP/TLS/RTP/SAVPF 0`,
    `c=IN IP4 ${host}`,
    `a=ice-ufrag:${ice!.ufrag}`,
    `a=ice-pwd:${ice!.password}`,
    ...ice!.candidates.map((candidate) => `a=${candidate}`),
    'a=end-of-candidates',
    `a=fingerprint:${dtls!.fingerprint}`,
    `a=setup:${setup}`,
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:0 PCMU/8000',
    `a=ssrc:${ssrc} cname:${cname}`,
  ]
  return lines.join('\r\n') + '\r\n'
}

function agreedOf(answer: string, more: { fingerprint?: string } = {}): AgreedMedia {
  const line = (name: string): string => new RegExp(`^a=${name}:(.*)$`, 'm').exec(answer)![1]!.trim()
  return {
    remoteHost: '0.0.0.0',
    remotePort: 9,
    rtcpMux: true,
    codec: { name: 'PCMU', payloadType: 0, clockRate: 8000, packetMs: 20 },
    eventPayloadType: 101,
    direction: 'sendrecv',
    dtls: { fingerprint: more.fingerprint ?? line('fingerprint'), setup: line('setup') as 'active' | 'passive' },
    ice: { ufrag: line('ice-ufrag'), password: line('ice-pwd'), candidates: [] },
  }
}

interface Browser {
  readonly pc: RTCPeerConnection
  readonly track: MediaStreamTrack
  readonly answer: string
}

async function browser(offer: string, hears: (payload: Buffer) => void = () => {}): Promise<Browser> {
  const pc = new RTCPeerConnection({
    codecs: { audio: [new RTCRtpCodecParameters({ mimeType: 'audio/PCMU', clockRate: 8000, channels: 1, payloadType: 0 })] },
    iceServers: [],
    iceAdditionalHostAddresses: ['127.0.0.1'],
  })
  const track = new MediaStreamTrack({ kind: 'audio' })
  pc.onTrack.subscribe((theirs) => void theirs.onReceiveRtp.subscribe(({ payload }) => hears(payload)))
  pc.addTransceiver(track, { direction: 'sendrecv' })
  await pc.setRemoteDescription({ type: 'offer', sdp: offer })
  await pc.setLocalDescription(await pc.createAnswer())
  return { pc, track, answer: pc.localDescription!.sdp }
}

for (const setup of ['actpass', 'active'] as const) {
  test(`sound goes both ways to a browser that was offered ${setup}`, async () => {
    const stream = await media.place().open({ transport: 'webrtc', advertisedHost: '127.0.0.1', bindHost: '127.0.0.1' })
    const news: StreamNews[] = []
    const told = new Map<string, () => void>()
    const until = (type: string) => new Promise<void>((resolve) => told.set(type, resolve))
    const [connected, first, closed] = [until('connected'), until('firstPacket'), until('closed')]
    stream.onNews((one) => {
      news.push(one)
      told.get(one.type)?.()
    })
    const codec = openCodec('PCMU')
    const sound: number[] = []
    const enough = Promise.withResolvers<void>()
    const { pc, track, answer } = await browser(offerOf(stream.local, setup), (payload) => {
      const pcm = new Int16Array(160)
      codec.decode(payload, 0, payload.length, pcm)
      sound.push(...pcm)
      if (sound.length >= 4800) enough.resolve()
    })
    stream.connect(agreedOf(answer))
    stream.play({
      clips: [{ kind: 'tones', parts: [{ hz: [1000], ms: 1000 }], repeat: true }],
      times: 1,
      to: 'stream',
      stopOn: '',
    })
    await connected
    // A browser that is not connected yet, as we are, lets go what it is to send.
    let sequenceNumber = 0
    const sending = systemClock.every(20, () => {
      sequenceNumber += 1
      const header = new RtpHeader({ payloadType: 0, sequenceNumber, timestamp: sequenceNumber * 160, ssrc: 9 })
      track.writeRtp(new RtpPacket(header, Buffer.alloc(160, 0x80)))
    })
    await Promise.all([first, enough.promise])
    sending.cancel()
    // What is played waits until it can be heard.
    const order = news.map(({ type }) => type).filter((type) => type === 'connected' || type === 'playStarted')
    assert.deepEqual(order, ['connected', 'playStarted'])
    // After the silence of the start, a tone of 1000 Hz is the same every 8 samples.
    const steady = sound.slice(-800)
    const apart = steady.slice(8).reduce((sum, sample, at) => sum + (sample - steady[at]!) ** 2, 0)
    const energy = steady.reduce((sum, sample) => sum + sample ** 2, 0)
    assert.ok(energy > 800 * 1000 ** 2 && apart / energy < 0.01, `${apart} of ${energy}`)
    stream.close()
    await closed
    await pc.close()
  })
}

test('an end of the keys that anybody may have said is none', async () => {
  const stream = await media.place().open({ transport: 'webrtc', advertisedHost: '127.0.0.1', bindHost: '127.0.0.1' })
  const [connected, enough] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let isForged = false
  let heard = 0
  const { pc, answer } = await browser(offerOf(stream.local, 'actpass'), () => {
    if (isForged) heard += 1
    // Three seconds of sound: longer than a farewell is waited for.
    if (heard === 150) enough.resolve()
  })
  let isClosed = false
  stream.onNews(({ type }) => {
    if (type === 'connected') connected.resolve()
    isClosed ||= type === 'closed'
  })
  stream.connect(agreedOf(answer))
  await connected.promise
  stream.play({ clips: [{ kind: 'tones', parts: [{ hz: [1000], ms: 1000 }], repeat: true }], times: 1, to: 'stream', stopOn: '' })
  // close_notify (RFC 6347 4.2.8), by a stranger and by whoever forges the browser's address.
  const alert = Buffer.from('15fefd000000000000006300020100', 'hex')
  const stranger = createSocket('udp4')
  await new Promise<void>((sent) => stranger.send(alert, stream.local.port, '127.0.0.1', () => sent()))
  await pc.dtlsTransports[0]!.dtls!.transport.send(alert)
  isForged = true
  await enough.promise
  assert.equal(isClosed, false)
  stranger.close()
  stream.close()
  await pc.close()
})

test('a browser whose certificate is not the one in its SDP is not let in', async () => {
  const stream = await media.place().open({ transport: 'webrtc', advertisedHost: '127.0.0.1', bindHost: '127.0.0.1' })
  const closed = new Promise<StreamNews>((resolve) => stream.onNews((one) => one.type === 'closed' && resolve(one)))
  const { pc, answer } = await browser(offerOf(stream.local, 'actpass'))
  const fingerprint = `sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`
  stream.connect(agreedOf(answer, { fingerprint }))
  const end = await closed
  assert.equal((end as { why: string }).why, 'transport_failed')
  await pc.close()
})
