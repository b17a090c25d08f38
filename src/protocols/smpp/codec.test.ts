import { test } from 'node:test'
import assert from 'node:assert/strict'
import { randomPdu } from '../../../test/fuzz/random-pdu.ts'
import { randomFrom } from '../../../test/fuzz/random.ts'
import { smppPackage, type PackagePdu } from '../../../test/smpp-package.ts'
import { decode, encode } from './codec.ts'
import { commandStatus, commandStatusName } from './command-status.ts'
import { commandNames, pduTable } from './pdu-table.ts'
import type { Malformed, Pdu, PduDraft, PduOf } from './pdu.ts'
import { tlvTable } from './tlv-table.ts'
import { UnencodablePdu } from './write-octets.ts'

const roundTrip = (pdu: PduDraft): Pdu | Malformed => decode(encode(pdu))

/** Octets of whatever kind as Buffers, so that a comparison looks at their content. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]))
}

test('every PDU with any content is read as it was written', () => {
  const random = randomFrom(34)
  for (const command of commandNames)
    for (let n = 0; n < 200; n++) {
      const pdu = randomPdu(random, command)
      const bytes = encode(pdu)
      assert.equal(bytes.readUInt32BE(0), bytes.length)
      assert.deepEqual(plain(decode(bytes)), plain(pdu), command)
      assert.deepEqual(encode(decode(bytes) as Pdu), bytes)
    }
})

test('what is left out is zero and empty', () => {
  const read = roundTrip({ command: 'submit_sm', destination_addr: '1' })
  assert.deepEqual(plain(read), {
    command: 'submit_sm',
    status: 0,
    sequence: 0,
    tlvs: {},
    service_type: '',
    source_addr_ton: 0,
    source_addr_npi: 0,
    source_addr: '',
    dest_addr_ton: 0,
    dest_addr_npi: 0,
    destination_addr: '1',
    esm_class: 0,
    protocol_id: 0,
    priority_flag: 0,
    schedule_delivery_time: '',
    validity_period: '',
    registered_delivery: 0,
    replace_if_present_flag: 0,
    data_coding: 0,
    sm_default_msg_id: 0,
    short_message: Buffer.alloc(0),
  })
})

test('the worked example of the specification', () => {
  // SMPP 3.4 3.2.3 gives this bind_transmitter octet by octet.
  const bytes = Buffer.from(
    '0000002f000000020000000000000001534d50503354455354007365637265743038005355424d4954310000010100',
    'hex',
  )
  const read = decode(bytes)
  assert.deepEqual(read, {
    command: 'bind_transmitter',
    status: 0,
    sequence: 1,
    tlvs: {},
    system_id: 'SMPP3TEST',
    password: 'secret08',
    system_type: 'SUBMIT1',
    interface_version: 0,
    addr_ton: 1,
    addr_npi: 1,
    address_range: '',
  })
  assert.deepEqual(encode(read as Pdu), bytes)
})

test('a response that refuses has no body unless one is given', () => {
  assert.equal(encode({ command: 'submit_sm_resp', status: 0x58 }).length, 16)
  assert.equal(encode({ command: 'submit_sm_resp', status: 0 }).length, 17)
  const told = roundTrip({ command: 'data_sm_resp', status: 0xfe, tlvs: { delivery_failure_reason: 1 } }) as PduOf<'data_sm_resp'>
  assert.equal(told.tlvs.delivery_failure_reason, 1)
})

const withLength = (hex: string): Buffer => {
  const bytes = Buffer.from(`00000000${hex}`, 'hex')
  bytes.writeUInt32BE(bytes.length)
  return bytes
}

test('responses are read with patience', () => {
  const header = '800000040000000000000007'
  for (const [body, messageId] of [
    ['', ''],
    ['616263', 'abc'],
    ['61626300', 'abc'],
    ['616263000000', 'abc'],
    ['61626300001e00ff61', 'abc'],
  ])
    assert.deepEqual(decode(withLength(header + body)), {
      command: 'submit_sm_resp',
      status: 0,
      sequence: 7,
      tlvs: {},
      message_id: messageId,
    })
})

test('requests that end too early are malformed, with the status to answer', () => {
  const whole = encode({ command: 'submit_sm', sequence: 9, short_message: Buffer.from('hello'), tlvs: { source_port: 5 } })
  for (let end = 16; end < whole.length; end++) {
    const cut = Buffer.from(whole.subarray(0, end))
    cut.writeUInt32BE(end)
    const read = decode(cut)
    // Where the TLV begins, the PDU is whole without it.
    if (end === whole.length - 6) assert.equal(read.command, 'submit_sm')
    else {
      assert.equal(read.command, 'malformed', `cut at ${end}`)
      assert.equal(read.sequence, 9)
    }
  }
  const answerTo = (bytes: Buffer): number | undefined => {
    const read = decode(bytes)
    return read.command === 'malformed' ? read.answer : undefined
  }
  assert.equal(answerTo(withLength('000000ff0000000000000001')), commandStatus.ESME_RINVCMDID)
  assert.equal(answerTo(withLength('000000040000000000000001')), commandStatus.ESME_RINVCMDLEN)
  assert.equal(answerTo(Buffer.from('00000010', 'hex')), commandStatus.ESME_RINVCMDLEN)
  assert.equal(answerTo(withLength('000000150000000000000001001e00ff')), commandStatus.ESME_RINVTLVSTREAM)
})

test('a TLV that is unknown, stands twice or is no number is kept as it came', () => {
  const read = decode(
    withLength(
      `000000150000000000000001${'0427000102'}${'0427000105'}${'1401000299ff'}${'020a00050102030405'}${'020a000107'}${'130c0000'}`,
    ),
  ) as Pdu
  assert.deepEqual(plain(read.tlvs), {
    message_state: 2,
    source_port: 7,
    alert_on_message_delivery: 0,
    other: [
      { tag: 0x0427, value: Buffer.from([5]) },
      { tag: 0x1401, value: Buffer.from([0x99, 0xff]) },
      { tag: 0x020a, value: Buffer.from([1, 2, 3, 4, 5]) },
    ],
  })
})

test('what no PDU can hold is not written', () => {
  const bad: PduDraft[] = [
    { command: 'submit_sm', destination_addr: '44\u000077' },
    { command: 'submit_sm', source_addr: '\u20ac' },
    { command: 'submit_sm', short_message: Buffer.alloc(256) },
    { command: 'submit_sm', esm_class: 256 },
    { command: 'submit_sm', esm_class: 0.5 },
    { command: 'submit_sm', esm_class: -1 },
    { command: 'submit_sm', short_message: 'text' as never },
    { command: 'submit_sm', source_addr: 5 as never },
    { command: 'submit_sm', tlvs: { source_port: 65_536 } },
    { command: 'submit_sm', tlvs: { message_payload: Buffer.alloc(65_536) } },
    { command: 'submit_sm', tlvs: { receipted_message_id: 'a\0b' } },
    { command: 'submit_sm', tlvs: { nonsense: 1 } as never },
    { command: 'submit_multi', dest_address: [{ dl_name: 'a\0' }] },
    { command: 'submit_multi', dest_address: Array.from({ length: 256 }, () => ({ dl_name: 'a' })) },
    {
      command: 'submit_multi_resp',
      unsuccess_sme: [{ dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: '', error_status_code: -1 }],
    },
    { command: 'nonsense' as never },
  ]
  for (const pdu of bad) assert.throws(() => encode(pdu), UnencodablePdu, JSON.stringify(pdu))
})

// Against the npm package, which nobody here wrote

const ours = (name: string): string =>
  ({
    dest_port: 'destination_port',
    failed_broadcast_area_identifier: 'broadcast_area_identifier',
    alert_on_msg_delivery: 'alert_on_message_delivery',
  })[name] ?? name

test('the tables have all that the npm package has, under the same numbers', () => {
  for (const [name, { id, params = {} }] of Object.entries(smppPackage.commands)) {
    const row = pduTable[name as keyof typeof pduTable]
    assert.equal(row?.id, id, name)
    assert.deepEqual(
      row.fields.map(([field]) => field),
      Object.keys(params),
      name,
    )
  }
  for (const [name, { id }] of Object.entries(smppPackage.tlvs))
    assert.equal(tlvTable[ours(name) as keyof typeof tlvTable]?.tag, id, name)
  for (const [name, status] of Object.entries(smppPackage.errors)) {
    assert.equal(commandStatus[name as keyof typeof commandStatus], status, name)
    assert.equal(commandStatusName(status), name)
  }
  assert.equal(commandStatusName(0x450), '0x00000450')
})

/** Only what the package can carry: it reads text as ASCII and has its own ideas of times, messages and some TLVs. */
function tame(pdu: Record<string, unknown>): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(pdu))
    if (typeof value === 'string' && name !== 'command')
      made[name] = /time|period|date/.test(name) ? '' : value.replaceAll(/[^\u0021-\u007e]/g, 'x')
    else if (Array.isArray(value)) made[name] = value.map((one) => tame(one as Record<string, unknown>))
    else made[name] = value
  return made
}

