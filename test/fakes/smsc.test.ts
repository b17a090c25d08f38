// The fake SMSC itself: each of its misbehaviours is seen, through our own sessions.

import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dial } from '#protocols/smpp/dial.ts'
import type { PduOf } from '#protocols/smpp/pdu.ts'
import { parseReceiptText } from '#protocols/smpp/receipt-text.ts'
import type { Answer, Closed, StrayResponse } from '#protocols/smpp/session-parts.ts'
import { systemClock as clock } from '#values/clock.ts'
import { readHeader } from '#values/user-data-header.ts'
import type { BehaviourChange } from './smsc-behaviour.ts'
import { startControl, startSmsc, type SmscOptions } from './smsc.ts'
import { until } from '../until.ts'

/** `responseTimeoutMs`: for those that are never answered. */
async function meet(behaviour: BehaviourChange = {}, more: SmscOptions = {}, responseTimeoutMs = 60_000) {
  const smsc = await startSmsc({ ...more, behaviour })
  const delivered: PduOf<'deliver_sm'>[] = []
  const strays: StrayResponse[] = []
  const order: string[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const dialled = await dial({
    host: '127.0.0.1',
    port: smsc.port,
    bind: { command: 'bind_transceiver', system_id: 'me', password: 'p' },
    session: { clock, responseTimeoutMs },
    hooks: {
      onRequest(pdu, respond) {
        respond()
        if (pdu.command !== 'deliver_sm') return
        order.push('deliver_sm')
        delivered.push(pdu)
        for (const one of waiting) if (delivered.length >= one.count) one.resolve()
      },
      onStray: (stray) => void strays.push(stray),
    },
  })
  return {
    smsc,
    dialled,
    delivered,
    strays,
    order,
    submit: async (destination: string, fields: object = {}): Promise<Answer> => {
      const answer = await dialled.session!.request({
        command: 'submit_sm',
        source_addr: '123',
        destination_addr: destination,
        registered_delivery: 1,
        short_message: Buffer.from('hello'),
        ...fields,
      })
      order.push(answer.command)
      return answer
    },
    receipts: (count: number): Promise<void> =>
      new Promise((resolve) => (delivered.length >= count ? resolve() : waiting.push({ count, resolve }))),
    async end(): Promise<Closed | undefined> {
      await smsc.stop()
      return dialled.session?.closed
    },
  }
}

const idOf = (answer: Answer): string => (answer.command === 'submit_sm_resp' ? answer.message_id : '')
const statusOf = (answer: Answer): number | string => (answer.command === 'none' ? answer.cause : answer.status)

test('a message, its receipt, and what was counted and logged', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'offhook-smsc-'))
  after(() => rmSync(dir, { recursive: true }))
  const logFile = join(dir, 'log')
  const { smsc, submit, receipts, delivered, end } = await meet({}, { logFile })
  const messageId = idOf(await submit('4477'))
  await receipts(1)
  assert.equal(delivered[0]!.tlvs.receipted_message_id, messageId)
  assert.equal(parseReceiptText(delivered[0]!.short_message)?.state, 'DELIVERED')
  assert.deepEqual([delivered[0]!.source_addr, delivered[0]!.esm_class], ['4477', 4])
  assert.equal(smsc.counters.accepted, 1)
  await end()
  const [line] = readFileSync(logFile, 'utf8').trim().split('\n')
  assert.deepEqual(JSON.parse(line!), smsc.lines[0])
  assert.equal(smsc.lines[0]!.messageId, messageId)
})

test('refusals: all, every second, by destination, so many times, throttled', async () => {
  const { smsc, submit, end } = await meet({ refuse: [{ status: 0x14, every: 2, destinations: ['44'], times: 2 }] })
  const statuses: (number | string)[] = []
  for (const to of ['49', '441', '442', '443', '444', '445', '446']) statuses.push(statusOf(await submit(to)))
  assert.deepEqual(statuses, [0, 0, 0x14, 0, 0x14, 0, 0])
  smsc.behave({ refuse: [{ status: 8 }] })
  assert.equal(statusOf(await submit('49')), 8)
  smsc.behave({ refuse: [], throttlePerSecond: 1 })
  const rushed = await Promise.all(Array.from({ length: 5 }, () => submit('49')))
  assert.ok(rushed.some((answer) => statusOf(answer) === 0x58))
  assert.deepEqual(smsc.counters.refusedByStatus['0x14'], 2)
  await end()
})

