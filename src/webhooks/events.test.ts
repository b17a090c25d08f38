// Events by name, and who wants which.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventChoices, eventName, events, wants } from './events.ts'

test('a row of the log is an event by its noun, one of them, and what happened', () => {
  assert.equal(eventName('messages', 'delivered'), 'message.delivered')
  assert.equal(eventName('contact_batches', 'created'), 'contact_batch.created')
  assert.equal(eventName('addresses', 'created'), 'address.created')
  assert.equal(eventName('credentials', 'rotated'), 'key.rotated')
  assert.equal(eventName('media', 'created'), 'media.created')
  assert.equal(eventName('balances', 'low'), 'balance.low')
})

test('an event is wanted by name, by its noun with a star, or by the star', () => {
  assert.ok(wants(['message.delivered'], 'message.delivered'))
  assert.ok(wants(['x', 'message.*'], 'message.failed'))
  assert.ok(!wants(['message.*'], 'messages_other.failed'))
  assert.ok(wants(['*'], 'anything.at_all'))
  assert.ok(!wants([], 'message.failed'))
})

test('every event listed has its own name and a sentence, and can be chosen', () => {
  assert.equal(new Set(events.map(({ name }) => name)).size, events.length)
  for (const { name, about } of events) {
    assert.match(name, /^[a-z_]+\.[a-z_]+$/)
    assert.match(about, /^[A-Z].*\.$/)
    assert.ok(eventChoices.includes(name) && eventChoices.includes(`${name.split('.')[0]}.*`))
  }
})
