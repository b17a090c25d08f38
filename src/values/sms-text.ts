// How a text becomes short message segments: which coding, how many segments exactly, where they are cut, and the octets of each
// (3GPP TS 23.038 for the alphabets, TS 23.040 9.2.3.16 and 9.2.3.24 for lengths and headers). The way back is text-from.ts.
//
// Does not know SMPP: a plan says which way of joining was asked for, and a carrier puts the octets into the fields that its
// protocol has for it. Does not shorten a text, nor change it unless `plain` is asked for.

import { defaultShift, fillBits, pack, septetCuts, septetsOf, withoutSeptet, writeSeptets, type Shift } from './gsm7.ts'
import { lockingTables, nationalLanguages, type NationalLanguage } from './gsm7-tables.ts'
import { plainText } from './plain-text.ts'
import { codePoints, loneSurrogates } from './text-measures.ts'
import { headerOctets, writeHeader, type ReferenceBits } from './user-data-header.ts'

export type Coding = 'gsm7' | 'ucs2' | 'binary'

/**
 * How a handset learns that segments belong together: `udh8` and `udh16` by a header with a reference of 8 or 16 bits in each,
 * `sar` by what the protocol says beside each, `payload` by handing the text over in one piece and leaving the cutting to the
 * network, `none` not at all: one segment and no more.
 */
export type ConcatWay = 'udh8' | 'udh16' | 'payload' | 'sar' | 'none'

export interface PlanOptions {
  /** `auto`: GSM-7 when it has every character, else a national table when that takes fewer segments than UCS-2, else UCS-2. */
  readonly coding?: 'auto' | 'gsm7' | 'ucs2'
  readonly concat?: ConcatWay
  /** National languages that the carrier passes on. Used with `udh8`, `udh16` and `none` only: their tables are named in a header of ours. */
  readonly national?: readonly NationalLanguage[]
  /** At most 255, as a part number is one octet. */
  readonly maxSegments?: number
  /** For showing at once: message class 0 (23.038 4). */
  readonly flash?: boolean
  /** Typographic characters may become plain ones (see plain-text.ts) where that makes the text GSM-7. */
  readonly plain?: boolean
}

export interface SmsPlan {
  readonly fits: true
  /** As it will be sent: the text that was given, unless `plain` changed it. Empty for octets. */
  readonly text: string
  /** Octets that are no text. */
  readonly octets: Uint8Array | undefined
  readonly coding: Coding
  /** 0, 4 or 8, or 0x10, 0x14, 0x18 for flash (23.038 4). */
  readonly dataCoding: number
  readonly unit: 'septets' | 'chars' | 'octets'
  readonly concat: ConcatWay
  /** The tables of GSM-7. */
  readonly shift: Shift
  /** How many the handset receives, and the customer pays. */
  readonly segments: number
  /** Units that each segment has room for: of one alone or of one among several, whichever this is. */
  readonly perSegment: number
  /** Code points. */
  readonly characters: number
  /** Units in all. A UCS-2 unit is a UTF-16 code unit, so that an emoji takes two or more. */
  readonly units: number
  /** Units still free in the last segment. */
  readonly remaining: number
  /** Where each segment ends: index behind it, in UTF-16 code units of the text, or octets. */
  readonly ends: readonly number[]
}

/** What cannot be sent as asked. */
export type SmsMisfit =
  | {
      readonly fits: false
      /** Not in the coding that was asked for; for UCS-2, half of a surrogate pair. */
      readonly problem: 'characters'
      readonly coding: Coding
      /** Each place, with its index in UTF-16 code units. */
      readonly characters: readonly { readonly character: string; readonly index: number }[]
    }
  | {
      readonly fits: false
      readonly problem: 'too_long'
      readonly coding: Coding
      readonly segments: number
      readonly maxSegments: number
      /** What is before this index would fit. */
      readonly holds: number
    }

/** One handed-over piece. `bytes` begins with the header when `headerOctets` is above 0. */
export interface Segment {
  /** From 1. */
  readonly part: number
  readonly total: number
  readonly reference: number
  readonly bytes: Uint8Array
  readonly headerOctets: number
}

/** 23.040 9.2.3.24: octets of a short message, the header among them. */
const messageOctets = 140
const mostSegments = 255

/** Characters that a language's tables can add: with which pairs to try it. */
function shiftsOf(language: NationalLanguage): Shift[] {
  const id = nationalLanguages[language]
  const singleOnly = { locking: 0, single: id }
  return id in lockingTables ? [singleOnly, { locking: id, single: 0 }, { locking: id, single: id }] : [singleOnly]
}

