// RTCP there and back, reports of what was received, and what two ends learn of one another.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { Reception } from './reception.ts'
import { parseRtcp, writeRtcp, type ReportBlock, type RtcpPacket } from './rtcp.ts'
import { reportIntervalMs, RtcpReports } from './rtcp-reports.ts'
import { RtpSender } from './rtp-sender.ts'

const block: ReportBlock = {
  ssrc: 0x80000001,
  fractionLost: 255,
  lost: -3,
  highest: 0xfffffffe,
  jitter: 17,
  lastSenderReport: 0xffffffff,
  delaySinceSenderReport: 65_536,
}

test('all kinds, there and back', () => {
  const packets: RtcpPacket[] = [
    {
      type: 'senderReport',
      ssrc: 1,
      ntpSeconds: 0xe0000000,
      ntpFraction: 0x80000000,
      rtpTimestamp: 0xffffffff,
      packets: 5,
      octets: 800,
      reports: [block, { ...block, ssrc: 2, lost: 0x7fffff }],
    },
    { type: 'receiverReport', ssrc: 1, reports: [] },
    ...['', 'a', 'ab', 'abc', 'abcd'].map((text): RtcpPacket => ({
      type: 'description',
      chunks: [
        { ssrc: 1, items: [{ type: 1, text }] },
        {
          ssrc: 2,
          items: [
            { type: 1, text: 'x' },
            { type: 6, text },
          ],
        },
      ],
    })),
    { type: 'bye', sources: [1, 2], reason: 'gone' },
    { type: 'bye', sources: [1] },
    { type: 'other', packetType: 205, count: 15, body: Uint8Array.of(1, 2, 3, 4) },
  ]
  const octets = writeRtcp(packets)
  assert.equal(octets.length % 4, 0)
  assert.deepEqual(parseRtcp(octets), packets)
})

test('a packet as it is on the wire', () => {
  assert.equal(
    Buffer.from(writeRtcp([{ type: 'receiverReport', ssrc: 0x01020304, reports: [block] }])).toString('hex'),
    '81c900070102030480000001fffffffdfffffffe00000011ffffffff00010000',
  )
})

for (const [what, hex] of [
  ['nothing', ''],
  ['RTP', '8000000100000001'],
  ['version 1', '40c9000100000001'],
  ['a length beyond the end', '80c9000200000001'],
  ['three octets more', '80c9000100000001000000'],
  ['blocks that are not there', '81c9000100000001'],
  ['a text beyond the end', '81ca00020000000101ff6161'],
  ['no end of a chunk', '81ca00020000000101026161'],
  ['sources that are not there', '82cb000100000001'],
  ['padding that is not of the last', 'a0c90002000000010000000480c9000100000001'],
  ['padding longer than the packet', 'a0c9000100000010'],
] as const)
  test(`refused: ${what}`, () => assert.equal(parseRtcp(Buffer.from(hex, 'hex')), undefined))

test('the last packet may be padded', () => {
  assert.deepEqual(parseRtcp(Buffer.from('a0c900020000000100000004', 'hex')), [{ type: 'receiverReport', ssrc: 1, reports: [] }])
})

test('loss, disorder and duplicates around the end of the numbers', () => {
  const reception = new Reception(8000)
  for (const [n, sequence] of [65_533, 65_534, 0, 65_535, 2, 2, 3].entries()) reception.receive(sequence, n * 160, 160, n * 20)
  assert.deepEqual([reception.highest, reception.expected, reception.received, reception.lost], [65_539, 7, 7, 0])
  reception.receive(5, 1600, 160, 200)
  assert.deepEqual([reception.expected, reception.lost], [9, 1])
  assert.equal(reception.takeFractionLost(), Math.floor(256 / 9))
  reception.receive(6, 1760, 160, 220)
  assert.equal(reception.takeFractionLost(), 0)
})

test('a jump is believed when it goes on', () => {
  const reception = new Reception(8000)
  reception.receive(10, 0, 160, 0)
  assert.equal(reception.receive(40_000, 160, 160, 20), false)
  assert.equal(reception.receive(11, 320, 160, 40), true)
  assert.equal(reception.receive(50_000, 480, 160, 60), false)
  assert.equal(reception.receive(50_001, 640, 160, 80), true)
  assert.deepEqual([reception.restarts, reception.expected, reception.received], [1, 3, 3])
})

test('jitter by A.8', () => {
  const reception = new Reception(8000)
  let expected = 0
  for (let n = 0; n < 100; n++) {
    // Every other packet is 8 ms late: each interval is 8 ms off.
    reception.receive(n, n * 160, 160, n * 20 + (n % 2) * 8)
    if (n > 0) expected += (8 - expected) / 16
  }
  assert.ok(Math.abs(reception.jitterMs - expected) < 1e-9)
})

test('two ends learn loss, jitter and round trip', () => {
  const atMs = 1_780_000_000_000
  const [ours, theirs] = [1, 2].map((ssrc) => new RtcpReports({ ssrc, cname: `c${ssrc}`, clockRate: 8000 })) as [
    RtcpReports,
    RtcpReports,
  ]
  const sender = new RtpSender({ ssrc: 1, sequence: 0, timestamp: 0 })
  for (let n = 0; n < 8; n++) sender.head(new Uint8Array(12), 0, 160, false)
  const first = parseRtcp(ours.make(atMs, sender))!
  assert.deepEqual(
    first.map(({ type }) => type),
    ['senderReport', 'description'],
  )
  const reception = new Reception(8000)
  for (const sequence of [0, 1, 2, 3, 4, 7]) reception.receive(sequence, sequence * 160, 160, sequence * 20)
  // 30 ms there, 500 ms kept, 45 ms back.
  theirs.take(first, atMs + 30)
  const answer = parseRtcp(
    theirs.make(atMs + 530, new RtpSender({ ssrc: 2, sequence: 0, timestamp: 0 }), { ssrc: 1, reception }),
  )!
  assert.equal(answer[0]!.type, 'receiverReport')
  const about = ours.take(answer, atMs + 575)
  assert.equal(about?.highest, 7)
  assert.ok(Math.abs(ours.roundTripMs! - 75) < 1, `${ours.roundTripMs}`)
  assert.equal(ours.remoteLost, 64 / 256)
  assert.equal(ours.ended, false)
  ours.take(parseRtcp(theirs.make(atMs + 600, sender, undefined, true))!, atMs + 600)
  assert.equal(ours.ended, true)
})

test('reports are due in random intervals around 5 s', () => {
  assert.ok(Math.abs(reportIntervalMs(0.5, false) - 4104) < 1)
  assert.ok(reportIntervalMs(0, true) > 1000 && reportIntervalMs(0.999, false) < 6200)
})
