// The carrier against an SMSC over real sockets, which does what each test says.

import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import type { CarrierNews, InboundSms, InboundTaken, Receipt, SmsCarrier, SubmitJob, WireRecord } from '#messaging/sms-carrier.ts'
import { commandStatus } from '#protocols/smpp/command-status.ts'
import { listen, type Listening } from '#protocols/smpp/listen.ts'
import type { PduOf, RequestPdu } from '#protocols/smpp/pdu.ts'
import type { Respond } from '#protocols/smpp/session-parts.ts'
import type { Session } from '#protocols/smpp/session.ts'
import { systemClock } from '#values/clock.ts'
import { textFrom } from '#values/text-from.ts'
import { readHeader } from '#values/user-data-header.ts'
import { smppKind } from './smpp-carrier.ts'

type Submit = PduOf<'submit_sm'>

interface Smsc {
  readonly listening: Listening
  readonly sessions: Session[]
  readonly submits: Submit[]
  /** What a submit_sm is answered with; the next id unless a test says otherwise. */
  answer(pdu: Submit, respond: Respond, session: Session): void
  bind(pdu: RequestPdu, respond: Respond): void
}

const undo: (() => Promise<unknown>)[] = []
after(async () => {
  for (const step of undo.toReversed()) await step()
})

async function openSmsc(port = 0): Promise<Smsc> {
  let id = 0
  const smsc = {
    sessions: [] as Session[],
    submits: [] as Submit[],
    answer: (_: Submit, respond: Respond) => respond({ message_id: `id${(id += 1)}` }),
    bind: (_: RequestPdu, respond: Respond) => respond({ system_id: 'smsc' }),
  } as unknown as Smsc
  const listening = await listen({
    host: '127.0.0.1',
    port,
    session: { clock: systemClock, unbindMs: 200 },
    onSession(session) {
      smsc.sessions.push(session)
      return {
        onRequest(pdu, respond) {
          if (pdu.command.startsWith('bind')) return smsc.bind(pdu, respond)
          const submit = { ...(pdu as Submit), short_message: Buffer.from((pdu as Submit).short_message) }
          smsc.submits.push(submit)
          smsc.answer(submit, respond, session)
        },
      }
    },
  })
  undo.push(() => listening.close())
  return Object.assign(smsc, { listening })
}

function openCarrier(port: number, detail: Record<string, unknown> = {}) {
  const heard = {
    receipts: [] as (readonly Receipt[])[],
    inbound: [] as InboundSms[],
    wire: [] as WireRecord[],
    taken: { taken: true, messageId: 99 } as InboundTaken,
    down: false,
    changed: undefined as (() => void) | undefined,
  }
  const news: CarrierNews = {
    async receipts(_, some) {
      if (heard.down) throw new Error('the store is gone')
      heard.receipts.push(some)
    },
    async inbound(_, message) {
      heard.inbound.push(message)
      return heard.taken
    },
    room: () => heard.changed?.(),
    wire: (record) => void heard.wire.push(record),
  }
  const kind = smppKind(systemClock, () => 0)
  const whole = { host: '127.0.0.1', port, systemId: 'us', reconnectMinMs: 10, ...detail }
  assert.deepEqual(kind.faults(whole), [])
  const carrier = kind.open({ id: 3, name: 'one', detail: whole, secret: 'secret' }, news)
  undo.push(() => carrier.stop(100))
  /** Until something about the carrier holds, looked at whenever it tells of room. */
  const until = (holds: (carrier: SmsCarrier) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!holds(carrier)) return
        heard.changed = undefined
        resolve()
      }
      heard.changed = look
      look()
    })
  return { carrier, heard, until, isUp: () => until((one) => one.state().state === 'up') }
}

const job = (more: Partial<SubmitJob> = {}): SubmitJob => ({
  messageId: 8_000_000_000_000_001,
  accountId: 1,
  kind: 'sms',
  sender: '+14155550100',
  recipient: '+447400123456',
  text: 'Hello',
  coding: 'auto',
  wantsReceipt: true,
  deadlineMs: Number.MAX_SAFE_INTEGER,
  priority: 1,
  attempt: 1,
  done: [],
  ...more,
})

