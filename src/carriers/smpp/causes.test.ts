import { test } from 'node:test'
import assert from 'node:assert/strict'
import { commandStatus } from '#protocols/smpp/command-status.ts'
import { catalogue } from '#reasons/catalogue.ts'
import { causeOfStatus, isThrottling, receiptErrorCauses, rowOfError, statusCauses } from './causes.ts'

const none = new Map()

test('every command_status of the specifications has its row', () => {
  const known = Object.keys(commandStatus).filter((name) => name !== 'ESME_ROK')
  assert.deepEqual(Object.keys(statusCauses), known)
})

test('what is to be tried again soon, no reason calls hopeless', () => {
  for (const [name, { reason, next }] of Object.entries(statusCauses)) {
    if (next === 'again') assert.equal(catalogue[reason].retry, 'later', name)
  }
})

test('an unknown status keeps its number and may go elsewhere', () => {
  assert.deepEqual(causeOfStatus(0x412), {
    reason: 'message.unknown_error',
    raw: 'smpp 0x00000412 0x00000412',
    next: 'elsewhere',
  })
  assert.equal(isThrottling(commandStatus.ESME_RMSGQFUL), true)
  assert.equal(isThrottling(commandStatus.ESME_RSYSERR), false)
})

test('err of receipts: lost zeros, an own table first, nothing for what nobody knows', () => {
  assert.equal(rowOfError('1', none)!.reason, 'message.handset_unknown')
  assert.equal(rowOfError('010', none)!.reason, 'message.landline')
  assert.equal(rowOfError('000', none), undefined)
  assert.equal(rowOfError('0xC3', none), undefined)
  assert.equal(rowOfError(undefined, none), undefined)
  const own = new Map([['001', 'message.blocked']] as const)
  assert.deepEqual(rowOfError('1', own), { reason: 'message.blocked', next: 'elsewhere' })
  for (const err of Object.keys(receiptErrorCauses)) assert.match(err, /^\d{3}$/)
})
