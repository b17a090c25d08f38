// The one codec for all PDUs of pdu-table.ts (SMPP 3.4 clause 3.2, 4 and 5; 5.0 clause 3 and 4). The table is compiled, once at start, into one
// reader and one writer for each PDU: straight code over a buffer, as fast as if written by hand.
//
// What it reads it does not judge: lengths and values beyond the specification pass (field-faults.ts finds them), as carriers bend them.
// Responses are read with patience: what lacks at their end counts as empty, since a response that cannot be read would leave the
// fate of a message open. Requests are read strictly. What it writes is whole or `UnencodablePdu` is thrown.

import { commandStatus } from './command-status.ts'
import type { DestinationAddress, FieldKind, FieldRow, PduRow, UnsuccessfulDestination } from './pdu-table.ts'
import { commandNames, pduTable, type CommandName } from './pdu-table.ts'
import type { Malformed, Pdu, PduDraft, ResponseBody } from './pdu.ts'
import { noTlvs } from './tlv-table.ts'
import { measureTlvs, readTlvs, writeTlvs } from './tlvs.ts'
import { checkInt, measureCString, measureOctets, UnencodablePdu, writeCString, writeInt32, writeOctets } from './write-octets.ts'

export const headerBytes = 16

/** Where PDUs are written to: `reserve` makes sure that so many bytes are free from `at` on, if need be in another buffer. */
export interface Sink {
  buffer: Buffer
  at: number
  reserve(bytes: number): void
}

type Read = (bytes: Buffer, from: number, end: number, status: number, sequence: number) => Pdu | Malformed
type Write = (body: PduDraft | ResponseBody, sink: Sink, status: number, sequence: number) => number

interface Compiled {
  readonly name: CommandName
  readonly read: Read
  readonly write: Write
}

/** What the compiled code calls by name. */
const parts = {
  lacking,
  noTlvs,
  readTlvs,
  measureTlvs,
  writeTlvs,
  checkInt,
  measureCString,
  writeCString,
  measureOctets,
  writeOctets,
  writeInt32,
  readDestinations,
  measureDestinations,
  writeDestinations,
  readUnsuccessful,
  measureUnsuccessful,
  writeUnsuccessful,
  list: { at: 0, items: [] as unknown[] },
  none: Buffer.alloc(0),
  noItems: Object.freeze([]),
}

/** Reads one PDU that fills `bytes` from `start` to `end`. Never throws. */
export function decode(bytes: Buffer, start = 0, end = bytes.length): Pdu | Malformed {
  if (end - start < headerBytes)
    return malformed(0, undefined, 0, commandStatus.ESME_RINVCMDLEN, `${end - start} octets are less than a header`)
  const length = bytes.readUInt32BE(start)
  const id = bytes.readUInt32BE(start + 4)
  const sequence = bytes.readUInt32BE(start + 12)
  const compiled = byId.get(id)
  if (length !== end - start)
    return malformed(
      id,
      compiled?.name,
      sequence,
      commandStatus.ESME_RINVCMDLEN,
      `command_length says ${length}, ${end - start} octets are here`,
    )
  if (!compiled) return malformed(id, undefined, sequence, commandStatus.ESME_RINVCMDID, `command_id ${hex(id)} is not known`)
  return compiled.read(bytes, start + headerBytes, end, bytes.readUInt32BE(start + 8), sequence)
}

/** Throws `UnencodablePdu` for what no PDU can hold. */
export function encode(pdu: PduDraft): Buffer {
  const sink: Sink = {
    buffer: parts.none,
    at: 0,
    reserve(bytes) {
      sink.buffer = Buffer.allocUnsafe(bytes)
    },
  }
  encodeTo(sink, pdu, pdu.sequence ?? 0)
  return sink.buffer
}

/** Writes at `sink.at` and moves it on; gives the size. Reserves once, exactly as much as it writes. */
export function encodeTo(sink: Sink, pdu: PduDraft, sequence: number): number {
  return encodeAs(sink, pdu.command, pdu, pdu.status ?? 0, sequence)
}

/** The same for a body whose command, status and sequence number stand beside it. */
export function encodeAs(
  sink: Sink,
  command: CommandName,
  body: PduDraft | ResponseBody,
  status: number,
  sequence: number,
): number {
  const compiled = byName[command]
  if (compiled === undefined) throw new UnencodablePdu('command', 'is not known')
  return compiled.write(body, sink, status, sequence)
}

function hex(id: number): string {
  return `0x${id.toString(16).padStart(8, '0')}`
}

function malformed(commandId: number, of: CommandName | undefined, sequence: number, answer: number, detail: string): Malformed {
  return { command: 'malformed', commandId, of, sequence, answer, detail }
}

