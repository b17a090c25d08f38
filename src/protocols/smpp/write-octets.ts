// The smallest pieces of a PDU. First each is measured, which also checks it and throws what cannot be written; then it is written.

/** A value that no PDU can hold: a NUL within a C-octet string, a number out of its range, too many octets. */
export class UnencodablePdu extends RangeError {
  readonly field: string

  constructor(field: string, why: string) {
    super(`${field} ${why}`)
    this.name = 'UnencodablePdu'
    this.field = field
  }
}

/** The octets of a C-octet string without its NUL. One that held a NUL would shift all that follows it. */
export function measureCString(value: string, field: string): number {
  if (typeof value !== 'string') throw new UnencodablePdu(field, 'is no text')
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit === 0 || unit > 255) throw new UnencodablePdu(field, 'holds a character that a C-octet string cannot')
  }
  return value.length
}

export function writeCString(bytes: Buffer, at: number, value: string): number {
  for (let i = 0; i < value.length; i++) bytes[at++] = value.charCodeAt(i)
  bytes[at++] = 0
  return at
}

/** At most 255, as a length octet stands before them. */
export function measureOctets(value: Uint8Array, field: string): number {
  if (!(value instanceof Uint8Array)) throw new UnencodablePdu(field, 'is no octets')
  if (value.length > 255) throw new UnencodablePdu(field, `has ${value.length} octets, 255 fit`)
  return value.length
}

export function writeOctets(bytes: Buffer, at: number, value: Uint8Array): number {
  bytes.set(value, at)
  return at + value.length
}

/** Throws unless `value` is a whole number of so many bits. */
export function checkInt(value: number, bits: number, field: string): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits)
    throw new UnencodablePdu(field, `is ${String(value)}, which is no number of ${bits} bits`)
}

export function writeInt32(bytes: Buffer, at: number, value: number): number {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
  return at + 4
}
