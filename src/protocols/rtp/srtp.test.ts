// SRTP and SRTCP: vectors of RFC 3711 appendix B, packets of another implementation, rollover, replay, and what was tampered with.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readRtp, emptyRtpPacket, writeRtpHead } from './rtp-packet.ts'
import { ReplayWindow } from './replay-window.ts'
import { derived } from './srtp-keys.ts'
import { sdesKey, SrtpSession } from './srtp.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const masterKey = hex('e1f97a0d3e018be0d64fa32c06de4139')
const masterSalt = hex('0ec675ad498afeebb6960b3aabe6')
const key = { suite: 'AES_CM_128_HMAC_SHA1_80', key: sdesKey(Buffer.concat([masterKey, masterSalt])) } as const

test('RFC 3711 B.3: keys derived', () => {
  assert.equal(derived(masterKey, masterSalt, 0, 16).toString('hex'), 'c61e7a93744f39ee10734afe3ff7a087')
  assert.equal(derived(masterKey, masterSalt, 2, 14).toString('hex'), '30cbbc08863d8c85d49db34a9ae1')
  assert.equal(
    derived(masterKey, masterSalt, 1, 94).toString('hex'),
    'cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbcee049646c43d9327ad175578ef72270986371c10c9a369ac2f94a8c5fbcdddc25' +
      '6d6e919a48b610ef17c2041e474035766b68642c59bbfc2f34db60dbdfb2',
  )
})

const plain = hex(`800f1234 decafbad cafebabe ${'ab'.repeat(16)}`)
const sealed = '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb'

test('a packet as libsrtp’s own test has it, both ways', () => {
  const packet = Buffer.concat([plain, Buffer.alloc(10)])
  assert.equal(new SrtpSession(key).protect(packet, plain.length), plain.length + 10)
  assert.equal(packet.toString('hex'), sealed)
  assert.equal(new SrtpSession(key).unprotect(packet, packet.length), plain.length)
  assert.deepEqual(packet.subarray(0, plain.length), plain)
})

test('an RTCP packet as libsrtp’s own test has it', () => {
  const packet = hex('81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798')
  assert.equal(new SrtpSession(key).unprotectRtcp(packet, packet.length), 24)
  assert.equal(packet.subarray(0, 24).toString('hex'), `81c8000bcafebabe${'ab'.repeat(16)}`)
})

const packetOf = (sequence: number, ssrc = 7): Buffer => {
  const packet = Buffer.alloc(12 + 160 + 10, sequence & 0xff)
  writeRtpHead(packet, 0, false, sequence, sequence * 160, ssrc)
  return packet
}

for (const suite of ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const)
  test(`${suite}: a long stream with losses goes over the end of the sequence twice`, () => {
    const [ours, theirs] = [new SrtpSession({ ...key, suite }), new SrtpSession({ ...key, suite })]
    const tag = suite.endsWith('32') ? 4 : 10
    const head = emptyRtpPacket()
    for (let n = 0; n < 140_000; n += 97) {
      const packet = packetOf(n & 0xffff)
      assert.equal(ours.protect(packet, 172), 172 + tag)
      assert.equal(theirs.unprotect(packet, 172 + tag), 172, String(n))
      assert.ok(readRtp(packet, 172, head) && packet[100] === (n & 0xff))
    }
  })

test('each source has its own counters; disorder around the end is borne; what came is not taken again', () => {
  const [ours, theirs] = [new SrtpSession(key), new SrtpSession(key)]
  const sealedOf = (sequence: number, ssrc: number): Buffer => {
    const packet = packetOf(sequence, ssrc)
    ours.protect(packet, 172)
    return packet
  }
  const packets = [65_534, 65_535, 0, 1].map((sequence) => sealedOf(sequence, 1))
  const other = sealedOf(5, 2)
  const take = (packet: Buffer): number => theirs.unprotect(Buffer.from(packet), packet.length)
  assert.deepEqual(
    [take(packets[0]!), take(packets[2]!), take(packets[1]!), take(other), take(packets[3]!)],
    [172, 172, 172, 172, 172],
  )
  assert.deepEqual([...packets, other].map(take), [-1, -1, -1, -1, -1])
})

test('any octet that is changed is noticed, and another key', () => {
  for (let at = 0; at < 182; at += 7) {
    const packet = packetOf(3)
    new SrtpSession(key).protect(packet, 172)
    packet[at]! ^= 1
    assert.equal(new SrtpSession(key).unprotect(packet, 182), -1, String(at))
  }
  const packet = packetOf(3)
  new SrtpSession({ ...key, key: sdesKey(Buffer.alloc(30, 1)) }).protect(packet, 172)
  assert.equal(new SrtpSession(key).unprotect(packet, 182), -1)
})

test('RTCP: there and back, once; too short is nothing', () => {
  const [ours, theirs] = [new SrtpSession(key), new SrtpSession(key)]
  for (let n = 0; n < 3; n++) {
    const packet = Buffer.concat([hex('80c90001 00000009 01020304'), Buffer.alloc(14)])
    assert.equal(ours.protectRtcp(packet, 12), 26)
    const again = Buffer.from(packet)
    assert.notEqual(packet.readUInt32BE(8), 0x01020304)
    assert.equal(theirs.unprotectRtcp(packet, 26), 12)
    assert.equal(packet.readUInt32BE(8), 0x01020304)
    assert.equal(theirs.unprotectRtcp(again, 26), -1)
  }
  for (let bytes = 0; bytes < 22; bytes++) {
    assert.equal(theirs.unprotectRtcp(Buffer.alloc(bytes), bytes), -1)
    assert.equal(theirs.unprotect(Buffer.alloc(bytes, 0x80), bytes), -1)
  }
})

test('the replay window knows the last 64', () => {
  const window = new ReplayWindow()
  for (const index of [100, 101, 105, 168]) window.add(index)
  assert.deepEqual(
    [100, 101, 102, 104, 105, 106, 167, 168, 169].map((index) => window.isNew(index)),
    [false, false, false, false, false, true, true, false, true],
  )
  for (const index of [136, 137, 106]) {
    assert.ok(window.isNew(index))
    window.add(index)
    assert.ok(!window.isNew(index))
  }
})

test('a key has 30 octets', () => {
  assert.throws(() => new SrtpSession({ ...key, key: 'AAAA' }), /30 octets/)
})
