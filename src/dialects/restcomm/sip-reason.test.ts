// Codes as phones read them in Reason headers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sipReasonsOf } from '#operations/sip-reason.ts'
import { refusal } from '#reasons/refusal.ts'
import { codes } from './codes.ts'
import { restcomm } from './restcomm.ts'

const told = restcomm.sipReason!

test('a code of its own is told with its words, filled in', () => {
  assert.deepEqual(told(refusal('number.not_bound', { number: '+12125550101', context: 'Voice' })), {
    protocol: 'CPaaS',
    cause: 3102,
    text: 'Number not bound (Voice)',
  })
  assert.equal(told(refusal('client.registration_expired', { source: 'session' }))?.cause, 1001)
  assert.equal(told(refusal('client.registration_expired', { client: 'ann' }))?.cause, 1201)
})

test('only a Reject is told as one', () => {
  assert.equal(told(refusal('markup.rejected', { cause: 'busy' }))?.cause, 2400)
  assert.equal(told(refusal('markup.rejected', { cause: 'declined' }))?.cause, 2400)
  assert.equal(told(refusal('markup.rejected', { cause: 'it hung up' })), undefined)
})

test('a status of HTTP or SIP is no code', () => {
  assert.equal(told(refusal('call.busy')), undefined)
})

test('what is no number cannot be told', () => {
  const entries = { 'CMN-101': codes.entries['1000'] }
  assert.equal(sipReasonsOf({ ...codes, entries }, 'Other')(refusal('platform.internal_error')), undefined)
})
