import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { encodeSeptets, fillBits, pack, unpack, withoutSeptet } from './gsm7.ts'
import { lockingTables, singleTables } from './gsm7-tables.ts'
import { join, textFrom } from './text-from.ts'
import { readHeader } from './user-data-header.ts'

const hex = (digits: string): Uint8Array => Buffer.from(digits.replaceAll(' ', ''), 'hex')
const read = (digits: string, dataCoding: number): string[] => {
  const { text, coding } = textFrom(hex(digits), dataCoding)
  return [text, coding]
}

test('data codings of SMPP', () => {
  assert.deepEqual(read('00 11 1b65 7f', 0), ['@_€à', 'gsm7'])
  assert.deepEqual(read('41 40', 1), ['A@', 'ascii'])
  assert.deepEqual(read('00ff', 2), ['00ff', 'binary'])
  assert.deepEqual(read('e9 40', 3), ['é@', 'latin1'])
  assert.deepEqual(read('00ff', 4), ['00ff', 'binary'])
  assert.deepEqual(read('83 65', 5), ['テ', 'shift_jis'])
  assert.deepEqual(read('bf', 6), ['П', 'cyrillic'])
  assert.deepEqual(read('e9', 7), ['י', 'hebrew'])
  assert.deepEqual(read('d83dde00 0041', 8), ['😀A', 'ucs2'])
  assert.deepEqual(read('1b2442 2422 1b2842', 10), ['あ', 'iso2022jp'])
  assert.deepEqual(read('b0a1', 14), ['가', 'euckr'])
  assert.deepEqual(read('41', 11), ['A', 'gsm7'])
})

test('data coding schemes of GSM, and message class 0', () => {
  for (const [dataCoding, coding, flash] of [
    [0x10, 'gsm7', true],
    [0x11, 'gsm7', false],
    [0x14, 'binary', true],
    [0x18, 'ucs2', true],
    [0x19, 'ucs2', false],
    [0x20, 'binary', false],
    [0x48, 'ucs2', false],
    [0x90, 'gsm7', false],
    [0xc8, 'gsm7', false],
    [0xe0, 'ucs2', false],
    [0xf0, 'gsm7', true],
    [0xf1, 'gsm7', false],
    [0xf4, 'binary', true],
    [0, 'gsm7', false],
    [8, 'ucs2', false],
  ] as const) {
    const made = textFrom(hex('0041'), dataCoding)
    assert.deepEqual([made.coding, made.flash], [coding, flash], dataCoding.toString(16))
  }
})

test('peers that mean something else', () => {
  assert.equal(textFrom(hex('40'), 0, undefined, { alphabets: { 0: 'latin1' } }).text, '@')
  assert.equal(textFrom(hex('00'), 1, undefined, { alphabets: { 1: 'gsm7' } }).text, '@')
  // Octets that no septet can be.
  assert.deepEqual(read('c3a9', 0), ['é', 'utf8'])
  assert.deepEqual(read('e941', 0), ['éA', 'latin1'])
  assert.deepEqual(read('feff 0041', 8), ['A', 'ucs2'])
  assert.deepEqual(read('fffe 4100', 8), ['A', 'ucs2'])
  assert.deepEqual(read('0041 00', 8), ['A', 'ucs2'])
  assert.deepEqual(read('', 0), ['', 'gsm7'])
})

test('what no table has is shown as the standard says', () => {
  // 6.2.1.1: behind an escape, what stands there without it; an escape alone or escaped: a space.
  assert.deepEqual(read('1b41', 0), ['A', 'gsm7'])
  assert.deepEqual(read('411b', 0), ['A ', 'gsm7'])
  assert.deepEqual(read('1b1b41', 0), [' A', 'gsm7'])
})

test('known octets of other languages', () => {
  const shifted = (header: string, body: string): string => textFrom(hex(body), 0, readHeader(hex(header))).text
  assert.equal(shifted('03 25 01 01', '0b 1c 40 60 07 04'), 'ĞŞİçı€')
  assert.equal(shifted('03 24 01 01', '1b47 1b73 1b65'), 'Ğş€')
  assert.equal(shifted('03 24 01 02', '1b09 1b41 1b75'), 'çÁú')
  assert.equal(shifted('03 25 01 03', '0b 12 15 7b'), 'Ôª∞ã')
  assert.equal(shifted('03 24 01 03', '1b5b 1b7f 1b1f'), 'ÃâÊ')
})

