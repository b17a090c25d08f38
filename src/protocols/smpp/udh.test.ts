import { test } from 'node:test'
import assert from 'node:assert/strict'
import {
  buildUdh,
  concatenationElement,
  concatenationOf,
  nationalLanguageElements,
  nationalLanguagesOf,
  portsElement,
  portsOf,
  readUdh,
} from './udh.ts'

test('concatenation of 8 and 16 bits, as octets', () => {
  const part = { reference: 0xabcd, total: 3, part: 2 }
  assert.equal(buildUdh([concatenationElement({ bits: 8, ...part })]).toString('hex'), '050003cd0302')
  assert.equal(buildUdh([concatenationElement({ bits: 16, ...part })]).toString('hex'), '060804abcd0302')
})

test('several elements are read back, and where the text begins', () => {
  const concatenation = { bits: 16, reference: 700, total: 4, part: 4 } as const
  const ports = { bits: 16, destination: 2948, source: 9200 } as const
  const header = buildUdh([
    concatenationElement(concatenation),
    portsElement(ports),
    ...nationalLanguageElements({ singleShift: 1, lockingShift: 2 }),
    { id: 0x70, data: Buffer.from('xyz') },
  ])
  const udh = readUdh(Buffer.concat([header, Buffer.from('text')]))!
  assert.equal(udh.octets, header.length)
  assert.deepEqual(concatenationOf(udh), concatenation)
  assert.deepEqual(portsOf(udh), ports)
  assert.deepEqual(nationalLanguagesOf(udh), { singleShift: 1, lockingShift: 2 })
  assert.deepEqual(Buffer.from(udh.elements.at(-1)!.data), Buffer.from('xyz'))
})

test('of elements that repeat the last counts; an impossible part does not', () => {
  const read = (hex: string) => concatenationOf(readUdh(Buffer.from(hex, 'hex'))!)
  assert.equal(read('0a00030102010003070202')?.reference, 7)
  for (const bad of ['050003010200', '050003010203', '050003010001', '0400020102']) assert.equal(read(bad), undefined, bad)
  assert.equal(portsOf(readUdh(Buffer.from('0404020102', 'hex'))!)!.destination, 1)
  assert.deepEqual(nationalLanguagesOf(readUdh(Buffer.from('00', 'hex'))!), {})
})

test('a broken header is none', () => {
  for (const bad of ['', '05', '0500030102', '0300050102', '0100', '05000301020100'.slice(0, 10)])
    assert.equal(readUdh(Buffer.from(bad, 'hex')), undefined, bad)
})

test('what cannot be is not built', () => {
  assert.throws(() => concatenationElement({ bits: 8, reference: 1, total: 2, part: 3 }), RangeError)
  assert.throws(() => concatenationElement({ bits: 8, reference: 1, total: 256, part: 3 }), RangeError)
  assert.throws(() => buildUdh([{ id: 1, data: Buffer.alloc(140) }]), RangeError)
})
