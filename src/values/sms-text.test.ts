import { test } from 'node:test'
import assert from 'node:assert/strict'
import { lockingTables, nationalLanguages, reserved, singleTables, type NationalLanguage } from './gsm7-tables.ts'
import { decodeSeptets, encodeSeptets } from './gsm7.ts'
import { planOctets, planText, segmentAt, segmentsOf, type PlanOptions, type SmsPlan } from './sms-text.ts'
import { join, textFrom } from './text-from.ts'
import { readHeader } from './user-data-header.ts'

/** A small generator of the same numbers in each run (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function plan(text: string, options?: PlanOptions): SmsPlan {
  const made = planText(text, options)
  assert.ok(made.fits, JSON.stringify(made))
  return made
}

const countOf = (text: string, options?: PlanOptions): number => plan(text, options).segments

/** What a handset makes of the octets. */
function received(made: SmsPlan, form: 'unpacked' | 'packed' = 'unpacked'): string {
  const texts = segmentsOf(made, 0x1234, form).map((segment) => {
    const header = segment.headerOctets > 0 ? readHeader(segment.bytes) : undefined
    assert.equal(header?.octets ?? 0, segment.headerOctets)
    return textFrom(segment.bytes.subarray(segment.headerOctets), made.dataCoding, header, { packed: form === 'packed' }).text
  })
  return join(texts)
}

test('GSM-7: 160 characters alone, 153 with an 8 bit reference, 152 with 16', () => {
  for (const [concat, each] of [
    ['udh8', 153],
    ['udh16', 152],
    ['sar', 153],
    ['payload', 153],
  ] as const) {
    assert.equal(countOf('a'.repeat(160), { concat }), 1)
    assert.equal(countOf('a'.repeat(161), { concat }), 2)
    for (const segments of [2, 3, 10, 255]) {
      assert.equal(countOf('a'.repeat(each * segments), { concat }), segments)
      if (segments < 255) assert.equal(countOf('a'.repeat(each * segments + 1), { concat }), segments + 1)
    }
  }
  assert.deepEqual(pick(plan('')), { segments: 1, perSegment: 160, characters: 0, units: 0, remaining: 160 })
  assert.deepEqual(pick(plan('a'.repeat(160))), { segments: 1, perSegment: 160, characters: 160, units: 160, remaining: 0 })
  assert.deepEqual(pick(plan('a'.repeat(161))), { segments: 2, perSegment: 153, characters: 161, units: 161, remaining: 145 })
})

function pick({ segments, perSegment, characters, units, remaining }: SmsPlan): object {
  return { segments, perSegment, characters, units, remaining }
}

test('UCS-2: 70 characters alone, 67 with an 8 bit reference, 66 with 16', () => {
  for (const [concat, each] of [
    ['udh8', 67],
    ['udh16', 66],
  ] as const) {
    assert.equal(countOf('я'.repeat(70), { concat }), 1)
    assert.equal(countOf('я'.repeat(71), { concat }), 2)
    for (const segments of [2, 3, 10, 255]) {
      assert.equal(countOf('я'.repeat(each * segments), { concat }), segments)
      if (segments < 255) assert.equal(countOf('я'.repeat(each * segments + 1), { concat }), segments + 1)
    }
  }
  const made = plan('я'.repeat(71))
  assert.deepEqual([made.coding, made.dataCoding, made.unit, made.remaining], ['ucs2', 8, 'chars', 63])
})

test('an extension character takes two septets, and is not cut apart', () => {
  assert.equal(countOf('€'.repeat(80)), 1)
  assert.equal(countOf(`${'€'.repeat(80)}a`), 2)
  // The 153rd septet would be the escape: the euro goes to the next segment, whole.
  const border = plan(`${'a'.repeat(152)}€${'b'.repeat(151)}`)
  assert.deepEqual([border.segments, border.ends, border.remaining], [2, [152, 304], 0])
  assert.equal(countOf(`${'a'.repeat(152)}€${'b'.repeat(152)}`), 3)
  assert.equal(countOf(`${'a'.repeat(151)}€${'b'.repeat(153)}`), 2)
  for (const segment of segmentsOf(border, 7)) assert.notEqual(segment.bytes.at(-1), 0x1b)
  assert.equal(received(border), border.text)
})

test('an emoji takes two UCS-2 units, and is not cut apart', () => {
  assert.deepEqual(pick(plan('😀'.repeat(35))), { segments: 1, perSegment: 70, characters: 35, units: 70, remaining: 0 })
  assert.equal(countOf(`${'😀'.repeat(35)}a`), 2)
  // 67 is odd: each segment of emoji alone holds 33.
  assert.deepEqual(plan('😀'.repeat(67)).ends, [66, 132, 134])
  const border = plan(`${'я'.repeat(66)}😀${'я'.repeat(65)}`)
  assert.deepEqual([border.segments, border.ends, border.remaining], [2, [66, 133], 0])
  for (const { bytes, headerOctets } of segmentsOf(border, 7)) {
    assert.ok(textFrom(bytes.subarray(headerOctets), 8).text.isWellFormed())
    assert.ok(bytes.length <= 140)
  }
  assert.equal(received(border), border.text)
})