test('silence, closing in the middle, garbage, wrong sequence numbers', async () => {
  const silent = await meet({ silent: true }, {}, 300)
  assert.equal(statusOf(await silent.submit('1')), 'timed_out')
  await silent.end()

  const closing = await meet({ closeAfter: 2 })
  assert.deepEqual((await Promise.all([closing.submit('1'), closing.submit('2')])).map(statusOf), ['closed', 'closed'])
  assert.equal(closing.smsc.counters.accepted, 1)
  assert.equal(closing.smsc.counters.closedByFault, 1)
  await closing.end()

  const garbage = await meet({ garbageEvery: 1 })
  await garbage.submit('1')
  assert.equal((await garbage.dialled.session!.closed).cause, 'garbage')
  await garbage.end()

  const wrong = await meet({ wrongSequenceEvery: 2 }, {}, 1_000)
  assert.deepEqual((await Promise.all([wrong.submit('1'), wrong.submit('2')])).map(statusOf), [0, 'timed_out'])
  assert.equal(wrong.strays[0]!.kind, 'unknown')
  await wrong.end()
})

test('answers out of order, and slow', async () => {
  const disordered = await meet({ outOfOrder: 3, receipts: { send: 'none' } })
  const ids: string[] = []
  await Promise.all(['1', '2', '3'].map(async (to) => ids.push(idOf(await disordered.submit(to)))))
  assert.deepEqual(ids, ['3', '2', '1'])
  disordered.smsc.behave({ outOfOrder: 0, slowMs: 5 })
  assert.equal(idOf(await disordered.submit('4')), '4')
  await disordered.end()
})

test('receipts: before the response, twice, on the way, none, failed, cancelled', async () => {
  const { smsc, submit, receipts, delivered, order, dialled, end } = await meet({
    receipts: { beforeResponse: true, duplicates: 1 },
  })
  await submit('1')
  await receipts(2)
  assert.deepEqual(order.slice(0, 2), ['deliver_sm', 'deliver_sm'])
  smsc.behave({
    receipts: {
      beforeResponse: false,
      duplicates: 0,
      intermediate: true,
      ends: [{ destination: '2', stat: 'UNDELIV', err: '027', networkError: 27 }],
    },
  })
  await submit('2')
  await receipts(4)
  assert.equal(delivered[2]!.esm_class, 0x20)
  assert.equal(parseReceiptText(delivered[3]!.short_message)?.err, '027')
  assert.deepEqual(Buffer.from(delivered[3]!.tlvs.network_error_code!), Buffer.from([3, 0, 27]))
  // Long enough for the cancel to come before it.
  smsc.behave({ receipts: { intermediate: false, delayMs: 2_000 } })
  const messageId = idOf(await submit('3'))
  const cancelled = await dialled.session!.request({ command: 'cancel_sm', message_id: messageId })
  assert.equal(statusOf(cancelled), 0)
  await receipts(5)
  assert.equal(delivered[4]!.tlvs.message_state, 4)
  const queried = await dialled.session!.request({ command: 'query_sm', message_id: messageId })
  assert.equal(queried.command === 'query_sm_resp' && queried.message_state, 4)
  smsc.behave({ receipts: { delayMs: 0, send: 'none' } })
  await submit('4')
  assert.equal(delivered.length, 5)
  await end()
})

test('ids and forms of receipts', async () => {
  const { smsc, submit, receipts, delivered, end } = await meet({ ids: 'decimal', receipts: { ids: 'hex_padded' } })
  for (let n = 0; n < 10; n++) await submit('1')
  assert.equal(idOf(await submit('1')), '11')
  await receipts(11)
  assert.equal(delivered[10]!.tlvs.receipted_message_id, '0000000b')
  const forms = [
    'usual',
    'twelve_digits',
    'upper_case',
    'capital_text',
    'shuffled',
    'underscored',
    'short',
    'no_err',
    'blank_after_colon',
  ] as const
  for (const [n, text] of forms.entries()) {
    smsc.behave({ receipts: { ids: 'same', form: 'text', text } })
    const messageId = idOf(await submit('1'))
    await receipts(12 + n)
    const { tlvs, short_message } = delivered[11 + n]!
    assert.deepEqual(tlvs, {})
    const read = parseReceiptText(short_message)!
    assert.deepEqual([read.id, read.state], [messageId, 'DELIVERED'], text)
  }
  smsc.behave({ receipts: { form: 'tlv' } })
  await submit('1')
  await receipts(21)
  assert.equal(delivered[20]!.short_message.length, 0)
  assert.equal(delivered[20]!.tlvs.message_state, 2)
  assert.equal(await smsc.sendReceipt({ messageId: 'nobody-knows', from: '123', to: '4477' }), 0)
  assert.equal(delivered[21]!.tlvs.receipted_message_id, 'nobody-knows')
  await end()
})