const nationalShifts = new Map(
  (Object.keys(nationalLanguages) as NationalLanguage[]).map((language) => [language, shiftsOf(language)]),
)

/** A header of ours in each of several segments, or the network's in its place: its reference is taken to have 8 bits. */
const referenceBits = (concat: ConcatWay): ReferenceBits => (concat === 'udh16' ? 16 : 8)

const writesHeader = (concat: ConcatWay): boolean => concat === 'udh8' || concat === 'udh16' || concat === 'none'

/** Units that a segment has room for; `bits` 0 is one alone. */
function room(coding: Coding, bits: ReferenceBits, shift: Shift): number {
  const octets = messageOctets - headerOctets(bits, shift)
  if (coding === 'gsm7') return Math.floor((octets * 8) / 7)
  return coding === 'ucs2' ? octets >> 1 : octets
}

const dataCodings = { gsm7: 0x00, binary: 0x04, ucs2: 0x08 } as const
const unitNames = { gsm7: 'septets', binary: 'octets', ucs2: 'chars' } as const

interface Content {
  readonly text: string
  readonly octets: Uint8Array | undefined
  readonly coding: Coding
  readonly shift: Shift
  /** In all. */
  readonly units: number
}

function cutsOf({ text, octets, coding, shift, units }: Content, perPiece: number): number[] {
  if (coding === 'gsm7' && units > text.length) return septetCuts(text, perPiece, shift)
  const cuts: number[] = []
  const length = octets ? octets.length : text.length
  for (let at = perPiece; at < length; at += perPiece) {
    // A pair of surrogates stays together, so that each segment can be read by itself.
    if (!octets && isHighSurrogate(text.charCodeAt(at - 1))) at -= 1
    cuts.push(at)
  }
  cuts.push(length)
  return cuts
}

const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800

function arrange(content: Content, options: PlanOptions): SmsPlan | SmsMisfit {
  const { text, octets, coding, shift, units } = content
  const { concat = 'udh8', maxSegments = mostSegments, flash = false } = options
  const alone = room(coding, 0, shift)
  const single = units <= alone
  const perSegment = single ? alone : room(coding, referenceBits(concat), shift)
  const ends = single ? [octets ? octets.length : text.length] : cutsOf(content, perSegment)
  const segments = ends.length
  const most = concat === 'none' ? 1 : Math.min(maxSegments, mostSegments)
  if (segments > most) {
    const holds = most === 1 ? cutsOf(content, alone)[0] : ends[most - 1]
    return { fits: false, problem: 'too_long', coding, segments, maxSegments: most, holds: holds ?? 0 }
  }
  const lastStart = single ? 0 : (ends[segments - 2] as number)
  const inLast = single ? units : unitsIn(content, lastStart)
  return {
    fits: true,
    text,
    octets,
    coding,
    dataCoding: flash ? dataCodings[coding] | 0x10 : dataCodings[coding],
    unit: unitNames[coding],
    concat,
    shift,
    segments,
    perSegment,
    characters: coding === 'ucs2' ? codePoints(text) : octets ? octets.length : text.length,
    units,
    remaining: perSegment - inLast,
    ends,
  }
}

function unitsIn({ text, octets, coding, shift, units }: Content, from: number): number {
  if (coding === 'gsm7' && units > text.length) return septetsOf(text.slice(from), shift)
  return (octets ? octets.length : text.length) - from
}

/** The plan for a text, or why it does not fit. */
export function planText(text: string, options: PlanOptions = {}): SmsPlan | SmsMisfit {
  const { coding = 'auto' } = options
  if (coding === 'ucs2') return planUcs2(text, options)
  const septets = septetsOf(text)
  if (septets >= 0) {
    const plan = arrange({ text, octets: undefined, coding: 'gsm7', shift: defaultShift, units: septets }, options)
    if (!options.national || (plan.fits && plan.segments === 1)) return plan
    return fewest(plan, planNational(text, options))
  }
  if (options.plain) {
    const plain = plainText(text)
    if (septetsOf(plain) >= 0) return planText(plain, { ...options, plain: false })
  }
  const national = planNational(text, options)
  if (coding === 'auto') return fewest(planUcs2(text, options), national)
  return national ?? { fits: false, problem: 'characters', coding: 'gsm7', characters: missing(text, options) }
}