const textOf = (pdu: Submit): string => {
  const octets = pdu.tlvs.message_payload ?? pdu.short_message
  const header = (pdu.esm_class & 0x40) !== 0 ? readHeader(octets) : undefined
  return textFrom(header ? octets.subarray(header.octets) : octets, pdu.data_coding, header).text
}

const deliver = (session: Session, more: Record<string, unknown>): Promise<number> =>
  session
    .request({ command: 'deliver_sm', source_addr_ton: 1, source_addr: '447400123456', destination_addr: '14155550100', ...more })
    .then((answer) => (answer.command === 'none' ? -1 : answer.status))

const receiptText = (id: string, stat: string, err: string): Buffer =>
  Buffer.from(`id:${id} sub:001 dlvrd:000 submit date:2511210600 done date:2511210601 stat:${stat} err:${err} text:secret`)

test('what it cannot do follows from its settings', () => {
  const abilitiesWith = (detail: Record<string, unknown>) => openCarrier(9, detail).carrier.abilities
  const usual = { kinds: ['sms', 'flash'], multipart: true, receipts: true, codings: ['gsm7', 'ucs2'] }
  assert.deepEqual(abilitiesWith({}), usual)
  assert.deepEqual(abilitiesWith({ ucs2: false }), { ...usual, codings: ['gsm7'] })
  const { writing, ...none } = abilitiesWith({ concat: 'none', registeredDelivery: 0 })
  assert.deepEqual(none, { ...usual, multipart: false, receipts: false })
  assert.deepEqual(writing, { concat: 'none', plain: false })
  const national = abilitiesWith({ concat: 'udh16', national: 'tr,es' }).writing
  assert.deepEqual(national, { concat: 'udh16', plain: false, national: ['tr', 'es'] })
})

test('a message goes out as it should and comes back with the id of the network', async () => {
  const smsc = await openSmsc()
  const { carrier, heard, isUp } = openCarrier(smsc.listening.port, { serviceType: 'CMT', tlvs: '1401=6869', evidence: true })
  assert.equal(carrier.room(), 0)
  await isUp()
  assert.equal(carrier.room(), 50)
  const outcome = await carrier.submit(job({ deadlineMs: systemClock.nowMs() + 3_600_000 }))
  assert.deepEqual(outcome, { segments: 1, coding: 'gsm7', outcomes: [{ index: 0, ref: 'id1' }], receiptExpected: true })
  const [pdu] = smsc.submits
  assert.ok(pdu)
  const { source_addr_ton, source_addr_npi, source_addr, dest_addr_ton, dest_addr_npi, destination_addr } = pdu
  assert.deepEqual(
    [source_addr_ton, source_addr_npi, source_addr, dest_addr_ton, dest_addr_npi, destination_addr],
    [1, 1, '14155550100', 1, 1, '447400123456'],
  )
  assert.deepEqual([pdu.registered_delivery, pdu.data_coding, pdu.service_type], [1, 0, 'CMT'])
  assert.match(pdu.validity_period, /^00000000(5959|01?0000).*R$|^000000010000000R$/)
  assert.equal(textOf(pdu), 'Hello')
  assert.deepEqual(
    pdu.tlvs.other?.map(({ tag, value }) => [tag, Buffer.from(value).toString('hex')]),
    [[0x1401, '6869']],
  )
  assert.deepEqual(
    heard.wire.map(({ direction, messageId, bytes }) => [direction, messageId, Buffer.from(bytes).readUInt32BE(4)]),
    [
      ['out', 8_000_000_000_000_001, 4],
      ['in', 8_000_000_000_000_001, 0x80000004],
    ],
  )
})