test('each segment has the header of its way of joining', () => {
  const text = 'a'.repeat(161)
  const [first, second] = segmentsOf(plan(text, { concat: 'udh8' }), 0x1234)
  assert.deepEqual([...first!.bytes.subarray(0, 7)], [5, 0, 3, 0x34, 2, 1, 0x61])
  assert.deepEqual([...second!.bytes.subarray(0, 7)], [5, 0, 3, 0x34, 2, 2, 0x61])
  assert.equal(second!.bytes.length, 6 + 8)
  const [wide] = segmentsOf(plan(text, { concat: 'udh16' }), 0x1234)
  assert.deepEqual([...wide!.bytes.subarray(0, 8)], [6, 8, 4, 0x12, 0x34, 2, 1, 0x61])
  const sar = segmentsOf(plan(text, { concat: 'sar' }), 0x1234)
  assert.deepEqual(
    sar.map(({ part, total, reference, headerOctets, bytes }) => [part, total, reference, headerOctets, bytes.length]),
    [
      [1, 2, 0x1234, 0, 153],
      [2, 2, 0x1234, 0, 8],
    ],
  )
  const payload = plan(text, { concat: 'payload' })
  const [whole, ...more] = segmentsOf(payload, 1)
  assert.deepEqual([payload.segments, whole!.total, whole!.headerOctets, whole!.bytes.length, more.length], [2, 1, 0, 161, 0])
  assert.deepEqual(segmentAt(plan(text), 9, 1), segmentsOf(plan(text), 9)[1])
})

test('what does not fit says so', () => {
  assert.deepEqual(planText('a'.repeat(161), { concat: 'none' }), {
    fits: false,
    problem: 'too_long',
    coding: 'gsm7',
    segments: 2,
    maxSegments: 1,
    holds: 160,
  })
  assert.deepEqual(planText('a'.repeat(1531), { maxSegments: 10 }), {
    fits: false,
    problem: 'too_long',
    coding: 'gsm7',
    segments: 11,
    maxSegments: 10,
    holds: 1530,
  })
  assert.deepEqual(planText(`${'я'.repeat(69)}😀`, { concat: 'none' }), {
    fits: false,
    problem: 'too_long',
    coding: 'ucs2',
    segments: 2,
    maxSegments: 1,
    holds: 69,
  })
  assert.deepEqual(planText('a😀b×', { coding: 'gsm7' }), {
    fits: false,
    problem: 'characters',
    coding: 'gsm7',
    characters: [
      { character: '😀', index: 1 },
      { character: '×', index: 4 },
    ],
  })
  assert.deepEqual(planText('я\ud83d', {}), {
    fits: false,
    problem: 'characters',
    coding: 'ucs2',
    characters: [{ character: '\ud83d', index: 1 }],
  })
})

test('what was said to hold fits, and one character more does not', () => {
  const pieces = ['a', '€', 'я', '😀']
  const random = seeded(5)
  for (let round = 0; round < 300; round += 1) {
    const some = pieces.slice(0, 1 + random(4))
    const text = Array.from({ length: 400 + random(800) }, () => some[random(some.length)]).join('')
    const maxSegments = 1 + random(4)
    const coding = /[я😀]/u.test(text) ? 'ucs2' : 'gsm7'
    const made = planText(text, { maxSegments, coding })
    if (made.fits) continue
    assert.ok(made.problem === 'too_long')
    assert.ok(planText(text.slice(0, made.holds), { maxSegments, coding }).fits)
    const next = String.fromCodePoint(text.codePointAt(made.holds)!)
    assert.ok(!planText(text.slice(0, made.holds) + next, { maxSegments, coding }).fits)
  }
})

test('auto takes GSM-7 where it can, UCS-2 where it must', () => {
  assert.equal(plan('Grüße aus Zürich @ £1 {€}').coding, 'gsm7')
  assert.equal(plan('çok iyi').coding, 'ucs2')
  assert.equal(plan('hello', { coding: 'ucs2' }).dataCoding, 8)
  assert.equal(plan('hello', { flash: true }).dataCoding, 0x10)
  assert.equal(plan('привет', { flash: true }).dataCoding, 0x18)
})