function planUcs2(text: string, options: PlanOptions): SmsPlan | SmsMisfit {
  if (!text.isWellFormed()) return { fits: false, problem: 'characters', coding: 'ucs2', characters: loneSurrogates(text) }
  return arrange({ text, octets: undefined, coding: 'ucs2', shift: defaultShift, units: text.length }, options)
}

/** The best of the national tables that are allowed and have every character. */
function planNational(text: string, options: PlanOptions): SmsPlan | SmsMisfit | undefined {
  if (!options.national || !writesHeader(options.concat ?? 'udh8')) return undefined
  let best: SmsPlan | SmsMisfit | undefined
  for (const language of options.national) {
    for (const shift of nationalShifts.get(language) ?? []) {
      const septets = septetsOf(text, shift)
      if (septets < 0) continue
      const plan = arrange({ text, octets: undefined, coding: 'gsm7', shift, units: septets }, options)
      best = best ? fewest(best, plan) : plan
    }
  }
  return best
}

/** Of two the one with fewer segments; the first when they are equal, as more handsets can show it. What fits goes before what does not. */
function fewest(first: SmsPlan | SmsMisfit, second: SmsPlan | SmsMisfit | undefined): SmsPlan | SmsMisfit {
  if (!second) return first
  if (first.fits !== second.fits) return first.fits ? first : second
  const count = (plan: SmsPlan | SmsMisfit): number => (plan.fits || plan.problem === 'too_long' ? plan.segments : Infinity)
  return count(second) < count(first) ? second : first
}

/** What would still be missing after `plain`, where that was allowed. */
function missing(text: string, options: PlanOptions): { character: string; index: number }[] {
  const found = withoutSeptet(text)
  return options.plain ? found.filter(({ character }) => septetsOf(plainText(character)) < 0) : found
}

/** The plan for octets that are no text (data coding 4). */
export function planOctets(
  octets: Uint8Array,
  options: Pick<PlanOptions, 'concat' | 'maxSegments' | 'flash'> = {},
): SmsPlan | SmsMisfit {
  return arrange({ text: '', octets, coding: 'binary', shift: defaultShift, units: octets.length }, options)
}

/**
 * The octets of all segments. With `payload` it is one, whatever the count: the network cuts it.
 * `reference` tells the segments of this message from those of others to the same handset; 8 or 16 bits of it are used.
 * `packed` packs septets eight to seven octets; SMPP carries them one to an octet.
 */
export function segmentsOf(plan: SmsPlan, reference: number, form: 'unpacked' | 'packed' = 'unpacked'): Segment[] {
  const pieces = plan.concat === 'payload' ? 1 : plan.segments
  const segments: Segment[] = []
  for (let index = 0; index < pieces; index += 1) segments.push(segmentAt(plan, reference, index, form))
  return segments
}

/** One of `segmentsOf`, by its index from 0. */
export function segmentAt(plan: SmsPlan, reference: number, index: number, form: 'unpacked' | 'packed' = 'unpacked'): Segment {
  const { text, octets, coding, concat, shift, ends } = plan
  const total = concat === 'payload' ? 1 : plan.segments
  const from = index === 0 ? 0 : (ends[index - 1] as number)
  const to = (total === 1 ? ends.at(-1) : ends[index]) as number
  const bits = total > 1 && writesHeader(concat) ? referenceBits(concat) : 0
  const header = headerOctets(bits, shift)
  const part = index + 1
  // An escape doubles a character, at most.
  const most =
    coding === 'gsm7'
      ? plan.units === plan.text.length
        ? to - from
        : (to - from) * 2
      : coding === 'ucs2'
        ? (to - from) * 2
        : to - from
  const bytes = Buffer.allocUnsafe(header + most)
  if (header > 0) writeHeader(bytes, bits, { reference, total, part }, shift)
  let at = header
  if (octets) {
    bytes.set(octets.subarray(from, to), at)
    at += to - from
  } else if (coding === 'gsm7') at = writeSeptets(text, from, to, bytes, at, shift)
  else {
    for (let unit = from; unit < to; unit += 1) {
      const value = text.charCodeAt(unit)
      bytes[at++] = value >> 8
      bytes[at++] = value & 0xff
    }
  }
  const written = at === bytes.length ? bytes : bytes.subarray(0, at)
  if (form === 'unpacked' || coding !== 'gsm7') return { part, total, reference, bytes: written, headerOctets: header }
  const packed = pack(written.subarray(header), header === 0 ? 0 : fillBits(header))
  return { part, total, reference, bytes: Buffer.concat([written.subarray(0, header), packed]), headerOctets: header }
}