const plainTlvs = [
  'source_port',
  'user_message_reference',
  'receipted_message_id',
  'ms_availability_status',
  'qos_time_to_live',
  'network_error_code',
]

test('the npm package reads what we write, and we what it writes', () => {
  const random = randomFrom(50)
  for (const command of commandNames)
    for (let n = 0; n < 20; n++) {
      const { tlvs: _, ...fields } = tame(randomPdu(random, command) as unknown as Record<string, unknown>)
      if ((fields['status'] as number) > 0 && command !== 'submit_sm_resp') fields['status'] = 0
      if ('esm_class' in fields) fields['esm_class'] = 0
      if ('data_coding' in fields) fields['data_coding'] = 4
      if (fields['status'] !== 0) delete fields['message_id']
      const tlvs = {
        source_port: random.below(65_536),
        receipted_message_id: 'id-1',
        ms_availability_status: random.below(10),
        qos_time_to_live: random.below(2 ** 32),
        network_error_code: Buffer.from([3, 0, random.below(256)]),
      }
      const pdu = { ...fields, ...(fields['status'] === 0 ? { tlvs } : {}) } as unknown as PduDraft
      const bytes = encode(pdu)
      const theirs = smppPackage.PDU.fromBuffer(bytes) as PackagePdu
      assert.equal(theirs.command, command)
      assert.equal(theirs.sequence_number, pdu.sequence)
      assert.equal(theirs.command_status, pdu.status)
      if (pdu.status !== 0) continue
      for (const name of plainTlvs) assert.deepEqual(theirs[name], (tlvs as Record<string, unknown>)[name], `${command} ${name}`)
      for (const [field, kind] of pduTable[command].fields as readonly (readonly [string, string])[])
        if (kind === 'octets' && command !== 'replace_sm') assert.deepEqual(theirs[field].message, fields[field])
        else assert.deepEqual(theirs[field], fields[field], `${command} ${field}`)

      const written = new smppPackage.PDU(command, { ...fields, ...tlvs, sequence_number: pdu.sequence }).toBuffer()
      assert.deepEqual(plain(decode(written)), plain({ ...pdu, tlvs }), command)
    }
})
