// Faults of media: a party that sends nothing, one that stops, sound from a stranger, and a media worker that dies while people talk.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import { systemClock } from '#values/clock.ts'
import { reasonsOf, statusOf } from '../../conformance/sip-text.ts'
import { openCallPlace, rcml } from '../call-place.ts'
import { newFolder } from '../program.ts'
import { until } from '../until.ts'

const killer = new URL('../fakes/media-killer.ts', import.meta.url).href
const place = await openCallPlace({
  data: newFolder(),
  settings: { OFFHOOK_RTP_SILENCE_SECONDS: '6', NODE_OPTIONS: `--import ${killer}` },
})
place.pages.set('/wait', rcml('<Gather timeout="120"/>'))
place.pages.set('/digits', rcml('<Gather numDigits="2" timeout="60" action="/pressed"/>'))
place.pages.set('/pressed', (request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    pressed.push(new URLSearchParams(body).get('Digits') ?? '')
    response.writeHead(200, { 'content-type': 'application/xml' }).end(rcml('<Hangup/>'))
  })
})
const pressed: string[] = []
const waiting = await place.number('/wait')
const digits = await place.number('/digits')

/** Where the program takes the sound of a call. */
const soundPort = (sdp: string): number => Number(/^m=audio (\d+)/m.exec(sdp)![1])

/** RFC 4733: one digit of 100 ms, as a stranger would send it. */
function digitPackets(digit: number): Buffer[] {
  return Array.from({ length: 8 }, (_, step) => {
    const packet = Buffer.alloc(16)
    packet[0] = 0x80
    packet[1] = 101 | (step === 0 ? 0x80 : 0)
    packet.writeUInt16BE(1000 + step, 2)
    packet.writeUInt32BE(0x0badcafe, 8)
    packet[12] = digit
    packet[13] = step >= 5 ? 0x8a : 0x0a
    packet.writeUInt16BE(Math.min(step + 1, 5) * 160, 14)
    return packet
  })
}

describe('faults of media', { timeout: 60_000 }, () => {
  describe('of parties', { concurrency: true }, () => {
    test('a party that never sends sound is given up, with what its record knows of it', async () => {
      const { peer, server } = await place.party()
      const call = await peer.call({ server, from: '+13105551001', to: waiting })
      await call.final()
      assert.equal(reasonsOf(await call.ended())['Q.850']?.cause, 41)
      const { state, reason, fault, cause, endedBy, record } = await place.ended({ from: '+13105551001' })
      assert.deepEqual([state, reason, fault, endedBy], ['completed', 'call.media_lost', 'unknown', 'network'])
      assert.equal(cause, 'rtp: nothing was heard for 6 s')
      assert.match(record.media.verdict, /^no audio from the other side/)
    })

    test('a party that stops sending is given up', async () => {
      const { peer, server } = await place.party()
      const call = await peer.call({ server, from: '+13105551002', to: waiting })
      await call.final()
      const stop = call.tone(440)
      await until(
        () => call.heard,
        (packets) => packets > 10,
      )
      stop()
      await call.ended()
      const { reason, cause, record } = await place.ended({ from: '+13105551002' })
      assert.deepEqual([reason, cause], ['call.media_lost', 'rtp: nothing more was heard for 6 s'])
      assert.match(record.media.verdict, /^no packets from the other side for the last/)
    })

    test('one that holds us may be silent, and is missed once it has come back', async () => {
      const { peer, server } = await place.party()
      const call = await peer.call({ server, from: '+13105551003', to: waiting })
      const { body } = await call.final()
      assert.ok(soundPort(body) > 0)
      const port = 9
      const sdp = (way: string): string =>
        `v=0\r\no=peer 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=${way}\r\n`
      assert.equal(statusOf(await call.request('UPDATE', [], sdp('sendonly'))), 200)
      const other = await peer.call({ server, from: '+13105551004', to: waiting })
      await other.final()
      // Who is not on hold is given up after as long; the one on hold is still there.
      await other.ended()
      await place.ended({ from: '+13105551004' })
      assert.equal(statusOf(await call.request('UPDATE', [], sdp('sendrecv'))), 200)
      await call.ended()
      assert.equal((await place.ended({ from: '+13105551003' })).reason, 'call.media_lost')
    })

    test('what a stranger sends is not heard, and gets nothing of the call', async () => {
      const { peer, server } = await place.party()
      const call = await peer.call({ server, from: '+13105551005', to: digits })
      const port = soundPort((await call.final()).body)
      const stop = call.tone(440)
      await until(
        () => call.heard,
        (packets) => packets > 10,
      )
      stop()
      const stranger = createSocket('udp4')
      after(() => stranger.close())
      stranger.bind(0, '127.0.0.2')
      await once(stranger, 'listening')
      let got = 0
      stranger.on('message', () => (got += 1))
      for (const packet of digitPackets(9)) stranger.send(packet, port, '127.0.0.1')
      await call.press('1')
      // Nor once the party has been silent for long enough that another port of its own would be believed.
      const silence = systemClock.elapsedMs()
      await until(
        () => {
          for (const packet of digitPackets(8)) stranger.send(packet, port, '127.0.0.1')
          return systemClock.elapsedMs() - silence
        },
        (ms) => ms > 2_500,
      )
      await call.press('2')
      await call.ended()
      assert.deepEqual([pressed, got], [['12'], 0])
      assert.equal((await place.ended({ from: '+13105551005' })).state, 'completed')
    })
  })

  test('a media worker that dies ends its calls with a reason of its own; the next call has sound again', async () => {
    const { peer, server } = await place.party()
    const stops: (() => void)[] = []
    const calls = await Promise.all(
      ['+13105551011', '+13105551012', '+13105551013'].map(async (from) => {
        const call = await peer.call({ server, from, to: waiting })
        await call.final()
        stops.push(call.tone(440))
        return { from, call }
      }),
    )
    await until(
      () => calls,
      (all) => all.every(({ call }) => call.heard > 5),
    )
    place.program.child.kill('SIGUSR2')
    for (const { from, call } of calls) {
      assert.ok(reasonsOf(await call.ended())['Q.850'])
      const { state, reason, fault, cause, endedBy } = await place.ended({ from })
      assert.deepEqual([state, reason, fault, endedBy], ['failed', 'platform.media_gateway_error', 'platform', 'platform'])
      assert.equal(cause, 'media worker_died')
    }
    const next = await peer.call({ server, from: '+13105551014', to: waiting })
    await next.final()
    stops.push(next.tone(440))
    await until(
      () => next.heard,
      (packets) => packets > 10,
    )
    await next.hangUp()
    for (const stop of stops) stop()
    assert.equal((await place.ended({ from: '+13105551014' })).reason, 'call.completed')
  })
})
