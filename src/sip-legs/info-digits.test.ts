import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readInfoDigit, relayType, writeInfoDigit } from './info-digits.ts'

test('digits in both forms', () => {
  assert.deepEqual(readInfoDigit('application/dtmf-relay', Buffer.from('Signal=5\r\nDuration=250\r\n')), {
    digit: '5',
    durationMs: 250,
  })
  assert.deepEqual(readInfoDigit('Application/DTMF-Relay; x=y', Buffer.from('signal= *\nduration= 100')), {
    digit: '*',
    durationMs: 100,
  })
  assert.equal(readInfoDigit('application/dtmf', Buffer.from('#'))?.digit, '#')
  assert.equal(readInfoDigit(relayType, Buffer.from('Signal=11'))?.digit, '#')
  assert.equal(readInfoDigit(relayType, writeInfoDigit('9'))?.digit, '9')
})

test('what is no digit', () => {
  for (const body of ['', 'Signal=', 'Signal=12', 'Signal=x', 'Duration=5']) {
    assert.equal(readInfoDigit(relayType, Buffer.from(body)), undefined, body)
  }
  assert.equal(readInfoDigit('application/media_control+xml', Buffer.from('<x/>')), undefined)
  assert.equal(readInfoDigit(undefined, Buffer.from('5')), undefined)
})