function lacking(of: CommandName, sequence: number, field: string): Malformed {
  const answer =
    field === 'tlvs'
      ? commandStatus.ESME_RINVTLVSTREAM
      : field === 'short_message'
        ? commandStatus.ESME_RINVMSGLEN
        : commandStatus.ESME_RINVCMDLEN
  return malformed(pduTable[of].id, of, sequence, answer, `${of} ends within ${field}`)
}

// Lists: submit_multi and its response. They return where they end, or -1, and leave the items in `parts.list`.

function cStringEnd(bytes: Buffer, at: number, end: number): number {
  while (at < end && bytes[at] !== 0) at++
  return at < end ? at : -1
}

/** SMPP 3.4 4.5.1.1: dest_flag 1 is an address, 2 the name of a distribution list. */
function readDestinations(bytes: Buffer, at: number, end: number): number {
  const items: DestinationAddress[] = []
  parts.list.items = items
  if (at >= end) return -1
  for (let left = bytes[at++]!; left > 0; left--) {
    const flag = bytes[at++]
    if (flag === 1) {
      const zero = cStringEnd(bytes, at + 2, end)
      if (zero < 0) return -1
      items.push({
        dest_addr_ton: bytes[at]!,
        dest_addr_npi: bytes[at + 1]!,
        destination_addr: bytes.toString('latin1', at + 2, zero),
      })
      at = zero + 1
    } else if (flag === 2) {
      const zero = cStringEnd(bytes, at, end)
      if (zero < 0) return -1
      items.push({ dl_name: bytes.toString('latin1', at, zero) })
      at = zero + 1
    } else return -1
  }
  return at
}

function measureDestinations(items: readonly DestinationAddress[]): number {
  if (items.length > 255) throw new UnencodablePdu('dest_address', `has ${items.length} items, 255 fit`)
  let bytes = 0
  for (const one of items) {
    if ('dl_name' in one) bytes += 2 + measureCString(one.dl_name, 'dl_name')
    else bytes += 2 + measureAddress(one)
  }
  return bytes
}

function measureAddress(one: { dest_addr_ton: number; dest_addr_npi: number; destination_addr: string }): number {
  checkInt(one.dest_addr_ton, 8, 'dest_addr_ton')
  checkInt(one.dest_addr_npi, 8, 'dest_addr_npi')
  return 2 + measureCString(one.destination_addr, 'destination_addr')
}

function writeDestinations(bytes: Buffer, at: number, items: readonly DestinationAddress[]): number {
  bytes[at++] = items.length
  for (const one of items) {
    if ('dl_name' in one) {
      bytes[at++] = 2
      at = writeCString(bytes, at, one.dl_name)
    } else {
      bytes[at++] = 1
      bytes[at++] = one.dest_addr_ton
      bytes[at++] = one.dest_addr_npi
      at = writeCString(bytes, at, one.destination_addr)
    }
  }
  return at
}

function readUnsuccessful(bytes: Buffer, at: number, end: number): number {
  const items: UnsuccessfulDestination[] = []
  parts.list.items = items
  if (at >= end) return -1
  for (let left = bytes[at++]!; left > 0; left--) {
    const zero = cStringEnd(bytes, at + 2, end)
    if (zero < 0 || zero + 5 > end) return -1
    items.push({
      dest_addr_ton: bytes[at]!,
      dest_addr_npi: bytes[at + 1]!,
      destination_addr: bytes.toString('latin1', at + 2, zero),
      error_status_code: bytes.readUInt32BE(zero + 1),
    })
    at = zero + 5
  }
  return at
}

function measureUnsuccessful(items: readonly UnsuccessfulDestination[]): number {
  if (items.length > 255) throw new UnencodablePdu('unsuccess_sme', `has ${items.length} items, 255 fit`)
  let bytes = 0
  for (const one of items) {
    checkInt(one.error_status_code, 32, 'error_status_code')
    bytes += 5 + measureAddress(one)
  }
  return bytes
}

function writeUnsuccessful(bytes: Buffer, at: number, items: readonly UnsuccessfulDestination[]): number {
  bytes[at++] = items.length
  for (const one of items) {
    bytes[at++] = one.dest_addr_ton
    bytes[at++] = one.dest_addr_npi
    at = writeCString(bytes, at, one.destination_addr)
    at = writeInt32(bytes, at, one.error_status_code)
  }
  return at
}

// The compiler. Its input is the table alone, never anything that came from outside.

