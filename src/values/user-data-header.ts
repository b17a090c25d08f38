// The header in front of a short message's text: which segment it is, and which national tables its septets are read by
// (3GPP TS 23.040 9.2.3.24). Writes those elements only; reads them and keeps the others raw.

import { defaultShift, type Shift } from './gsm7.ts'

/** Information element identifiers. */
const concat8 = 0x00
const concat16 = 0x08
const singleShift = 0x24
const lockingShift = 0x25

/** Which segment of which text. `part` counts from 1. */
export interface Concat {
  readonly reference: number
  readonly total: number
  readonly part: number
}

export interface UserDataHeader {
  readonly concat?: Concat
  readonly shift: Shift
  /** Elements that are none of the above: ports, special messages. */
  readonly others: readonly { readonly id: number; readonly data: Uint8Array }[]
  /** Octets of the header with its length octet. */
  readonly octets: number
}

export type ReferenceBits = 0 | 8 | 16

/** Octets that a header with these elements takes, its length octet included; 0 for none. */
export function headerOctets(referenceBits: ReferenceBits, shift: Shift): number {
  const elements =
    (referenceBits === 0 ? 0 : referenceBits === 8 ? 5 : 6) + (shift.single > 0 ? 3 : 0) + (shift.locking > 0 ? 3 : 0)
  return elements === 0 ? 0 : elements + 1
}

/** Writes the header at the start of `into` and gives its octets. */
export function writeHeader(into: Uint8Array, referenceBits: ReferenceBits, concat: Concat, shift: Shift): number {
  const octets = headerOctets(referenceBits, shift)
  if (octets === 0) return 0
  let at = 0
  into[at++] = octets - 1
  if (referenceBits === 8) {
    into[at++] = concat8
    into[at++] = 3
    into[at++] = concat.reference & 0xff
  } else if (referenceBits === 16) {
    into[at++] = concat16
    into[at++] = 4
    into[at++] = (concat.reference >> 8) & 0xff
    into[at++] = concat.reference & 0xff
  }
  if (referenceBits !== 0) {
    into[at++] = concat.total
    into[at++] = concat.part
  }
  if (shift.single > 0) {
    into[at++] = singleShift
    into[at++] = 1
    into[at++] = shift.single
  }
  if (shift.locking > 0) {
    into[at++] = lockingShift
    into[at++] = 1
    into[at++] = shift.locking
  }
  return octets
}

/**
 * The header at the start of these octets; undefined when its lengths do not fit, so that there is no telling where the text begins.
 * An element with the wrong length, or a part 0 or beyond the total, is passed over, and of two of a kind the last one counts
 * (9.2.3.24, 9.2.3.24.1).
 */
export function readHeader(bytes: Uint8Array): UserDataHeader | undefined {
  const octets = (bytes[0] ?? bytes.length) + 1
  if (octets > bytes.length) return undefined
  let concat: Concat | undefined
  let { single, locking } = defaultShift
  const others: { id: number; data: Uint8Array }[] = []
  for (let at = 1; at < octets;) {
    const id = bytes[at] as number
    const from = at + 2
    const to = from + (bytes[at + 1] ?? octets)
    if (to > octets) return undefined
    const data = bytes.subarray(from, to)
    if (id === concat8 && data.length === 3) concat = whole(data[0]!, data[1]!, data[2]!) ?? concat
    else if (id === concat16 && data.length === 4) concat = whole((data[0]! << 8) | data[1]!, data[2]!, data[3]!) ?? concat
    else if (id === singleShift && data.length === 1) single = data[0]!
    else if (id === lockingShift && data.length === 1) locking = data[0]!
    else others.push({ id, data })
    at = to
  }
  return { ...(concat && { concat }), shift: single === 0 && locking === 0 ? defaultShift : { single, locking }, others, octets }
}

function whole(reference: number, total: number, part: number): Concat | undefined {
  return total > 0 && part > 0 && part <= total ? { reference, total, part } : undefined
}