test('known places of the Indic and Urdu tables', () => {
  // Identifier; a code of the locking table and what it shows; a code of the single shift table and what that shows.
  for (const [id, locked, shownLocked, single, shownSingle] of [
    [0x04, 0x60, 0x09ce, 0x24, 0x09df],
    [0x05, 0x60, 0x0ad0, 0x1c, 0x0ae6],
    [0x06, 0x60, 0x0950, 0x3a, 0x0971],
    [0x07, 0x24, 0x0ca1, 0x2a, 0x0cf2],
    [0x08, 0x7f, 0x0d79, 0x34, 0x0d7f],
    [0x09, 0x3d, 0x0b2a, 0x26, 0x0b5c],
    [0x0a, 0x60, 0x0a51, 0x2d, 0x0a75],
    [0x0b, 0x7f, 0x0bf9, 0x2e, 0x0bfa],
    [0x0c, 0x60, 0x0c55, 0x32, 0x0c7f],
    [0x0d, 0x5c, 0x064d, 0x3f, 0x06d4],
  ] as const) {
    const header = { shift: { locking: id, single: id }, others: [], octets: 7 }
    const { text } = textFrom(Uint8Array.of(locked, 0x1b, single, 0x20, 0x61, 0x0a), 0, header)
    assert.equal(text, `${String.fromCharCode(shownLocked, shownSingle)} a\n`, `language ${id}`)
  }
})

test('eight septets to seven octets', () => {
  const septets = encodeSeptets('hellohello') as Uint8Array
  assert.deepEqual(pack(septets), hex('e8329bfd4697d9ec37'))
  assert.deepEqual(unpack(hex('e8329bfd4697d9ec37')), septets)
  // One fill bit behind a header of six octets: 23.040 9.2.3.24.
  assert.deepEqual([0, 4, 6, 7, 9, 12].map(fillBits), [0, 3, 1, 0, 5, 2])
  assert.deepEqual(textFrom(pack(septets, 1), 0, readHeader(hex('050003010201')), { packed: true }).text, 'hellohello')
  const seven = encodeSeptets('1234567') as Uint8Array
  assert.deepEqual(unpack(pack(seven)), seven)
  assert.equal(unpack(pack(seven), 0, 8).length, 8)
})

test('characters without a septet, with their places', () => {
  assert.deepEqual(withoutSeptet('a😀ç€·'), [
    { character: '😀', index: 1 },
    { character: 'ç', index: 3 },
    { character: '·', index: 5 },
  ])
})

test('headers: what is known is read, what is not is kept, what does not fit is none', () => {
  const concatOf = (digits: string): unknown => readHeader(hex(digits))?.concat
  assert.deepEqual(concatOf('05 0003 2a 03 02'), { reference: 0x2a, total: 3, part: 2 })
  assert.deepEqual(concatOf('06 0804 1234 03 02'), { reference: 0x1234, total: 3, part: 2 })
  // Of two the last; one that cannot be is passed over.
  assert.deepEqual(concatOf('0b 0003 010302 0804 0002 0201'), { reference: 2, total: 2, part: 1 })
  for (const wrong of ['05 0003 010203', '05 0003 010200', '05 0003 010000', '04 0002 0102'])
    assert.equal(concatOf(wrong), undefined)
  const both = readHeader(hex('0c 0504 1582 0000 240101 250101 41'))
  assert.deepEqual([both?.shift, both?.others.length, both?.octets], [{ single: 1, locking: 1 }, 1, 13])
  for (const short of ['', '05', '05 0003 0102', '03 24 02 01', '02 00']) assert.equal(readHeader(hex(short)), undefined, short)
  assert.deepEqual(readHeader(hex('00 41'))?.octets, 1)
})

test('what a sender cut apart is joined', () => {
  const part = (digits: string, header: string, dataCoding: number): string =>
    textFrom(hex(digits), dataCoding, readHeader(hex(header))).text
  assert.equal(join([part('0041d83d', '050003010201', 8), part('de000042', '050003010202', 8)]), 'A😀B')
  assert.equal(join([part('411b', '050003010201', 0), part('6542', '050003010202', 0)]), 'A€B')
  assert.equal(join([part('411b', '050003010201', 0)]), 'A ')
  assert.equal(join([]), '')
})

test('the tables are those of 3GPP TS 23.038, release 18', () => {
  // Compared character by character with a published transcription of annex A, and in part with two others; held as they were then.
  const all = [lockingTables, singleTables].flatMap((tables) => Object.keys(tables).map((id) => `${id} ${tables[Number(id)]}`))
  assert.equal(all.length, 13 + 14)
  for (const table of all) assert.equal(table.slice(table.indexOf(' ') + 1).length, 128)
  assert.equal(
    createHash('sha256').update(all.join('\n')).digest('hex'),
    'ed312ea5ffee789f5bef41e774c3994b964e92e445bf14433b8f35e8f00fbfec',
  )
})
