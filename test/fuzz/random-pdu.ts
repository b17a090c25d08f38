// Any PDU of the table, with any values its fields and TLVs can hold: for round trips, and to be mutated.

import { commandNames, pduTable, type FieldRow } from '#protocols/smpp/pdu-table.ts'
import type { PduDraft } from '#protocols/smpp/pdu.ts'
import { tlvTable, type TlvRow } from '#protocols/smpp/tlv-table.ts'
import type { Random } from './random.ts'

export function randomPdu(random: Random, command = random.pick(commandNames)): PduDraft {
  const row = pduTable[command]
  const isResponse = row.id >= 0x80000000
  const pdu: Record<string, unknown> = {
    command,
    sequence: random.below(0x7fffffff) + 1,
    status: isResponse && random.chance(0.3) ? random.below(0x500) : 0,
  }
  for (const field of row.fields) pdu[field[0]] = randomField(random, field)
  pdu['tlvs'] = random.chance(0.5) ? randomTlvs(random) : {}
  return pdu as unknown as PduDraft
}

function randomField(random: Random, [, kind, size = 0]: FieldRow): unknown {
  if (kind === 'int8') return random.below(256)
  if (kind === 'cstring') return randomText(random, size - 1)
  if (kind === 'octets') return randomOctets(random, 255)
  const address = (): object => ({
    dest_addr_ton: random.below(256),
    dest_addr_npi: random.below(256),
    destination_addr: randomText(random, 20),
  })
  const list = Array.from({ length: random.below(6) }, () => address())
  if (kind === 'destinations') return list.map((one) => (random.chance(0.3) ? { dl_name: randomText(random, 20) } : one))
  return list.map((one) => ({ ...one, error_status_code: random.below(2 ** 32) }))
}

function randomTlvs(random: Random): object {
  const names = Object.keys(tlvTable) as (keyof typeof tlvTable)[]
  const tlvs: Record<string, unknown> = {}
  for (let n = random.below(6); n > 0; n--) {
    const name = random.pick(names)
    const row: TlvRow = tlvTable[name]
    const values = Array.from({ length: row.repeats ? 1 + random.below(3) : 1 }, () => randomValue(random, row.kind))
    tlvs[name] = row.repeats ? values : values[0]
  }
  if (random.chance(0.3)) tlvs['other'] = [{ tag: 0x1400 + random.below(0x100), value: randomOctets(random, 30) }]
  return tlvs
}

function randomValue(random: Random, kind: TlvRow['kind']): unknown {
  if (kind === 'cstring') return randomText(random, 64)
  if (kind === 'octets') return randomOctets(random, random.chance(0.05) ? 60_000 : 40)
  return random.below(2 ** { int8: 8, int16: 16, int32: 32, empty: 8 }[kind])
}

export function randomText(random: Random, most: number): string {
  return String.fromCharCode(...Array.from({ length: random.below(most + 1) }, () => 1 + random.below(255)))
}

export function randomOctets(random: Random, most: number): Buffer {
  return Buffer.from(Array.from({ length: random.below(most + 1) }, () => random.below(256)))
}
