// Heads read and written, numbers that go round, what came on one port, and what one source sends.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { emptyRtpPacket, extendSequence, extendTimestamp, kindOfDatagram, readRtp, writeRtpHead } from './rtp-packet.ts'
import { RtpSender } from './rtp-sender.ts'

const packet = emptyRtpPacket()
const octets = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const read = (hex: string): boolean => readRtp(octets(hex), octets(hex).length, packet)

test('a head with CSRC, extension and padding', () => {
  assert.ok(
    read(
      'b2 88 ffff ffffffff 80000001  00000001 00000002  bede 0001 00000000  0102 0000 0004'.replace(
        '0102 0000 0004',
        '0102 00000004',
      ),
    ),
  )
  assert.deepEqual(packet, {
    payloadType: 8,
    marker: true,
    sequence: 65_535,
    timestamp: 0xffffffff,
    ssrc: 0x80000001,
    payloadAt: 28,
    payloadBytes: 2,
  })
})

test('only so much of the datagram counts', () => {
  const whole = octets('80 00 0001 00000001 00000001 aabbccdd')
  assert.ok(readRtp(whole, 14, packet))
  assert.equal(packet.payloadBytes, 2)
})

for (const [what, hex] of [
  ['eleven octets', '80 00 0001 00000001 000000'],
  ['version 1', '40 00 0001 00000001 00000001'],
  ['CSRC that are not there', '81 00 0001 00000001 00000001'],
  ['an extension that is not there', '90 00 0001 00000001 00000001 bede'],
  ['an extension longer than all', '90 00 0001 00000001 00000001 bede 0002 00000000'],
  ['padding of 0', 'a0 00 0001 00000001 00000001 00'],
  ['padding longer than the payload', 'a0 00 0001 00000001 00000001 aa 03'],
] as const)
  test(`no packet: ${what}`, () => assert.equal(read(hex), false))

test('what is written is read', () => {
  const into = new Uint8Array(14)
  writeRtpHead(into, 101, true, 40_000, 0xfedcba98, 0x89abcdef)
  assert.ok(readRtp(into, 14, packet))
  assert.deepEqual(
    [packet.payloadType, packet.marker, packet.sequence, packet.timestamp, packet.ssrc, packet.payloadBytes],
    [101, true, 40_000, 0xfedcba98, 0x89abcdef, 2],
  )
})

test('a sender counts on, around both ends', () => {
  const sender = new RtpSender({ ssrc: 5, sequence: 65_535, timestamp: 0xffffffff })
  const into = new Uint8Array(12)
  sender.head(into, 0, 160, true)
  sender.advance(160)
  sender.head(into, 0, 160, false)
  readRtp(into, 12, packet)
  assert.deepEqual([packet.sequence, packet.timestamp, sender.packets, sender.octets], [0, 159, 2, 320])
})

test('numbers are extended to the nearest', () => {
  assert.equal(extendSequence(65_535, 0), 65_536)
  assert.equal(extendSequence(65_536, 65_535), 65_535)
  assert.equal(extendSequence(131_072 + 5, 3), 131_072 + 3)
  assert.equal(extendSequence(0, 65_535), -1)
  assert.equal(extendTimestamp(2 ** 32 - 1, 159), 2 ** 32 + 159)
  assert.equal(extendTimestamp(5 * 2 ** 32 + 10, 0xfffffff0), 5 * 2 ** 32 - 16)
})

test('what came on one port', () => {
  const kind = (first: readonly number[], bytes = 12): string => {
    const datagram = new Uint8Array(12)
    datagram.set(first)
    return kindOfDatagram(datagram.subarray(0, bytes), bytes)
  }
  assert.deepEqual(
    [
      [0x80, 0],
      [0x80, 0xff],
      [0x80, 200],
      [0x81, 223],
      [0, 1],
      [22, 254],
      [64, 0],
    ].map((first) => kind(first)),
    ['rtp', 'rtp', 'rtcp', 'rtcp', 'stun', 'dtls', 'other'],
  )
  assert.deepEqual(
    [kind([0x80, 0], 11), kind([0x80, 200], 8), kind([0x80, 200], 7), kind([0x80, 0], 1), kind([], 0)],
    ['other', 'rtcp', 'other', 'other', 'other'],
  )
})
