import { test } from 'node:test'
import assert from 'node:assert/strict'
import { randomPdu } from '../../../test/fuzz/random-pdu.ts'
import { randomFrom } from '../../../test/fuzz/random.ts'
import { encode } from './codec.ts'
import { commandStatus } from './command-status.ts'
import { Frames } from './frames.ts'

function taken(frames: Frames): Buffer[] {
  const found: Buffer[] = []
  while (frames.next() === 'pdu') found.push(Buffer.from(frames.buffer.subarray(frames.start, frames.end)))
  return found
}

test('a stream cut anywhere gives the same PDUs', () => {
  const random = randomFrom(7)
  for (let run = 0; run < 100; run++) {
    const pdus = Array.from({ length: 20 }, () => encode(randomPdu(random)))
    const stream = Buffer.concat(pdus)
    const frames = new Frames(400_000)
    const found: Buffer[] = []
    for (let at = 0; at < stream.length;) {
      const size = 1 + random.below(random.pick([4, 40, 400, 40_000]))
      frames.add(stream.subarray(at, at + size))
      found.push(...taken(frames))
      at += size
    }
    assert.deepEqual(found, pdus)
    assert.equal(frames.next(), 'none')
  }
})

test('a length that cannot be breaks the stream for good', () => {
  for (const length of [0, 15, 66_561, 0xffffffff]) {
    const frames = new Frames()
    const bytes = encode({ command: 'enquire_link', sequence: 5 })
    frames.add(Buffer.from(bytes))
    const bad = Buffer.from(bytes)
    bad.writeUInt32BE(length)
    frames.add(bad)
    assert.equal(frames.next(), 'pdu')
    assert.equal(frames.next(), 'broken')
    assert.deepEqual([frames.fault!.answer, frames.fault!.sequence], [commandStatus.ESME_RINVCMDLEN, 5])
    frames.add(bytes)
    assert.equal(frames.next(), 'broken')
  }
  const short = new Frames()
  short.add(Buffer.from([0, 0, 0, 3]))
  assert.equal(short.next(), 'broken')
  assert.equal(short.fault!.sequence, 0)
})

test('the largest PDU allowed passes, one octet at a time', () => {
  const bytes = encode({ command: 'submit_sm', sequence: 1, tlvs: { message_payload: Buffer.alloc(65_535) } })
  const frames = new Frames(bytes.length)
  for (const octet of bytes.subarray(0, -1)) {
    frames.add(Buffer.from([octet]))
    assert.equal(frames.next(), 'none')
  }
  frames.add(bytes.subarray(-1))
  assert.deepEqual(taken(frames), [bytes])
})
