import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMessageExport, readMessageExport, stepMessageExport, type MessageExportRow } from '#store/message-exports.ts'
import type { Store } from '#store/store.ts'
import { systemClock } from '#values/clock.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { insertedMessage } from '../../test/fakes/messages.ts'
import { exportedMessages, messageExportsLoop } from './message-exports.ts'

const account = 7
const actor = { face: 'test', userId: null, credentialId: null }

async function exported(store: Store, id: number, wanted: object, limit = 0): Promise<MessageExportRow> {
  const row: MessageExportRow = {
    id,
    account_id: account,
    status: 'queued',
    wanted: JSON.stringify({ from: 0, until: 1_000_000, ...wanted }),
    row_limit: limit,
    cursor: -1,
    found: 0,
    files: '[]',
    actor: JSON.stringify(actor),
    created_ms: 1,
    updated_ms: 1,
    expires_ms: null,
  }
  await store.write(createMessageExport, { row, actor })
  while ((await messageExportsLoop.do({ store, clock: systemClock })) > 0);
  return (await readMessageExport(store, account, id))!
}

onBothEngines('exports of messages', ({ open }) => {
  test('find what fits, in steps, up to their limit', { timeout: 300_000 }, async () => {
    const store = await open()
    for (let id = 1; id <= 2005; id += 1) {
      const recipient = id % 2 === 0 ? '+6591230001' : '+493023125100'
      await insertedMessage(store, { id, account_id: id === 1 ? 8 : account, recipient, created_ms: id })
    }
    const all = await exported(store, 5001, {})
    assert.deepEqual([all.status, all.found, JSON.parse(all.files)], ['succeeded', 2004, [{ upTo: 2005, rows: 2004 }]])
    assert.equal((await exportedMessages(store, all, 0))!.length, 2004)
    assert.equal(await exportedMessages(store, all, 1), undefined)
    const half = await exported(store, 5002, { countries: ['SG'] }, 900)
    assert.deepEqual([half.found, JSON.parse(half.files)], [900, [{ upTo: 1800, rows: 900 }]])
    const rows = (await exportedMessages(store, half, 0))!
    assert.deepEqual([rows.length, rows[0]!.id, rows.at(-1)!.id], [900, 2, 1800])
    const late = await exported(store, 5003, { from: 2004, until: 2005 })
    assert.equal(late.found, 1)
    const none = await exported(store, 5004, { number: '+15550000000' })
    assert.deepEqual([none.status, none.found], ['empty', 0])
  })

  test('a step that was done is not done again', async () => {
    const store = await open()
    const row = await exported(store, 6001, {})
    const step = { row, cursor: -1, to: 5, last: true, found: 5, files: [], now: 2 }
    assert.equal(await store.write(stepMessageExport, step), false)
    assert.equal((await readMessageExport(store, account, 6001))!.found, row.found)
  })
})
