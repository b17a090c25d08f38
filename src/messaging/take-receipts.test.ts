// Receipts that come before their messages are known, many at once and with ids that may each be two: every one finds its own.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settleMessages, type Step } from '#store/message-life.ts'
import { readMessageById, type MessageRow } from '#store/messages.ts'
import { handClock, systemClock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { insertedMessage } from '../../test/fakes/messages.ts'
import { TakeReceipts } from './take-receipts.ts'

const giveUpMs = 20_000
const carrier = 3

onBothEngines('receipts', ({ open }) => {
  test('parked before their messages were known, all are matched once they are', async () => {
    const store = await open()
    const clock = handClock()
    const receipts = new TakeReceipts({
      store,
      clock,
      nextId: idSource(clock, 1),
      journal: { loopFailed: (_, error) => assert.fail(String(error)), receiptsUnmatched: () => {} },
      settledSoFar: () => Promise.resolve(),
      rerouted: () => {},
      ended: () => {},
      wire: () => {},
    })
    receipts.start()
    const rows: MessageRow[] = []
    for (let n = 1; n <= 60; n += 1)
      rows.push(
        await insertedMessage(store, {
          id: n,
          account_id: 7,
          carrier_id: carrier,
          recipient: `+4477009${String(n).padStart(5, '0')}`,
        }),
      )
    const addressesOf = ({ recipient }: MessageRow) => [recipient.slice(1), '15550009999']
    await receipts.take(
      carrier,
      rows.map((row) => ({ ref: String(row.id), state: 'delivered', final: true, raw: 'raw', addresses: addressesOf(row) })),
    )
    clock.advance(1_000)
    const sent = rows.map((row): Step => ({
      to: 'sent',
      message: {
        id: row.id,
        account: 7,
        sender: row.sender,
        payer: null,
        priceMicro: 0,
        currency: 'USD',
        kind: 'sms',
        segments: 1,
        isPaid: false,
      },
      carrier,
      refs: [{ ref: String(row.id), raw: String(row.id), segment: 0 }],
      segments: 1,
      coding: 'gsm7',
      attempts: 1,
      wakeMs: null,
    }))
    await store.write(settleMessages, {
      steps: sent.map((step) => ({ ...step, wakeMs: clock.nowMs() + 60_000 }) as Step),
      now: clock.nowMs(),
    })
    for (const step of sent) receipts.known(carrier, step.refs)
    const endMs = systemClock.elapsedMs() + giveUpMs
    for (const row of rows) {
      while ((await readMessageById(store, row.id))!.state !== 'delivered') {
        assert.ok(systemClock.elapsedMs() < endMs, `the receipt of ${row.id} was never matched`)
        clock.advance(100)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await receipts.stop()
  })
})