for (const concat of ['udh8', 'udh16', 'sar', 'payload'] as const) {
  test(`a long text by ${concat}`, async () => {
    const smsc = await openSmsc()
    const { carrier, isUp } = openCarrier(smsc.listening.port, { concat })
    await isUp()
    const text = 'Zażółć gęślą jaźń. '.repeat(10)
    const outcome = await carrier.submit(job({ text }))
    assert.deepEqual([outcome.segments, outcome.inOnePiece === true], [3, concat === 'payload'])
    assert.equal(smsc.submits.map(textOf).join(''), text)
    for (const { data_coding: dataCoding } of smsc.submits) assert.equal(dataCoding, 8)
    if (concat === 'sar')
      assert.deepEqual(
        smsc.submits.map(({ tlvs }) => tlvs.sar_segment_seqnum),
        [1, 2, 3],
      )
    if (concat === 'payload') return
    const rest = await carrier.submit(job({ text, done: [0, 2], attempt: 2 }))
    assert.deepEqual(
      rest.outcomes.map(({ index }) => index),
      [1],
    )
    const [, second, , again] = smsc.submits
    // The same reference as before, so that it still belongs to the others.
    assert.deepEqual([again!.short_message, again!.tlvs], [second!.short_message, second!.tlvs])
  })
}

test('senders: short codes and letters; flash; what does not fit is told', async () => {
  const smsc = await openSmsc()
  const { carrier, isUp } = openCarrier(smsc.listening.port, { concat: 'none' })
  await isUp()
  await carrier.submit(job({ sender: '12345' }))
  await carrier.submit(job({ sender: 'Café', kind: 'flash' }))
  const [short, letters] = smsc.submits
  assert.deepEqual([short!.source_addr_ton, short!.source_addr_npi, short!.source_addr], [3, 0, '12345'])
  assert.deepEqual(
    [letters!.source_addr_ton, letters!.source_addr_npi, letters!.source_addr, letters!.data_coding],
    [5, 0, 'Café', 0x10],
  )
  const reasonOf = async (more: Partial<SubmitJob>) => (await carrier.submit(job(more))).outcomes[0]!.cause!.reason
  assert.equal(await reasonOf({ sender: 'Ωμέγα' }), 'message.sender_invalid')
  assert.equal(await reasonOf({ text: 'x'.repeat(161) }), 'message.content_too_long')
  assert.equal(await reasonOf({ text: 'ż', coding: 'gsm7' }), 'message.content_unencodable')
  assert.equal(smsc.submits.length, 2)
})

test('refusals of the SMSC become causes, and throttling slows down', async () => {
  const smsc = await openSmsc()
  const { carrier, isUp, until } = openCarrier(smsc.listening.port)
  await isUp()
  const causeOf = async (status: number) => {
    smsc.answer = (_, respond) => respond({ status })
    return (await carrier.submit(job())).outcomes[0]!.cause!
  }
  assert.deepEqual(await causeOf(commandStatus.ESME_RINVDSTADR), {
    reason: 'message.recipient_invalid',
    raw: 'smpp 0x0000000b ESME_RINVDSTADR',
    next: 'never',
  })
  assert.equal((await causeOf(0x4ab)).raw, 'smpp 0x000004ab 0x000004ab')
  assert.ok(carrier.room() > 0)
  const throttled = await causeOf(commandStatus.ESME_RTHROTTLED)
  assert.equal(throttled.reason, 'message.carrier_throttled')
  assert.equal(throttled.next, 'again')
  assert.equal(carrier.room(), 0)
  assert.ok(carrier.state().limitPerSecond! > 0)
  await until((one) => one.room() > 0)
  assert.equal(carrier.state().refused, 3)
})

test('no response in time: it may have been taken, and is not sent again', async () => {
  const smsc = await openSmsc()
  const { carrier, isUp } = openCarrier(smsc.listening.port, { responseTimeoutMs: 100 })
  await isUp()
  smsc.answer = () => {}
  const { cause } = (await carrier.submit(job())).outcomes[0]!
  assert.equal(cause!.reason, 'message.gateway_no_response')
  assert.equal(cause!.mayHaveTaken, true)
  assert.equal(cause!.next, 'never')
  assert.deepEqual(cause!.params, { gateway: 'one', timeoutMs: 100 })
})

