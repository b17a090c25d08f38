// What may happen to an accepted message, as writes on both engines: each end is taken once, and what was held or queued for it is
// given back with it, never twice.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { insertedMessage } from '../../test/fakes/messages.ts'
import { acceptMessage } from './accept-messages.ts'
import { readBalance } from './credit.ts'
import { happeningsOf } from './happenings.ts'
import { settleMessages, type InHand, type Step } from './message-life.ts'
import { cancelMessage, noteUncertain, wakeMessages } from './unsent-messages.ts'
import { accountsQueued, dueMessages, queuedMessages } from './message-queue.ts'
import { purgeParked, takeReceipts, parkedReceipts, type ReceiptItem } from './message-receipts.ts'
import { readMessageById, type MessageRow } from './messages.ts'
import type { Store } from './store.ts'
import { openBalance, transferCredit } from './transfers.ts'

const actor = { face: 'test' }
const account = 7
const price = 100
const now = 1_000_000
let ids = 0

onBothEngines('the life of a message', ({ open }) => {
  let store: Store
  const kinds = async (id: number): Promise<string[]> => (await happeningsOf(store, 'messages', id)).map(({ kind }) => kind)
  const read = async ({ id }: { id: number }): Promise<MessageRow> => (await readMessageById(store, id))!
  /** What is said to be queued and held: by a message that is refused for the queue, and by the balance. */
  const held = async (): Promise<number> => (await readBalance(store, account))!.held_micro
  const balance = async (): Promise<number> => (await readBalance(store, account))!.balance_micro

  async function accepted(more: Partial<MessageRow> = {}, queueLimit = 1_000): Promise<MessageRow> {
    ids += 1
    const row: MessageRow = {
      ...(template as MessageRow),
      id: 10_000 + ids,
      account_id: account,
      sender: `+1555${ids}`,
      payer_id: account,
      price_micro: price,
      deadline_ms: now + 60_000,
      wake_ms: now + 60_000,
      carrier_id: 3,
      ...more,
    }
    const input = { row, queueLimit, media: [], mediaAtMost: 0, keepFailed: false, errorId: 'e', actor }
    const { row: kept } = await store.write(acceptMessage, input)
    assert.ok(kept)
    return kept
  }
  const template: Partial<MessageRow> = {}
  const inHand = (row: MessageRow): InHand => ({
    id: row.id,
    account: row.account_id,
    sender: row.sender,
    payer: row.payer_id,
    priceMicro: row.price_micro,
    currency: row.currency,
    kind: row.kind,
    segments: row.segments,
    isPaid: row.sent_ms !== null,
  })
  const why = { reason: 'message.send_failed', params: null, cause: 'raw' }
  const sent = (row: MessageRow, refs: string[] = [`r${row.id}`]): Step => ({
    to: 'sent',
    message: inHand(row),
    carrier: row.carrier_id!,
    refs: refs.map((ref, at) => ({ ref, raw: ref, segment: refs.length > 1 ? at + 1 : 0 })),
    segments: refs.length,
    coding: 'gsm7',
    attempts: row.attempts + 1,
    wakeMs: now + 5_000,
  })
  const again = (row: MessageRow, dueMs: number | null, carrier = 3, detail: object = {}): Step => ({
    to: 'again',
    message: inHand(row),
    carrier,
    tried: row.carrier_id!,
    refs: [],
    dueMs,
    deadlineMs: row.deadline_ms!,
    attempts: row.attempts + 1,
    why,
    detail: JSON.stringify(detail),
  })
  const failed = (row: MessageRow): Step => ({
    to: 'failed',
    message: inHand(row),
    carrier: 3,
    refs: [],
    attempts: row.attempts + 1,
    why,
  })
  const settle = (...steps: Step[]): Promise<boolean[]> => store.write(settleMessages, { steps, now })
  const cancel = ({ id }: MessageRow) => store.write(cancelMessage, { account, id, actor, now })
  const wake = (ids: number[], at = now, carriers: number[] | null = null) =>
    store.write(wakeMessages, { ids, carriers, now: at })
  const receipt = (row: MessageRow, more: Partial<ReceiptItem> = {}): ReceiptItem => ({
    carrier: 3,
    refs: [`r${row.id}`],
    addresses: [],
    state: 'delivered',
    final: true,
    ends: 'delivered',
    why: null,
    raw: 'raw',
    elsewhere: false,
    ...more,
  })
  const undelivered = { state: 'undelivered', ends: 'undelivered', why, elsewhere: true } as const
  const take = async (...items: ReceiptItem[]) =>
    (await store.write(takeReceipts, { items, ids: items.map(() => (ids += 1)), now })).map(({ fate }) => fate)

  test('a store with credit', async () => {
    store = await open()
    Object.assign(template, await insertedMessage(store, { id: 1, account_id: 99, ended_ms: 1, state: 'failed' }))
    template.ended_ms = null
    template.state = 'queued'
    await store.write(openBalance, { account, currency: 'USD', lowMicro: null, actor, now })
    const credit = { account, kind: 'topup', amountMicro: 1_000_000, currency: 'USD', memo: '', actor, now } as const
    await store.write(transferCredit, credit as never)
    assert.equal(await balance(), 1_000_000)
  })

  test('sent is charged once, and told once, however often it is said', async () => {
    const row = await accepted()
    const before = await balance()
    assert.deepEqual(await settle(sent(row)), [true])
    assert.deepEqual(await settle(sent(row)), [false])
    assert.deepEqual([await held(), before - (await balance())], [0, price])
    assert.deepEqual(await kinds(row.id), ['created', 'sent'])
  })

  test('again at once, again later, and what is said twice is done once', async () => {
    const row = await accepted()
    assert.deepEqual(await settle(again(row, null, 4)), [true])
    assert.deepEqual(await settle(again(row, null, 4)), [false])
    const moved = await read(row)
    assert.deepEqual([moved.state, moved.carrier_id, moved.attempts], ['queued', 4, 1])
    assert.deepEqual(await settle(again(moved, now + 500)), [true])
    const waits = await read(row)
    assert.deepEqual([waits.state, waits.due_ms, waits.wake_ms], ['scheduled', now + 500, now + 500])
    assert.equal(await held(), price)
    const { queued } = await wake([row.id], now + 500)
    assert.deepEqual(
      queued.map(({ id, wake_ms }) => [id, wake_ms]),
      [[row.id, row.deadline_ms]],
    )
    assert.deepEqual(await settle(failed(await read(row))), [true])
    assert.equal(await held(), 0)
  })

  test('canceled once, and never after its end; what was held is given back once', async () => {
    const row = await accepted()
    const told = await cancel(row)
    assert.ok(told && 'row' in told && told.row.state === 'canceled')
    assert.deepEqual(await cancel(row), { state: 'canceled' })
    assert.equal(await held(), 0)
    const other = await accepted()
    await settle(sent(other))
    assert.deepEqual(await cancel(other), { state: 'sent' })
    assert.equal(await store.write(cancelMessage, { account: 8, id: other.id, actor, now }), null)
  })

  test('ended elsewhere while it was on the wire: its end stays, and its log says that the network has it', async () => {
    const row = await accepted()
    const before = await balance()
    await cancel(row)
    assert.deepEqual(await settle(sent(row)), [false])
    assert.equal((await read(row)).state, 'canceled')
    assert.deepEqual(await kinds(row.id), ['created', 'canceled', 'sent_late'])
    assert.deepEqual(await take(receipt(row)), ['late'])
    assert.deepEqual([await held(), await balance()], [0, before])
  })

  test('woken: due ones are queued, late ones expire, those without a receipt end unconfirmed', async () => {
    const late = await accepted({ deadline_ms: now - 1, wake_ms: now - 1 })
    const due = await accepted({ state: 'scheduled', due_ms: now, wake_ms: now })
    const early = await accepted({ state: 'scheduled', due_ms: now + 1, wake_ms: now + 1 })
    const unconfirmed = await accepted()
    await settle(sent(unconfirmed))
    const candidates = [late.id, due.id, early.id, unconfirmed.id]
    const first = await wake(candidates)
    assert.deepEqual([first.changed, first.queued.map(({ id }) => id)], [2, [due.id]])
    const second = await wake(candidates, now + 5_000)
    assert.deepEqual(
      second.queued.map(({ id }) => id),
      [early.id],
    )
    assert.deepEqual(await Promise.all([late, due, early, unconfirmed].map(async (row) => (await read(row)).state)), [
      'expired',
      'queued',
      'queued',
      'unconfirmed',
    ])
    assert.equal((await read(unconfirmed)).reason, 'message.delivery_timeout')
    assert.equal((await wake(candidates, now + 5_000)).changed, 0)
    await Promise.all([due, early].map(cancel))
    assert.equal(await held(), 0)
  })

  test("what is queued for another node's carrier expires there first", async () => {
    const row = await accepted({ deadline_ms: now, wake_ms: now })
    assert.equal((await wake([row.id], now, [4])).changed, 0)
    assert.equal((await wake([row.id], now, [3])).changed, 1)
    const left = await accepted({ deadline_ms: now, wake_ms: now })
    assert.equal((await wake([left.id], now + 600_000, [4])).changed, 1)
  })

  test('candidates come longest due first, and lanes oldest first', async () => {
    const one = await accepted({ carrier_id: 77, wake_ms: 10 })
    const two = await accepted({ carrier_id: 77, wake_ms: 9, priority: 1 })
    const theirs = await accepted({ carrier_id: 77, account_id: 8, payer_id: null })
    assert.deepEqual(
      (await dueMessages(store, 10, 2)).map(({ id }) => id),
      [two.id, one.id],
    )
    assert.deepEqual(await accountsQueued(store, 77), [account, 8])
    const lane = { carrier: 77, account, priority: 1 }
    assert.deepEqual(
      (await queuedMessages(store, lane, -1, 10)).map(({ id }) => id),
      [one.id, two.id],
    )
    assert.deepEqual(
      (await queuedMessages(store, lane, one.id, 10)).map(({ id }) => id),
      [two.id],
    )
    await Promise.all([cancel(one), cancel(two), store.write(cancelMessage, { account: 8, id: theirs.id, actor, now })])
  })

  test('after a crash: what was on the wire says so, what had landed does not', async () => {
    const [flying, landed, retried] = [await accepted(), await accepted(), await accepted()]
    await settle(sent(landed), again(retried, null))
    const flights = [flying, landed, retried].map(({ id }) => ({ id, attempt: 1 }))
    assert.equal(await store.write(noteUncertain, { flights, now }), 1)
    assert.equal(await store.write(noteUncertain, { flights, now }), 0)
    const row = await read(flying)
    assert.deepEqual([row.state, row.attempts, JSON.parse(row.detail)], ['queued', 1, { perhapsTwice: true }])
    await Promise.all([cancel(flying), cancel(retried)])
  })

  test('a receipt ends it once; one that comes again or later changes nothing', async () => {
    const row = await accepted()
    await settle(sent(row))
    assert.deepEqual(await take(receipt(row, { final: false, state: 'enroute' })), ['noted'])
    assert.deepEqual(await take(receipt(row), receipt(row)), ['moved', 'late'])
    assert.deepEqual(await take(receipt(row, undelivered)), ['late'])
    assert.equal((await read(row)).state, 'delivered')
  })

  test('of several parts all must be delivered, one that fails is enough', async () => {
    const [good, bad] = [await accepted(), await accepted()]
    await settle(sent(good, [`a${good.id}`, `b${good.id}`]), sent(bad, [`a${bad.id}`, `b${bad.id}`]))
    const part = (row: MessageRow, at: string, more: object = {}) => receipt(row, { refs: [`${at}${row.id}`], ...more })
    assert.deepEqual(await take(part(good, 'b'), part(good, 'b'), part(good, 'a')), ['noted', 'late', 'moved'])
    assert.deepEqual(await take(part(bad, 'a'), part(bad, 'b', undelivered)), ['noted', 'moved'])
    assert.equal((await read(bad)).state, 'undelivered')
  })

  test('over another route after a failed receipt: paid for once, and deaf to the first network', async () => {
    const before = await balance()
    const row = await accepted({ detail: JSON.stringify({ routes: [3, 4], elsewhere: [4] }) })
    await settle(sent(row))
    assert.deepEqual(await take(receipt(row, undelivered), receipt(row, undelivered), receipt(row)), ['rerouted', 'late', 'late'])
    const rerouted = await read(row)
    assert.deepEqual([rerouted.state, rerouted.carrier_id], ['queued', 4])
    await settle(sent(rerouted, ['second']))
    assert.deepEqual(await take(receipt(row)), ['late'])
    assert.deepEqual(await take(receipt(row, { carrier: 4, refs: ['second'] })), ['moved'])
    assert.deepEqual([(await read(row)).state, await held(), before - (await balance())], ['delivered', 0, price])
  })

  test('in parts over another route: whole, unless the recipient has a part of it', async () => {
    const detail = JSON.stringify({ routes: [3, 4], elsewhere: [4] })
    const [whole, partly] = [await accepted({ detail }), await accepted({ detail })]
    const part = (row: MessageRow, at: string, more: object = {}) => receipt(row, { refs: [`${at}${row.id}`], ...more })
    await settle(sent(whole, [`a${whole.id}`, `b${whole.id}`]), sent(partly, [`a${partly.id}`, `b${partly.id}`]))
    assert.deepEqual(await take(part(whole, 'a', undelivered), part(whole, 'b', undelivered)), ['rerouted', 'late'])
    assert.deepEqual(await take(part(partly, 'a'), part(partly, 'b', undelivered)), ['noted', 'moved'])
    await settle(sent(await read(whole), ['w1', 'w2']))
    assert.deepEqual(await take(part(whole, 'a')), ['late'])
    const second = (ref: string) => receipt(whole, { carrier: 4, refs: [ref] })
    assert.deepEqual(await take(second('w1'), second('w2')), ['noted', 'moved'])
  })

  test('ended by a receipt while it waits for another attempt: nothing stays held or queued', async () => {
    const row = await accepted()
    const step = again(row, now + 500) as Step & { to: 'again' }
    await settle({ ...step, refs: [{ ref: `r${row.id}`, raw: 'r', segment: 1 }] })
    assert.deepEqual(await take(receipt(row, { ...undelivered, elsewhere: false })), ['moved'])
    assert.deepEqual([(await read(row)).state, await held()], ['undelivered', 0])
  })

  test('an id that may be two: the recipient says whose it is', async () => {
    const row = await accepted({ recipient: '+447700900021' })
    await settle(sent(row, ['21']))
    const other = { refs: ['33', '21'], addresses: ['447999999999', '15550001'] }
    assert.deepEqual(await take(receipt(row, other)), ['parked'])
    assert.deepEqual(await take(receipt(row, { ...other, addresses: ['15550001', '07700900021'] })), ['moved'])
    const parked = await parkedReceipts(store, -1, 10)
    assert.deepEqual(
      parked.map(({ ref }) => ref),
      ['33'],
    )
    assert.equal(await store.write(purgeParked, { before: now }), 0)
    assert.equal(await store.write(purgeParked, { before: now + 1 }), 1)
  })

  test('parked, and matched once its message is known', async () => {
    const row = await accepted()
    assert.deepEqual(await take(receipt(row)), ['parked'])
    await settle(sent(row))
    const [parked] = await parkedReceipts(store, -1, 10)
    assert.deepEqual(await take({ ...(JSON.parse(parked!.receipt) as ReceiptItem), parked: parked!.id }), ['moved'])
    assert.deepEqual(await parkedReceipts(store, -1, 10), [])
  })
})
