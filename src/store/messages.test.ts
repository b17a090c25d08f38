// Lists of messages by what faces ask for, and what is kept of one that nobody could be told of.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { insertedMessage } from '../../test/fakes/messages.ts'
import { firstStart } from '#accounts/first-start.ts'
import { idSource } from '#values/ids.ts'
import { systemClock } from '#values/clock.ts'
import { happeningsAfter, firstCursor } from './happenings.ts'
import { countMessages, listMessages, readMessageById } from './messages.ts'
import { noteUnservedMessage } from './unserved-messages.ts'

onBothEngines('messages', ({ open }) => {
  test('patterns, several kinds and states, orders, and those of accounts below', async () => {
    const store = await open()
    const first = (await firstStart(store, systemClock, idSource(systemClock)))!
    const { operator, sandbox } = first
    const own = { account_id: sandbox.account.id }
    await insertedMessage(store, { id: 1, ...own, recipient: '+13105550101', body: 'one', state: 'failed', price_micro: 3 })
    await insertedMessage(store, { id: 2, ...own, recipient: '+13105550102', body: 'one more', state: 'expired', price_micro: 1 })
    await insertedMessage(store, { id: 3, ...own, recipient: '+442079460101', body: 'two', kind: 'mms', price_micro: 2 })
    await insertedMessage(store, { id: 4, account_id: operator.account.id, body: 'one' })
    const find = async (where: object, more: object = { scope: sandbox.account.id }): Promise<number[]> =>
      (await listMessages(store, { ...more, where: where as never, limit: 10 })).map(({ id }) => id)

    assert.deepEqual(await find({ recipientLike: '+1310%' }), [2, 1])
    assert.deepEqual(await find({ recipientLike: '+1310%', senderLike: '+1555%' }), [2, 1])
    assert.deepEqual(await find({ text: 'one' }), [1])
    assert.deepEqual(await find({ text: 'one\\%' }), [])
    assert.deepEqual(await find({ states: ',failed,expired,' }), [2, 1])
    assert.deepEqual(await find({ states: ',fail,' }), [])
    assert.deepEqual(await find({ kinds: ',sms,flash,' }), [2, 1])
    assert.deepEqual(await find({ within: sandbox.account.path }, {}), [3, 2, 1])
    assert.deepEqual(await find({ within: operator.account.path, text: 'one' }, {}), [4, 1])
    assert.equal(await countMessages(store, { where: { within: operator.account.path } }), 4)
    assert.equal(await countMessages(store, { scope: sandbox.account.id, where: { kinds: ',mms,' } }), 1)
    const sorted = (by: string, descending: boolean) => find({}, { scope: sandbox.account.id, sort: { by, descending } })
    assert.deepEqual(await sorted('price', false), [2, 3, 1])
    assert.deepEqual(await sorted('recipient', true), [3, 2, 1])
  })

  test('why one leads nowhere is kept once, with a happening', async () => {
    const store = await open()
    await insertedMessage(store, { id: 1, account_id: 7, direction: 'in', state: 'received' })
    const note = (errorId: string) =>
      store.write(noteUnservedMessage, { id: 1, reason: 'number.not_bound', params: '{"context":"Sms"}', errorId, now: 9 })
    assert.equal(await note('first'), 'first')
    assert.equal(await note('second'), 'first')
    const row = (await readMessageById(store, 1))!
    assert.deepEqual(
      [row.state, row.reason, row.params, row.error_id],
      ['received', 'number.not_bound', '{"context":"Sms"}', 'first'],
    )
    const { rows } = await happeningsAfter(store, firstCursor, 10)
    assert.deepEqual(
      rows.map(({ noun, kind, data }) => [noun, kind, JSON.parse(data).errorId]),
      [['messages', 'unserved', 'first']],
    )
    assert.equal(await store.write(noteUnservedMessage, { id: 2, reason: 'x', params: null, errorId: 'y', now: 9 }), null)
  })
})