test('a bind lost with messages under way: each has its outcome, and a new bind is made', async () => {
  const smsc = await openSmsc()
  const { carrier, isUp, until } = openCarrier(smsc.listening.port, { window: 10, resendUnanswered: true })
  await isUp()
  smsc.answer = (_, __, session) => void (smsc.submits.length === 10 && session.close())
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => carrier.submit(job())))
  for (const {
    outcomes: [one],
  } of outcomes) {
    assert.equal(one!.cause!.mayHaveTaken, true)
    assert.equal(one!.cause!.next, 'again')
  }
  assert.match(carrier.state().lastError!.text, /./)
  await until((one) => one.state().state === 'up' && one.room() === 10)
  assert.equal(smsc.sessions.length, 2)
  smsc.answer = (_, respond) => respond({ message_id: 'after' })
  assert.equal((await carrier.submit(job())).outcomes[0]!.ref, 'after')
})

test('refused binds are told, and tried again', async () => {
  const smsc = await openSmsc()
  let binds = 0
  smsc.bind = (pdu, respond) => {
    binds += 1
    assert.equal((pdu as PduOf<'bind_transceiver'>).password, 'secret')
    respond(binds < 3 ? { status: commandStatus.ESME_RINVPASWD } : { system_id: 'smsc' })
  }
  const { carrier, isUp } = openCarrier(smsc.listening.port)
  await isUp()
  assert.equal(binds, 3)
  const { lastError } = carrier.state()
  assert.equal(lastError!.reason, 'auth.credentials_invalid')
  assert.equal(lastError!.text, 'bind refused: ESME_RINVPASWD')
})

test('receipts: by TLVs first, else by text; answered after they are taken, or refused for the moment', async () => {
  const smsc = await openSmsc()
  const { heard, isUp } = openCarrier(smsc.listening.port, { receiptErrors: '0c3=message.landline' })
  await isUp()
  const session = smsc.sessions[0]!
  const tlvs = { receipted_message_id: 'AB01', message_state: 2 }
  const statuses = await Promise.all([
    deliver(session, { esm_class: 4, tlvs }),
    deliver(session, { esm_class: 4, short_message: receiptText('0017', 'UNDELIV', '001') }),
    deliver(session, { esm_class: 4, short_message: receiptText('0018', 'UNDELIV', '0C3') }),
    deliver(session, { esm_class: 4, short_message: receiptText('0019', 'ACCEPTD', '000') }),
    deliver(session, { esm_class: 0, tlvs: { receipted_message_id: '1a', message_state: 8 } }),
    session
      .request({ command: 'data_sm', esm_class: 4, source_addr: '1', destination_addr: '2', tlvs: { ...tlvs, message_state: 3 } })
      .then(() => 0),
  ])
  assert.deepEqual(statuses, [0, 0, 0, 0, 0, 0])
  const receipts = heard.receipts.flat()
  assert.deepEqual(
    receipts.map(({ ref, state, final, cause }) => [ref, state, final, cause?.reason, cause?.next]),
    [
      ['AB01', 'delivered', true, undefined, undefined],
      ['0017', 'undelivered', true, 'message.handset_unknown', 'never'],
      ['0018', 'undelivered', true, 'message.landline', 'never'],
      ['0019', 'accepted', false, undefined, undefined],
      ['1a', 'rejected', true, 'message.carrier_violation', 'elsewhere'],
      ['AB01', 'expired', true, 'message.handset_unreachable', 'never'],
    ],
  )
  // What came in one read went to messaging in one go.
  assert.ok(heard.receipts.length < receipts.length)
  assert.equal(receipts[1]!.raw, 'id:0017 submit date:2511210600 done date:2511210601 stat:UNDELIV err:001')
  assert.equal(receipts[1]!.doneMs, Date.UTC(2025, 10, 21, 6, 1))
  assert.deepEqual(heard.wire.map(({ ref, carrierId }) => [ref, carrierId])[0], ['AB01', 3])
  heard.down = true
  assert.equal(await deliver(session, { esm_class: 4, tlvs }), commandStatus.ESME_RX_T_APPN)
  assert.equal(await deliver(session, { esm_class: 4, short_message: Buffer.from('what is this') }), commandStatus.ESME_RX_P_APPN)
})

