// Reads and writes the TLVs that follow the fields of a PDU (SMPP 3.4 3.2.4.1: tag, length, value; 5.0 4.8.4).

import { tlvTable, type OtherTlv, type TlvKind, type TlvRow, type Tlvs } from './tlv-table.ts'
import { checkInt, measureCString, UnencodablePdu, writeInt32 } from './write-octets.ts'

const byName: Readonly<Record<string, TlvRow>> = tlvTable
const byTag = new Map<number, TlvRow & { readonly name: string }>(
  Object.entries(byName).map(([name, row]) => [row.tag, { ...row, name }]),
)

const intBytes: Readonly<Record<TlvKind, number>> = { int8: 1, int16: 2, int32: 4, empty: 1, cstring: 0, octets: 0 }

/**
 * Undefined when a TLV reaches beyond the end; a `patient` reader leaves that one out instead. Up to three zero octets at the end, which
 * some peers send as padding, are passed over.
 */
export function readTlvs(bytes: Buffer, at: number, end: number, patient: boolean): Tlvs | undefined {
  const tlvs: Record<string, unknown> = {}
  let other: OtherTlv[] | undefined
  while (end - at >= 4) {
    const tag = (bytes[at]! << 8) | bytes[at + 1]!
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!
    at += 4
    if (at + length > end) return patient ? (tlvs as Tlvs) : undefined
    const row = byTag.get(tag)
    const value = row && (row.repeats === true || !(row.name in tlvs)) ? readValue(bytes, at, length, row.kind) : undefined
    if (row === undefined || value === undefined) {
      if (other === undefined) tlvs['other'] = other = []
      other.push({ tag, value: bytes.subarray(at, at + length) })
    } else if (row.repeats === true) {
      const list = tlvs[row.name]
      if (list === undefined) tlvs[row.name] = [value]
      else (list as unknown[]).push(value)
    } else tlvs[row.name] = value
    at += length
  }
  for (; at < end; at++) if (bytes[at] !== 0 && !patient) return undefined
  return tlvs as Tlvs
}

/** Numbers may have more or fewer octets than they should, as long as the value is one that they may have; else undefined. */
function readValue(bytes: Buffer, at: number, length: number, kind: TlvKind): unknown {
  if (kind === 'octets') return bytes.subarray(at, at + length)
  if (kind === 'cstring') {
    // The NUL at the end is forgotten by many.
    let to = at
    while (to < at + length && bytes[to] !== 0) to++
    return bytes.toString('latin1', at, to)
  }
  if (length === 1) return bytes[at]
  if (length === 0) return kind === 'empty' ? 0 : undefined
  const value = length <= 4 ? bytes.readUIntBE(at, length) : Infinity
  return value < 2 ** (8 * intBytes[kind]) ? value : undefined
}

/** The octets that `writeTlvs` will write; throws what cannot be written. */
export function measureTlvs(tlvs: Tlvs): number {
  let bytes = 0
  for (const name in tlvs) {
    if (name === 'other') {
      for (const { tag, value } of tlvs.other ?? []) {
        checkInt(tag, 16, 'tag')
        bytes += 4 + measureLong(value, `TLV ${tag}`)
      }
      continue
    }
    const row = byName[name]
    if (row === undefined) throw new UnencodablePdu(name, 'is no TLV')
    const value = (tlvs as Record<string, unknown>)[name]
    if (value === undefined) continue
    if (row.repeats === true) for (const one of value as unknown[]) bytes += 4 + measureValue(row.kind, one, name)
    else bytes += 4 + measureValue(row.kind, value, name)
  }
  return bytes
}

function measureLong(value: unknown, field: string): number {
  if (!(value instanceof Uint8Array)) throw new UnencodablePdu(field, 'is no octets')
  if (value.length > 0xffff) throw new UnencodablePdu(field, `has ${value.length} octets, 65535 fit`)
  return value.length
}

function measureValue(kind: TlvKind, value: unknown, name: string): number {
  if (kind === 'octets') return measureLong(value, name)
  if (kind === 'cstring') {
    const octets = measureCString(value as string, name) + 1
    if (octets > 0xffff) throw new UnencodablePdu(name, `has ${octets} octets, 65535 fit`)
    return octets
  }
  checkInt(value as number, 8 * intBytes[kind], name)
  return valueBytes(kind, value as number)
}

function valueBytes(kind: TlvKind, value: number): number {
  return kind === 'empty' && value === 0 ? 0 : intBytes[kind]
}

/** Only what `measureTlvs` has seen. */
export function writeTlvs(bytes: Buffer, at: number, tlvs: Tlvs): number {
  for (const name in tlvs) {
    if (name === 'other') {
      for (const { tag, value } of tlvs.other ?? []) at = writeTlv(bytes, at, tag, 'octets', value)
      continue
    }
    const row = byName[name]!
    const value = (tlvs as Record<string, unknown>)[name]
    if (value === undefined) continue
    if (row.repeats === true) for (const one of value as unknown[]) at = writeTlv(bytes, at, row.tag, row.kind, one)
    else at = writeTlv(bytes, at, row.tag, row.kind, value)
  }
  return at
}

function writeTlv(bytes: Buffer, at: number, tag: number, kind: TlvKind, value: unknown): number {
  if (kind === 'octets') {
    at = writeInt32(bytes, at, tag * 65536 + (value as Uint8Array).length)
    bytes.set(value as Uint8Array, at)
    return at + (value as Uint8Array).length
  }
  if (kind === 'cstring') {
    const text = value as string
    at = writeInt32(bytes, at, tag * 65536 + text.length + 1)
    at += bytes.write(text, at, 'latin1')
    bytes[at] = 0
    return at + 1
  }
  const length = valueBytes(kind, value as number)
  at = writeInt32(bytes, at, tag * 65536 + length)
  if (length > 0) bytes.writeUIntBE(value as number, at, length)
  return at + length
}
