import { test } from 'node:test'
import assert from 'node:assert/strict'
import { messageStateOf, messageStates, receiptStats, type MessageState } from './message-state.ts'
import { buildReceiptText, parseReceiptText, receiptDateMs } from './receipt-text.ts'

const submitMs = Date.UTC(2026, 10, 21, 6, 7)
const doneMs = Date.UTC(2026, 10, 21, 23, 59)

test('a receipt is built as appendix B has it, and read back', () => {
  const text = buildReceiptText({
    id: '0a1B',
    state: 'UNDELIVERABLE',
    submitMs,
    doneMs,
    err: '027',
    text: 'a text that is longer than twenty',
  })
  assert.equal(
    text,
    'id:0a1B sub:001 dlvrd:000 submit date:2611210607 done date:2611212359 stat:UNDELIV err:027 text:a text that is longe',
  )
  const read = parseReceiptText(Buffer.from(text))!
  assert.deepEqual(read, {
    id: '0a1B',
    sub: '001',
    dlvrd: '000',
    submitDate: '2611210607',
    doneDate: '2611212359',
    stat: 'UNDELIV',
    state: 'UNDELIVERABLE',
    err: '027',
    text: 'a text that is longe',
  })
  assert.equal(receiptDateMs(read.doneDate!), doneMs)
})

test('every state has a word, and every word its state', () => {
  for (const state of Object.keys(messageStates) as MessageState[]) {
    assert.equal(parseReceiptText(`id:1 stat:${receiptStats[state]}`)?.state, state)
    assert.equal(parseReceiptText(`id:1 stat:${state.toLowerCase()}`)?.state, state)
    assert.equal(messageStateOf(messageStates[state]), state)
  }
  assert.equal(messageStateOf(42), undefined)
})

const deviations: readonly (readonly [string, object | undefined])[] = [
  ['STAT:DELIVRD ERR:000 ID:00FF', { id: '00FF', stat: 'DELIVRD', state: 'DELIVERED', err: '000' }],
  [
    'id:1 submit_date:2601 donedate:2602 stat:EXPIRED',
    { id: '1', submitDate: '2601', doneDate: '2602', stat: 'EXPIRED', state: 'EXPIRED' },
  ],
  ['id: 12 stat: REJECTD err: E02', { id: '12', stat: 'REJECTD', state: 'REJECTED', err: 'E02' }],
  ['id:1 stat:FAILED err:abc text:', { id: '1', stat: 'FAILED', err: 'abc', text: '' }],
  ['id:1 stat:constructor', { id: '1', stat: 'CONSTRUCTOR' }],
  ['stat:DELIVRD', { stat: 'DELIVRD', state: 'DELIVERED' }],
  ['id:abc', { id: 'abc' }],
  ['text:hello id:1 stat:DELIVRD', { id: '1', stat: 'DELIVRD', state: 'DELIVERED', text: 'hello ' }],
  [
    'id:1 stat:DELIVRD text:my id:2 stat:EXPIRED err:9',
    { id: '1', stat: 'DELIVRD', state: 'DELIVERED', text: 'my id:2 stat:EXPIRED err:9' },
  ],
  ['id:1 id:2 stat:DELIVRD', { id: '1', stat: 'DELIVRD', state: 'DELIVERED' }],
  ['id:5f2a-44:7 stat:DELIVRD', { id: '5f2a-44:7', stat: 'DELIVRD', state: 'DELIVERED' }],
  ['', undefined],
  ['hello there', undefined],
  ['paid:5 restat:6', undefined],
]

test('known deviations are borne', () => {
  for (const [text, expected] of deviations) {
    assert.deepEqual(parseReceiptText(text), expected, text)
    const wide = Buffer.from(text, 'utf16le').swap16()
    assert.deepEqual(parseReceiptText(wide), expected, text)
    assert.deepEqual(parseReceiptText(Buffer.from(`${text}\0`)), expected, text)
  }
})

test('dates of 10, 12 and 14 digits, in the zone of the carrier', () => {
  assert.equal(receiptDateMs('2611210607'), submitMs)
  assert.equal(receiptDateMs('261121060700'), submitMs)
  assert.equal(receiptDateMs('20261121060700'), submitMs)
  assert.equal(receiptDateMs('2611210807', 120), submitMs)
  for (const bad of ['', '26112106', '2613210607', '2602300607', '2611212460', 'abcdefghij', '26112106070'])
    assert.equal(receiptDateMs(bad), undefined, bad)
})