test('messages from the network: whole, in parts by header and by SAR, in the payload, and refused ones', async () => {
  const smsc = await openSmsc()
  const { heard, isUp } = openCarrier(smsc.listening.port, { defaultAlphabet: 'latin1' })
  await isUp()
  const session = smsc.sessions[0]!
  await deliver(session, { short_message: Buffer.from('Grüße', 'latin1') })
  await deliver(session, { esm_class: 0x40, data_coding: 8, short_message: Buffer.from([5, 0, 3, 77, 2, 1, 0x20, 0xac]) })
  await deliver(session, {
    tlvs: { message_payload: Buffer.from('long'), sar_msg_ref_num: 300, sar_total_segments: 2, sar_segment_seqnum: 2 },
  })
  assert.deepEqual(heard.inbound, [
    { sender: '+447400123456', recipient: '+14155550100', text: 'Grüße', coding: 'latin1', kind: 'sms' },
    {
      sender: '+447400123456',
      recipient: '+14155550100',
      text: '€',
      coding: 'ucs2',
      kind: 'sms',
      concat: { reference: 77, total: 2, part: 1 },
    },
    {
      sender: '+447400123456',
      recipient: '+14155550100',
      text: 'long',
      coding: 'latin1',
      kind: 'sms',
      concat: { reference: 300, total: 2, part: 2 },
    },
  ])
  heard.taken = { taken: false, reason: 'number.not_found' }
  assert.equal(await deliver(session, { short_message: Buffer.from('x') }), commandStatus.ESME_RINVDSTADR)
  assert.equal(heard.wire.length, 3)
})

test('a limit on throughput: no more room than it allows, and news of room when there is again', async () => {
  const smsc = await openSmsc()
  const { carrier, isUp, until } = openCarrier(smsc.listening.port, { throughput: 20 })
  await isUp()
  assert.equal(carrier.room(), 2)
  const both = [carrier.submit(job()), carrier.submit(job())]
  // At once: room comes back with time.
  assert.equal(carrier.room(), 0)
  await Promise.all(both)
  await until((one) => one.room() > 0)
})

test('several binds of two sorts: messages go over transmitters, and stop waits for answers', async () => {
  const smsc = await openSmsc()
  const { carrier, until } = openCarrier(smsc.listening.port, { bind: 'separate', binds: 2, version: '5.0' })
  await until((one) => one.state().binds.every(({ state }) => state === 'bound'))
  assert.deepEqual(
    carrier.state().binds.map(({ name }) => name),
    ['transmitter 1', 'receiver 1', 'transmitter 2', 'receiver 2'],
  )
  assert.equal(carrier.state().window, 100)
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<() => void>()
  smsc.answer = (_, respond) => arrive(() => respond({ message_id: 'late' }))
  const outcome = carrier.submit(job())
  const answerLater = await arrived
  const stopped = carrier.stop(5_000)
  assert.equal(carrier.room(), 0)
  answerLater()
  await stopped
  assert.equal((await outcome).outcomes[0]!.ref, 'late')
  assert.equal(carrier.state().state, 'closed')
  assert.equal((await carrier.submit(job())).outcomes[0]!.cause!.reason, 'message.gateway_unreachable')
})

test('an answer without an id is taken, and no receipt is waited for', async () => {
  const smsc = await openSmsc()
  const { carrier, isUp } = openCarrier(smsc.listening.port)
  await isUp()
  smsc.answer = (_, respond) => respond({ message_id: '' })
  const { outcomes, receiptExpected } = await carrier.submit(job())
  assert.match(outcomes[0]!.ref!, /^no-id-/)
  assert.equal(receiptExpected, false)
})