test('one receipt for all segments, or one each', async () => {
  const { smsc, submit, receipts, delivered, end } = await meet({ receipts: { segments: 'last' } })
  const segment = (part: number) => ({ esm_class: 0x40, short_message: Buffer.from([5, 0, 3, 9, 2, part, 0x41]) })
  await submit('1', segment(1))
  const last = idOf(await submit('1', segment(2)))
  await receipts(1)
  assert.equal(delivered[0]!.tlvs.receipted_message_id, last)
  smsc.behave({ receipts: { segments: 'first' } })
  const sar = (part: number) => ({ tlvs: { sar_msg_ref_num: 1, sar_total_segments: 2, sar_segment_seqnum: part } })
  const first = idOf(await submit('1', sar(1)))
  await submit('1', sar(2))
  await receipts(2)
  assert.equal(delivered[1]!.tlvs.receipted_message_id, first)
  await end()
})

test('binds refused, unbind, and enquire_link unanswered', async () => {
  const refused = await meet({ bindStatus: 0x0d })
  assert.ok(!refused.dialled.session && refused.dialled.status === 0x0d)
  await refused.end()
  const wrong = await meet({}, { accounts: { me: 'other' } })
  assert.ok(!wrong.dialled.session && wrong.dialled.status === 0x0e)
  await wrong.end()
  const unbound = await meet({ answersEnquireLink: false }, {}, 1_000)
  assert.equal(statusOf(await unbound.dialled.session!.request({ command: 'enquire_link' })), 'timed_out')
  unbound.smsc.unbindAll()
  assert.equal((await unbound.dialled.session!.closed).cause, 'peer_unbound')
  await unbound.end()
})

test('mobile-originated messages, whole and in segments of each kind, in any order', async () => {
  const { smsc, delivered, end } = await meet()
  const text = 'x'.repeat(153) + 'y'.repeat(153) + 'z'
  for (const as of ['udh8', 'udh16'] as const) {
    delivered.length = 0
    assert.deepEqual(await smsc.sendMo({ from: '4477', to: '123', text, as, order: [3, 1, 2] }), [0, 0, 0])
    const parts = delivered.map(({ short_message }) => readHeader(short_message)!)
    assert.deepEqual(
      parts.map(({ octets, concat }) => [octets, concat?.part, concat?.total]),
      [3, 1, 2].map((part) => [as === 'udh8' ? 6 : 7, part, 3]),
    )
  }
  delivered.length = 0
  await smsc.sendMo({ from: '4477', to: '123', text, as: 'sar', order: [2, 1] })
  assert.deepEqual(
    delivered.map(({ tlvs }) => [tlvs.sar_msg_ref_num, tlvs.sar_segment_seqnum, tlvs.sar_total_segments]),
    [
      [77, 2, 3],
      [77, 1, 3],
    ],
  )
  delivered.length = 0
  await smsc.sendMo({ from: '4477', to: '123', text: 'żółw', as: 'payload' })
  assert.deepEqual(Buffer.from(delivered[0]!.tlvs.message_payload!).swap16().toString('utf16le'), 'żółw')
  assert.equal(delivered[0]!.data_coding, 8)
  await end()
})

test('a receipt waits for a receiver; the control port says all of it too', async () => {
  // Long enough for the unbind to come before it.
  const { smsc, submit, dialled, end } = await meet({ receipts: { delayMs: 2_000 } })
  const controlled = await startControl(smsc, 0)
  const control = `http://127.0.0.1:${controlled.port}`
  await submit('1')
  await dialled.session!.unbind()
  await until(() => smsc.counters.receiptsWaiting > 0)
  const patched = await fetch(`${control}/behaviour`, { method: 'PATCH', body: JSON.stringify({ bindStatus: 0x0d }) })
  assert.equal(patched.status, 200)
  assert.equal(smsc.behaviour.bindStatus, 0x0d)
  const state: any = await (await fetch(`${control}/state`)).json()
  assert.equal(state.counters.submits, 1)
  const lines: any = await (await fetch(`${control}/log?from=0`)).json()
  assert.equal(lines[0].destination, '1')
  assert.equal((await fetch(`${control}/down`, { method: 'POST' })).status, 200)
  const nobody = await dial({
    host: '127.0.0.1',
    port: smsc.port,
    bind: { command: 'bind_receiver' },
    session: { clock },
    hooks: {},
  })
  assert.ok(!nobody.session && nobody.cause === 'not_connected')
  await fetch(`${control}/up`, { method: 'POST' })
  await fetch(`${control}/behaviour`, { method: 'PATCH', body: JSON.stringify({ bindStatus: 0 }) })
  const again = await dial({
    host: '127.0.0.1',
    port: smsc.port,
    bind: { command: 'bind_receiver', system_id: 'me' },
    session: { clock },
    hooks: { onRequest: (_, respond) => respond() },
  })
  await until(() => smsc.counters.receiptsAcknowledged > 0)
  assert.equal(smsc.counters.receiptsWaiting, 0)
  await again.session?.unbind()
  await controlled.stop()
  await end()
})
