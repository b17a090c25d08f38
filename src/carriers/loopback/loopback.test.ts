import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { CarrierNews, InboundSms, Receipt, SubmitJob } from '#messaging/sms-carrier.ts'
import { handClock } from '#values/clock.ts'
import { loopbackKind } from './loopback.ts'
import { readLoopbackRef } from './loopback-ref.ts'
import { magicNumbers, magicPrefixes, planFor } from './magic-numbers.ts'
import { callNumbers, callPlanFor } from './pretend-numbers.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function pretend(detail: Record<string, unknown> = {}, awaiting: readonly string[] = []) {
  const clock = handClock()
  const receipts: Receipt[] = []
  const inbound: InboundSms[] = []
  const told = { down: false, refuse: false, rooms: 0 }
  const news: CarrierNews = {
    async receipts(_, some) {
      if (told.down) throw new Error('the store is gone')
      receipts.push(...some)
    },
    async inbound(_, message) {
      inbound.push(message)
      return told.refuse ? { taken: false, reason: 'number.not_found' } : { taken: true }
    },
    room: () => void (told.rooms += 1),
    wire() {},
  }
  const kind = loopbackKind(clock, async () => awaiting)
  const carrier = kind.open({ id: 7, name: 'loopback', detail, secret: '' }, news)
  return { clock, receipts, inbound, told, kind, carrier }
}

const job = (digits: string, more: Partial<SubmitJob> = {}): SubmitJob => ({
  messageId: 4711,
  accountId: 1,
  kind: 'sms',
  sender: '+14155550100',
  recipient: `${magicPrefixes[0]}${digits}`,
  text: 'Hello',
  coding: 'auto',
  wantsReceipt: true,
  deadlineMs: Number.MAX_SAFE_INTEGER,
  priority: 1,
  attempt: 1,
  done: [],
  ...more,
})

const states = (receipts: readonly Receipt[]) => receipts.map(({ state, cause }) => (cause ? `${state} ${cause.reason}` : state))

const receiptsOf: Readonly<Record<string, readonly string[]>> = {
  '01': ['delivered'],
  '02': ['undelivered message.unknown_error'],
  '03': ['expired message.handset_unreachable'],
  '04': ['delivered'],
  '05': ['delivered', 'delivered'],
  '06': [],
  '07': ['undelivered message.handset_unknown'],
  '08': ['undelivered message.landline'],
  '09': ['rejected message.recipient_opted_out'],
  '10': ['undelivered message.blocked'],
  '11': ['rejected message.carrier_violation'],
  '15': ['undelivered message.handset_unreachable'],
  '16': ['undelivered message.segment_missing'],
}

for (const [digits, expected] of Object.entries(receiptsOf)) {
  const { name } = magicNumbers.find((one) => one.digits === digits)!
  test(`${name}: taken, and then ${expected.join(' and ') || 'silence'}`, async () => {
    const { carrier, clock, receipts } = pretend()
    const { outcomes, receiptExpected } = await carrier.submit(job(digits))
    assert.equal(receiptExpected, true)
    assert.equal(outcomes.length, 1)
    clock.advance(200)
    if (digits === '04') assert.deepEqual(receipts, [])
    clock.advance(100_000)
    assert.deepEqual(states(receipts), expected)
    for (const receipt of receipts) assert.equal(receipt.ref, outcomes[0]!.ref)
  })
}

test('who wants no receipt is sent none, whatever happens', async () => {
  const { carrier, clock, receipts } = pretend()
  const { outcomes, receiptExpected } = await carrier.submit(job('07', { wantsReceipt: false }))
  assert.equal(typeof outcomes[0]!.ref, 'string')
  assert.equal(receiptExpected, false)
  clock.advance(100_000)
  assert.deepEqual(receipts, [])
})

test('refusals: some at the first attempt only, some always', async () => {
  const { carrier } = pretend()
  const reason = async (digits: string, attempt: number) => {
    const [{ ref, cause } = {}] = (await carrier.submit(job(digits, { attempt }))).outcomes
    return ref === undefined ? `${cause!.reason} ${cause!.next}` : 'taken'
  }
  for (const digits of ['12', '13']) {
    assert.equal(await reason(digits, 1), 'message.carrier_throttled again')
    assert.equal(await reason(digits, 2), 'taken')
  }
  assert.equal(await reason('14', 1), 'message.carrier_throttled again')
  assert.equal(await reason('14', 2), 'message.carrier_throttled again')
  assert.equal(await reason('17', 1), 'message.carrier_unreachable elsewhere')
  assert.equal(await reason('18', 1), 'message.recipient_invalid never')
  assert.equal(carrier.state().refused, 6)
})

test('a slow answer takes its time, and its place in the window', async () => {
  const { carrier, clock, told } = pretend({ window: 1 })
  let answered = false
  const outcome = carrier.submit(job('19')).then((done) => {
    answered = true
    return done
  })
  await turn()
  assert.equal(answered, false)
  assert.equal(carrier.room(), 0)
  clock.advance(3000)
  assert.notEqual((await outcome).outcomes[0]!.ref, undefined)
  assert.equal(told.rooms, 1)
  assert.equal(carrier.room(), 1)
})

test('a slow answer that a stop overtakes ends with a cause', async () => {
  const { carrier } = pretend()
  const outcome = carrier.submit(job('19'))
  await carrier.stop(0)
  assert.equal((await outcome).outcomes[0]!.cause!.reason, 'message.gateway_unreachable')
  assert.equal(carrier.state().state, 'closed')
})

