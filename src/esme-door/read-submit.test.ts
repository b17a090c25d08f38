import { test } from 'node:test'
import assert from 'node:assert/strict'
import { decode, encode } from '#protocols/smpp/codec.ts'
import type { PduDraft } from '#protocols/smpp/pdu.ts'
import { catalogue, type Slug } from '#reasons/catalogue.ts'
import type { Refusal } from '#reasons/refusal.ts'
import { addressFrom, addressTo } from './esme-address.ts'
import { termsOf } from './esme-form.ts'
import { readSubmit, type SubmitPdu } from './read-submit.ts'
import { errorOf, messageStateOfOurs, statusOf } from './statuses.ts'

const now = Date.UTC(2026, 0, 1)
const read = (draft: PduDraft, detail = {}) => readSubmit(decode(encode(draft)) as SubmitPdu, termsOf(detail), 5, now)

const plain = {
  command: 'submit_sm',
  source_addr_ton: 1,
  source_addr: '14155550100',
  destination_addr: '447400123456',
  short_message: Buffer.from('Hi'),
} as const

test('a plain message', () => {
  assert.deepEqual(read(plain), {
    from: '+14155550100',
    text: 'Hi',
    kind: 'sms',
    coding: 'auto',
    priority: 'normal',
    report: 'none',
    mark: { by: 5, rd: 0 },
  })
})

test('times, priority, receipt, flash, reference', () => {
  const ask = read({
    ...plain,
    schedule_delivery_time: '000000010000000R',
    validity_period: '260101020000000+',
    priority_flag: 2,
    registered_delivery: 0x12,
    data_coding: 0x10,
    tlvs: { user_message_reference: 9 },
  })
  assert.ok(!('detail' in ask))
  assert.deepEqual(
    [ask.sendAt, ask.validUntil, ask.priority, ask.report, ask.kind],
    [now + 3_600_000, now + 7_200_000, 'high', 'wanted', 'flash'],
  )
  assert.deepEqual(ask.mark, { by: 5, rd: 0x12, umr: 9 })
})

test('segments by header and by TLVs', () => {
  const byHeader = read({ ...plain, esm_class: 0x40, data_coding: 8, short_message: Buffer.from([5, 0, 3, 1, 2, 2, 4, 0x16]) })
  assert.ok(!('detail' in byHeader))
  assert.deepEqual([byHeader.text, byHeader.coding, byHeader.concat], ['Ж', 'ucs2', { reference: 1, total: 2, part: 2 }])
  const bySar = read({
    command: 'data_sm',
    source_addr: 'Shop',
    tlvs: { message_payload: Buffer.from('x'), sar_msg_ref_num: 3, sar_total_segments: 2, sar_segment_seqnum: 1 },
  })
  assert.ok(!('detail' in bySar))
  assert.deepEqual([bySar.from, bySar.concat], ['Shop', { reference: 3, total: 2, part: 1 }])
})

test('what carries no text is refused, and what is against the specification has its status', () => {
  const reasonOf = (draft: PduDraft): string => {
    try {
      const fault = read(draft)
      return 'detail' in fault ? `0x${fault.status.toString(16)}` : 'taken'
    } catch (error) {
      return (error as Refusal).reason
    }
  }
  assert.equal(reasonOf({ ...plain, data_coding: 4 }), 'message.content_unencodable')
  assert.equal(
    reasonOf({ ...plain, esm_class: 0x40, short_message: Buffer.from([6, 5, 4, 1, 2, 3, 4, 65]) }),
    'message.type_unhandled',
  )
  assert.equal(reasonOf({ ...plain, esm_class: 4 }), 'message.type_unhandled')
  assert.equal(reasonOf({ ...plain, validity_period: 'soon' }), '0x62')
})

test('what data_coding 0 means is said with the key', () => {
  const ask = read({ ...plain, short_message: Buffer.from([0x47, 0xfc]) }, { alphabet: 'latin1', window: 'wrong' })
  assert.ok(!('detail' in ask))
  assert.equal(ask.text, 'Gü')
})

test('addresses both ways', () => {
  for (const [ton, address, ours] of [
    [1, '447400123456', '+447400123456'],
    [0, '447400123456', '+447400123456'],
    [0, '0044740012345', '+44740012345'],
    [0, '07400123456', '07400123456'],
    [0, '12345', '12345'],
    [3, '123456789012', '123456789012'],
    [5, 'Shop', 'Shop'],
  ] as const)
    assert.equal(addressFrom(ton, address), ours)
  assert.deepEqual(addressTo('+447400123456'), { ton: 1, npi: 1, address: '447400123456' })
  assert.deepEqual(addressTo('12345'), { ton: 3, npi: 0, address: '12345' })
  assert.deepEqual(addressTo('Größe Ω'), { ton: 5, npi: 0, address: 'Größe ?' })
})

test('every reason has a command_status for every request, and no refusal says ESME_ROK', () => {
  for (const slug of Object.keys(catalogue) as Slug[]) {
    if (catalogue[slug].class === 'OK') continue
    for (const command of ['submit_sm', 'query_sm', 'cancel_sm', 'bind_transceiver'] as const)
      assert.ok(statusOf(slug, command) > 0, slug)
  }
  assert.equal(errorOf('message.landline'), '010')
  assert.equal(errorOf('credit.insufficient'), '099')
  assert.equal(errorOf(null), '000')
  assert.equal(messageStateOfOurs('canceled'), 'DELETED')
})
