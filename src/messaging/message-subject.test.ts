// What is told of a message at one moment of its life: how it stood then, not how it stands now.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Happening } from '#store/happenings.ts'
import type { MessageRow } from '#store/messages.ts'
import { messageSubject } from './message-subject.ts'

const row = {
  id: 1,
  state: 'failed',
  reason: 'message.blocked',
  params: null,
  cause: 'why',
  error_id: 'e1',
  detail: '{}',
  ended_ms: 9,
}
const told = (kind: string, data: object, more: object = {}) =>
  messageSubject({ ...row, ...more } as unknown as MessageRow, { kind, data: JSON.stringify(data), at_ms: 5 } as Happening)

test('one that failed later was not failed when it was made', () => {
  const { state, final, reason, errorId, endedMs } = told('created', { state: 'queued' })
  assert.deepEqual([state, final, reason, errorId, endedMs], ['queued', false, null, null, null])
})

test('one that was refused and kept has its reason from the first', () => {
  const params = '{"number":"+15005550006"}'
  const made = told('created', { state: 'failed' }, { params })
  assert.deepEqual([made.state, made.final, made.reason, made.errorId], ['failed', true, 'message.blocked', 'e1'])
  assert.deepEqual([made.params, made.cause, made.endedMs], [{ number: '+15005550006' }, 'why', 9])
})

test('an end has the reason that the log tells with it', () => {
  const end = told('expired', { reason: 'message.validity_expired', params: null, cause: null })
  assert.deepEqual([end.state, end.reason, end.cause], ['expired', 'message.validity_expired', null])
})