test('national tables are used when the carrier passes them on and they save segments', () => {
  const short = 'İyi akşamlar, nasılsın?'
  assert.equal(plan(short, { national: ['tr'] }).coding, 'ucs2')
  const long = short.repeat(6)
  assert.equal(countOf(long), 3)
  const made = plan(long, { national: ['es', 'tr'] })
  // A header of one table leaves 155 septets: 1 length, 3 for the table, 136 octets.
  assert.deepEqual([made.coding, made.segments, made.perSegment, made.shift], ['gsm7', 1, 155, { locking: 1, single: 0 }])
  assert.deepEqual([...segmentsOf(made, 1)[0]!.bytes.subarray(0, 4)], [3, 0x25, 1, 1])
  assert.equal(received(made), long)
  assert.equal(plan(long, { national: ['tr'], concat: 'payload' }).coding, 'ucs2')
  const both = plan('மாலை வணக்கம் ௹௺ '.repeat(20), { national: ['ta'] })
  assert.deepEqual([both.coding, both.perSegment, both.shift], ['gsm7', 146, { locking: 11, single: 11 }])
  assert.equal(received(both), both.text)
  assert.equal(plan('İ', { coding: 'gsm7', national: ['tr'] }).coding, 'gsm7')
})

test('plain turns typography into GSM-7, and only where that is enough', () => {
  assert.equal(plan('“It’s fine” – she said…').coding, 'ucs2')
  assert.deepEqual(
    [plan('“It’s fine” – she said…', { plain: true }).text, plan('“a”', { plain: true }).coding],
    ['"It\'s fine" - she said...', 'gsm7'],
  )
  assert.equal(plan('“привет”', { plain: true }).text, '“привет”')
  assert.equal(plan('“quoted”', { plain: true, coding: 'ucs2' }).text, '“quoted”')
  assert.deepEqual(planText('“я”', { plain: true, coding: 'gsm7' }), {
    fits: false,
    problem: 'characters',
    coding: 'gsm7',
    characters: [{ character: 'я', index: 1 }],
  })
})

test('octets that are no text: 140 alone, 134 each', () => {
  const octets = Uint8Array.from({ length: 300 }, (_, index) => index)
  assert.equal(planOctets(octets.subarray(0, 140)).fits && (planOctets(octets.subarray(0, 140)) as SmsPlan).segments, 1)
  const made = planOctets(octets)
  assert.ok(made.fits)
  assert.deepEqual([made.dataCoding, made.segments, made.ends], [4, 3, [134, 268, 300]])
  const back = Buffer.concat(segmentsOf(made, 1).map(({ bytes, headerOctets }) => bytes.subarray(headerOctets)))
  assert.deepEqual(back, Buffer.from(octets))
})

test('whatever is sent is received the same, by every way of joining, and no segment is over 140 octets', () => {
  const random = seeded(1)
  const gsm = [...lockingTables[0]!, ...singleTables[0]!].filter((character) => character !== reserved && character !== '\x1b')
  const wide = [...'яжщ中文字あ😀🏳️‍🌈é×', ...gsm]
  const languages = Object.keys(nationalLanguages) as NationalLanguage[]
  const ways = ['udh8', 'udh16', 'sar', 'payload'] as const
  for (let round = 0; round < 3000; round += 1) {
    const language = languages[random(languages.length)]!
    const id = nationalLanguages[language]
    const own = [...(lockingTables[id] ?? ''), ...singleTables[id]!].filter((character) => character !== reserved)
    const alphabet = [gsm, wide, own][random(3)]!
    const text = Array.from({ length: random(500) }, () => alphabet[random(alphabet.length)]).join('')
    const made = plan(text, { concat: ways[random(4)]!, ...(random(2) === 0 && { national: [language] }) })
    assert.equal(received(made), text)
    const segments = segmentsOf(made, round)
    if (made.concat === 'payload') continue
    assert.equal(segments.length, made.segments)
    for (const { bytes, headerOctets } of segments) {
      const used = made.coding === 'gsm7' ? Math.ceil(((bytes.length - headerOctets) * 7) / 8) : bytes.length - headerOctets
      assert.ok(used + headerOctets <= 140)
    }
    // Packed, seven zero bits at the very end may be nothing.
    if (made.coding === 'gsm7' && segments.every(({ bytes }) => bytes.at(-1) !== 0)) {
      assert.equal(received(made, 'packed'), text)
      for (const { bytes } of segmentsOf(made, round, 'packed')) assert.ok(bytes.length <= 140)
    }
  }
})

test('every character of every table comes back as itself', () => {
  for (const locking of Object.keys(lockingTables).map(Number)) {
    for (const single of Object.keys(singleTables).map(Number)) {
      const shift = { locking, single }
      const text = [...new Set([...lockingTables[locking]!, ...singleTables[single]!])].filter((one) => one !== reserved).join('')
      const septets = encodeSeptets(text, shift)
      assert.ok(septets)
      assert.equal(decodeSeptets(septets, shift), text)
    }
  }
})