function readerOf(name: string, row: PduRow): Read {
  const patient = row.id >= 0x80000000
  const lack = (field: string): string => `return lacking('${name}', sequence, '${field}')`
  const reads = row.fields.map(([field, kind]: FieldRow): string => {
    if (kind === 'int8') return `let ${field} = 0; if (at < end) ${field} = b[at++]; else ${patient ? '{}' : lack(field)}`
    if (kind === 'cstring')
      return `let ${field} = ''; { let p = at; while (p < end && b[p] !== 0) p++; ${patient ? '' : `if (p >= end) ${lack(field)};`}
        if (p > at) ${field} = b.toString('latin1', at, p); at = p < end ? p + 1 : end }`
    if (kind === 'octets')
      return `let ${field} = none; { if (at >= end) ${lack(field)}; const n = b[at++]; if (at + n > end) ${lack(field)};
        if (n > 0) { ${field} = b.subarray(at, at + n); at += n } }`
    const read = kind === 'destinations' ? 'readDestinations' : 'readUnsuccessful'
    return `let ${field} = noItems; ${patient ? 'if (at < end)' : ''} { at = ${read}(b, at, end); if (at < 0) ${lack(field)}; ${field} = list.items; list.items = [] }`
  })
  const names = row.fields.map(([field]) => field)
  return compile(
    'b, at, end, status, sequence',
    `${reads.join('\n')}
    let tlvs = noTlvs
    if (at < end) { tlvs = readTlvs(b, at, end, ${patient}); if (tlvs === undefined) ${lack('tlvs')} }
    return { command: '${name}', status, sequence, tlvs${names.map((field) => `, ${field}`).join('')} }`,
  ) as Read
}

/** By kind: what stands for a field that is not given, and the code that checks one that is and adds its size. */
const measures: Readonly<Record<FieldKind, readonly [empty: string, measure: (field: string) => string]>> = {
  int8: ['0', (field) => `if (${field} !== (${field} & 255)) checkInt(${field}, 8, '${field}')`],
  cstring: [`''`, (field) => `size += measureCString(${field}, '${field}')`],
  octets: ['none', (field) => `size += measureOctets(${field}, '${field}')`],
  destinations: ['noItems', (field) => `size += measureDestinations(${field})`],
  unsuccessful: ['noItems', (field) => `size += measureUnsuccessful(${field})`],
}

function writerOf(row: PduRow): Write {
  const { id, fields } = row
  const loads = fields.map(([field, kind]: FieldRow): string => {
    const [empty, measure] = measures[kind]
    return `let ${field} = p.${field}; if (${field} === undefined) ${field} = ${empty}; else ${measure(field)}`
  })
  const writes = fields.map(([field, kind]: FieldRow): string => {
    if (kind === 'int8') return `b[at++] = ${field}`
    if (kind === 'cstring') return `at = writeCString(b, at, ${field})`
    if (kind === 'octets') return `b[at++] = ${field}.length; at = writeOctets(b, at, ${field})`
    return `at = ${kind === 'destinations' ? 'writeDestinations' : 'writeUnsuccessful'}(b, at, ${field})`
  })
  // Every kind takes one octet when empty: the number, the NUL, the length or the count.
  const fixed = headerBytes + fields.length
  // SMPP 3.4 4.1.2, 4.4.2 and so on: a response that refuses has no body. If the caller gave one it is written (data_sm_resp has TLVs for it).
  const given = ['p.tlvs !== undefined', ...fields.map(([field]) => `p.${field} !== undefined`)].join(' || ')
  const bodiless =
    id >= 0x80000000
      ? `if (status !== 0 && !(${given})) { sink.reserve(${headerBytes}); sink.at = writeHeader(sink.buffer, sink.at, ${headerBytes}, status, sequence); return ${headerBytes} }`
      : ''
  return compile(
    'p, sink, status, sequence',
    `${bodiless}
    let size = ${fixed}
    ${loads.join('\n')}
    const tlvs = p.tlvs
    const more = tlvs === undefined || tlvs === noTlvs ? 0 : measureTlvs(tlvs)
    size += more
    sink.reserve(size)
    const b = sink.buffer
    const start = sink.at
    let at = writeHeader(b, start, size, status, sequence)
    ${writes.join('\n')}
    if (more > 0) at = writeTlvs(b, at, tlvs)
    sink.at = at
    return size`,
    `function writeHeader(b, at, size, status, sequence) {
      at = writeInt32(b, at, size)
      b[at++] = ${id >>> 24}; b[at++] = ${(id >>> 16) & 255}; b[at++] = ${(id >>> 8) & 255}; b[at++] = ${id & 255}
      at = writeInt32(b, at, status)
      return writeInt32(b, at, sequence)
    }`,
  ) as Write
}

function compile(parameters: string, body: string, before = ''): unknown {
  const source = `'use strict'; ${before}; return (${parameters}) => { ${body} }`
  // oxlint-disable-next-line no-new-func -- made from the table above alone; measured at more than three times the speed of a loop over it
  return new Function(...Object.keys(parts), source)(...Object.values(parts))
}

const byId = new Map<number, Compiled>()
const byName = {} as Record<CommandName, Compiled>
for (const name of commandNames) {
  const row = pduTable[name]
  const compiled = { name, read: readerOf(name, row), write: writerOf(row) }
  byId.set(row.id, compiled)
  byName[name] = compiled
}