test('long texts: an id and a receipt a segment, and only what is not done yet', async () => {
  const { carrier, clock, receipts } = pretend()
  const long = await carrier.submit(job('16', { text: 'x'.repeat(400) }))
  assert.equal(long.segments, 3)
  clock.advance(1000)
  assert.deepEqual(states(receipts), ['delivered', 'delivered', 'undelivered message.segment_missing'])
  const rest = await carrier.submit(job('01', { text: 'x'.repeat(400), done: [0, 2] }))
  assert.deepEqual(
    rest.outcomes.map(({ index }) => index),
    [1],
  )
})

test('what the store could not take is told again', async () => {
  const { carrier, clock, receipts, told } = pretend()
  await carrier.submit(job('01'))
  told.down = true
  clock.advance(500)
  await turn()
  assert.deepEqual(receipts, [])
  told.down = false
  clock.advance(1500)
  await turn()
  assert.deepEqual(states(receipts), ['delivered'])
})

test('receipts of an earlier process are planned again from the ids alone', async () => {
  const before = pretend()
  const { outcomes } = await before.carrier.submit(job('08', { text: 'x'.repeat(200) }))
  const after = pretend(
    {},
    outcomes.map(({ ref }) => ref!),
  )
  await turn()
  after.clock.advance(1000)
  assert.deepEqual(states(after.receipts), ['undelivered message.landline', 'undelivered message.landline'])
  assert.deepEqual(
    after.receipts.map(({ ref }) => ref),
    outcomes.map(({ ref }) => ref),
  )
  assert.equal(readLoopbackRef('4d2'), undefined)
})

test('a handset shows what it received to the account that sent it, and to no other', async () => {
  const { carrier, kind } = pretend()
  await carrier.submit(job('01', { text: 'For you' }))
  await carrier.submit(job('07', { text: 'For nobody' }))
  const handset = `${magicPrefixes[0]}01`
  const [message, ...more] = kind.messages(1, handset)
  assert.deepEqual(more, [])
  assert.equal(message!.text, 'For you')
  assert.equal(message!.peer, '+14155550100')
  assert.equal(message!.read, false)
  assert.equal(kind.markRead(2, handset, message!.id), 0)
  assert.equal(kind.markRead(1, handset, message!.id), 1)
  assert.equal(kind.messages(1, handset)[0]!.read, true)
  assert.deepEqual(kind.messages(2, handset), [])
  assert.deepEqual(kind.messages(1, `${magicPrefixes[0]}07`), [])
})

test('a handset keeps its last hundred messages', async () => {
  const { carrier, kind } = pretend()
  for (let index = 0; index < 130; index += 1) await carrier.submit(job('01', { text: `${index}` }))
  const texts = kind.messages(1, `${magicPrefixes[0]}01`).map(({ text }) => text)
  assert.equal(texts.length, 100)
  assert.deepEqual([texts[0], texts.at(-1)], ['129', '30'])
})

test('what a handset sends comes in as from a network: whole, in segments, or not at all', async () => {
  const { kind, inbound, told } = pretend()
  const handset = '+447400123456'
  assert.deepEqual(await kind.send(1, { handset, to: '+14155550100', text: 'STOP' }), { taken: true })
  assert.deepEqual(inbound, [{ sender: handset, recipient: '+14155550100', text: 'STOP', coding: 'gsm7', kind: 'sms' }])
  inbound.length = 0
  await kind.send(1, { handset, to: '+14155550100', text: 'y'.repeat(161) })
  assert.deepEqual(
    inbound.map(({ concat, text }) => [concat!.part, concat!.total, text.length]),
    [
      [1, 2, 153],
      [2, 2, 8],
    ],
  )
  told.refuse = true
  assert.deepEqual(await kind.send(1, { handset, to: '+14155550999', text: 'x' }), { taken: false, reason: 'number.not_found' })
  assert.equal(kind.messages(1, handset).length, 2)
})

test('without an open carrier a handset reaches nobody', async () => {
  const kind = loopbackKind(handClock())
  assert.deepEqual(await kind.send(1, { handset: '+447400123456', to: '+14155550100', text: 'x' }), {
    taken: false,
    reason: 'message.gateway_not_found',
  })
})

test('settings out of bounds are told', () => {
  const kind = loopbackKind(handClock())
  assert.deepEqual(kind.faults({}), [])
  assert.deepEqual(
    kind.faults({ window: 0, receiptAfterMs: 'soon', colour: 'red' }).map(({ field }) => field),
    ['colour', 'receiptAfterMs', 'window'],
  )
})

test('the numbers are valid, told apart, and as docs/sandbox.md says', () => {
  const page = readFileSync(new URL('../../../docs/sandbox.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(\d\d)` \| (.+) \| (.+) \|$/gm)].map(([, digits, name, says]) => ({ digits, name, says }))
  assert.deepEqual(
    rows,
    [...magicNumbers, ...callNumbers].map(({ digits, name, says }) => ({ digits, name, says })),
  )
  assert.equal(new Set(rows.map(({ digits }) => digits)).size, rows.length)
  for (const { digits, plan } of magicNumbers) {
    for (const prefix of magicPrefixes) {
      assert.equal(planFor(`${prefix}${digits}`), plan)
      assert.ok(parsePhoneNumberFromString(`${prefix}${digits}`)!.isPossible())
    }
    for (const prefix of magicPrefixes.slice(0, 2)) assert.ok(parsePhoneNumberFromString(`${prefix}${digits}`)!.isValid())
  }
  for (const { digits, plan } of callNumbers)
    for (const prefix of magicPrefixes) assert.equal(callPlanFor(`${prefix}${digits}`), plan)
})
