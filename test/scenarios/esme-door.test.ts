// Customers bind to the real program as ESMEs: with our own session, and with the npm package smpp as a peer that knows nothing of us.

import { test, type TestContext } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandStatus } from '#protocols/smpp/command-status.ts'
import { dial, type BindName } from '#protocols/smpp/dial.ts'
import type { PduDraftOf, PduOf } from '#protocols/smpp/pdu.ts'
import { parseReceiptText } from '#protocols/smpp/receipt-text.ts'
import type { Respond } from '#protocols/smpp/session-parts.ts'
import type { Session } from '#protocols/smpp/session.ts'
import { systemClock } from '#values/clock.ts'
import { sharedCluster } from '../postgres-cluster.ts'
import { newFolder, startProgram, type Program } from '../program.ts'

interface Place {
  readonly program: Program
  readonly data: string
  readonly port: number
  readonly systemId: string
  readonly password: string
  readonly from: string
  /** Of our own API. */
  readonly key: string
  api(method: string, path: string, body?: object): Promise<any>
}

async function openPlace(t: TestContext, data = newFolder(), numbers = true, more: Record<string, string> = {}): Promise<Place> {
  const program = await startProgram(t, data, { OFFHOOK_SMPP: '127.0.0.1:0', OFFHOOK_LOG: 'warn', ...more })
  const { api: native, smpp } = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const port = Number(/smpp:\/\/127\.0\.0\.1:(\d+)/.exec(program.said)![1])
  const api = async (method: string, path: string, body?: object): Promise<any> => {
    const answer = await fetch(`${program.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${native.key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const json: any = await answer.json()
    assert.ok(answer.status < 300, JSON.stringify(json))
    return json
  }
  const from = numbers
    ? (await api('POST', '/numbers', { country: 'GB', type: 'mobile' })).items[0].number
    : (await api('GET', '/numbers')).items[0].number
  return { program, data, port, systemId: smpp.systemId, password: smpp.password, from, key: native.key, api }
}

interface Esme {
  readonly session: Session
  /** Resolves with the next deliver_sm that has not been asked for yet, acknowledged unless `respond` is false. */
  next(respond?: boolean): Promise<PduOf<'deliver_sm'>>
}

async function bind(t: TestContext, place: Place, command: BindName = 'bind_transceiver', more: object = {}): Promise<Esme> {
  const came: [PduOf<'deliver_sm'>, Respond][] = []
  const waiting: (() => void)[] = []
  const dialled = await dial({
    host: '127.0.0.1',
    port: place.port,
    bind: { command, system_id: place.systemId, password: place.password, ...more },
    session: { clock: systemClock },
    hooks: {
      onRequest(pdu, respond) {
        came.push([pdu as PduOf<'deliver_sm'>, respond])
        waiting.shift()?.()
      },
    },
  })
  assert.ok(dialled.session, JSON.stringify(dialled))
  const { session } = dialled
  t.after(() => session.close())
  return {
    session,
    async next(respond = true) {
      while (came.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
      const [pdu, answer] = came.shift()!
      if (respond) answer()
      return pdu
    },
  }
}

const submitOf = (place: Place, more: Partial<PduDraftOf<'submit_sm'>> = {}): PduDraftOf<'submit_sm'> => ({
  command: 'submit_sm',
  source_addr_ton: 1,
  source_addr: place.from.slice(1),
  dest_addr_ton: 1,
  destination_addr: '13105550101',
  registered_delivery: 1,
  short_message: Buffer.from('Hello'),
  ...more,
})

async function submit(
  esme: Esme,
  place: Place,
  more: Partial<PduDraftOf<'submit_sm'>> = {},
): Promise<{ status: number; id: string }> {
  const answer = await esme.session.request(submitOf(place, more))
  assert.ok(answer.command !== 'none', JSON.stringify(answer))
  return { status: answer.status, id: 'message_id' in answer ? answer.message_id : '' }
}

const receiptOf = (pdu: PduOf<'deliver_sm'>) => {
  const { id, stat, err } = parseReceiptText(pdu.short_message)!
  return { class: pdu.esm_class, id, stat, err, idTlv: pdu.tlvs.receipted_message_id, state: pdu.tlvs.message_state }
}

test('submit, receipt, query, refusals, parts, many recipients and inbound messages', async (t) => {
  const place = await openPlace(t)
  const esme = await bind(t, place)

  await t.test('a message is taken and its receipt comes', async () => {
    const { status, id } = await submit(esme, place)
    assert.equal(status, 0)
    assert.match(id, /^\d{1,16}$/)
    const receipt = await esme.next()
    assert.deepEqual(receiptOf(receipt), { class: 4, id, stat: 'DELIVRD', err: '000', idTlv: id, state: 2 })
    assert.deepEqual([receipt.source_addr, receipt.destination_addr], ['13105550101', place.from.slice(1)])
    const query = await esme.session.request({
      command: 'query_sm',
      message_id: id,
      source_addr_ton: 1,
      source_addr: place.from.slice(1),
    })
    assert.ok(query.command === 'query_sm_resp' && query.message_state === 2 && query.final_date !== '')
  })

  await t.test('why a message was not delivered', async () => {
    const { id } = await submit(esme, place, { destination_addr: '13105550107', tlvs: { user_message_reference: 77 } })
    const receipt = await esme.next()
    assert.deepEqual(receiptOf(receipt), { class: 4, id, stat: 'UNDELIV', err: '001', idTlv: id, state: 5 })
    assert.equal(receipt.tlvs.user_message_reference, 77)
  })

  await t.test('refusals are command_status', async () => {
    const status = async (more: Partial<PduDraftOf<'submit_sm'>>) => (await submit(esme, place, more)).status
    assert.equal(await status({ source_addr: '447400999999' }), commandStatus.ESME_RINVSRCADR)
    assert.equal(await status({ destination_addr: 'nobody' }), commandStatus.ESME_RINVDSTADR)
    assert.equal(await status({ data_coding: 4 }), commandStatus.ESME_RINVDCS)
    assert.equal(await status({ validity_period: 'soon' }), commandStatus.ESME_RINVEXPIRY)
    assert.equal(await status({ short_message: Buffer.alloc(0) }), commandStatus.ESME_RINVMSGLEN)
    const replace = await esme.session.request({ command: 'replace_sm', message_id: '1' })
    assert.ok(replace.command !== 'none' && replace.status === commandStatus.ESME_RREPLACEFAIL)
    const cancel = await esme.session.request({ command: 'cancel_sm', message_id: '12345' })
    assert.ok(cancel.command !== 'none' && cancel.status === commandStatus.ESME_RINVMSGID)
  })

  await t.test('a scheduled message is cancelled, and its receipt says so', async () => {
    const { id } = await submit(esme, place, { schedule_delivery_time: '000000010000000R' })
    const cancel = await esme.session.request({ command: 'cancel_sm', message_id: id })
    assert.ok(cancel.command !== 'none' && cancel.status === 0)
    assert.equal(receiptOf(await esme.next()).stat, 'DELETED')
  })

  await t.test('segments become one message, and each has its receipt', async () => {
    const parts = [1, 2].map((part) =>
      Buffer.concat([Buffer.from([5, 0, 3, 9, 2, part]), Buffer.from(part === 1 ? 'First, ' : 'second.')]),
    )
    const ids: string[] = []
    for (const short_message of parts.toReversed()) {
      const { status, id } = await submit(esme, place, { esm_class: 0x40, short_message, destination_addr: '13105550150' })
      assert.equal(status, 0)
      ids.push(id)
    }
    const receipts = [receiptOf(await esme.next()), receiptOf(await esme.next())]
    assert.deepEqual(receipts.map(({ id }) => id).toSorted(), ids.toSorted())
    const { items } = await place.api('GET', '/handsets/%2B13105550150/messages')
    assert.equal(items[0].text, 'First, second.')
  })

  await t.test('many recipients under one id', async () => {
    const answer = await esme.session.request({
      command: 'submit_multi',
      source_addr_ton: 1,
      source_addr: place.from.slice(1),
      registered_delivery: 1,
      short_message: Buffer.from('All of you'),
      dest_address: [
        { dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: '13105550101' },
        { dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: '12' },
        { dl_name: 'friends' },
      ],
    })
    assert.ok(answer.command === 'submit_multi_resp' && answer.status === 0)
    assert.deepEqual(
      answer.unsuccess_sme.map(({ destination_addr, error_status_code }) => [destination_addr, error_status_code]),
      [
        ['12', commandStatus.ESME_RINVDSTADR],
        ['friends', commandStatus.ESME_RINVDLNAME],
      ],
    )
    assert.equal(receiptOf(await esme.next()).id, answer.message_id)
  })

  await t.test('what comes in on a number is told, and long texts in segments', async () => {
    const handset = '/handsets/%2B447400555555/messages'
    await place.api('POST', handset, { to: place.from, text: 'Ahoy €' })
    const inbound = await esme.next()
    assert.deepEqual([inbound.esm_class, inbound.source_addr, inbound.destination_addr], [0, '447400555555', place.from.slice(1)])
    await place.api('POST', handset, { to: place.from, text: 'Ж'.repeat(100) })
    const [one, two] = [await esme.next(), await esme.next()]
    assert.deepEqual([one.esm_class, one.data_coding, two.esm_class], [0x40, 8, 0x40])
    assert.equal(one.short_message.length + two.short_message.length, 200 + 12)
  })
})

const unacknowledged = async (t: TestContext, signal: NodeJS.Signals, more: Record<string, string> = {}): Promise<void> => {
  const place = await openPlace(t, newFolder(), true, more)
  const transmitter = await bind(t, place, 'bind_transmitter')
  const { id } = await submit(transmitter, place)
  const deaf = await bind(t, place, 'bind_receiver')
  assert.equal(receiptOf(await deaf.next(false)).id, id)
  deaf.session.close()
  place.program.child.kill(signal)
  await place.program.ended
  const again = await openPlace(t, place.data, false, more)
  const receiver = await bind(t, again, 'bind_receiver')
  assert.equal(receiptOf(await receiver.next()).id, id)
  const other = await submit(await bind(t, again, 'bind_transmitter'), again)
  // At least once: who was killed may tell the first one again.
  let last = receiptOf(await receiver.next()).id
  while (last === id) last = receiptOf(await receiver.next()).id
  assert.equal(last, other.id)
}

test('what a bind did not acknowledge is told to the next one, also after kill -9', (t) => unacknowledged(t, 'SIGKILL'))

// Ended in order: what a killed node held is free only when its leases run out.
test('and so on PostgreSQL', async (t) => {
  const cluster = await sharedCluster()
  await unacknowledged(t, 'SIGTERM', { OFFHOOK_DATABASE: await cluster.newDatabase() })
})

test('who may not bind', async (t) => {
  const place = await openPlace(t)
  const statusOf = async (more: object): Promise<number | undefined> => {
    const dialled = await dial({
      host: '127.0.0.1',
      port: place.port,
      bind: { command: 'bind_transceiver', system_id: place.systemId, password: place.password, ...more },
      session: { clock: systemClock },
      hooks: {},
    })
    if (!dialled.session) return dialled.status
    t.after(() => dialled.session.close())
    return 0
  }
  assert.equal(await statusOf({ password: 'wrong' }), commandStatus.ESME_RINVPASWD)
  assert.equal(await statusOf({ system_id: 'nobody' }), commandStatus.ESME_RINVPASWD)
  const key = async (detail: object) => {
    const { publicId, secret } = await place.api('POST', '/keys', { face: 'smpp', detail })
    return { system_id: publicId, password: secret }
  }
  assert.notEqual(await statusOf(await key({ allowedSources: '10.0.0.0/8' })), 0)
  const single = await key({ maxBinds: 1 })
  assert.equal(await statusOf(single), 0)
  assert.notEqual(await statusOf(single), 0)
})

test('what a key says of its binds is checked when it is said, and holds at once', async (t) => {
  const place = await openPlace(t)
  const refusedFields = async (detail: object): Promise<string[]> => {
    const answer = await fetch(`${place.program.url}/v1/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${place.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ face: 'smpp', detail }),
    })
    const { errors } = (await answer.json()) as { errors: { params: { parameter: string } }[] }
    assert.equal(answer.status, 400)
    return errors.map(({ params }) => params.parameter)
  }
  // A list that nobody can read must not mean everywhere.
  for (const allowedSources of ['10.0.0.0/8, 192.0.2.1', '10.0.0.0/99', '10.0.0', '10.0.0.1,', 5])
    assert.deepEqual(await refusedFields({ allowedSources }), ['detail.allowedSources'], String(allowedSources))
  assert.deepEqual(await refusedFields({ throughput: 'much', window: 0, speed: 1 }), [
    'detail.speed',
    'detail.window',
    'detail.throughput',
  ])

  const { id, publicId, secret } = await place.api('POST', '/keys', {
    face: 'smpp',
    detail: { allowedSources: '127.0.0.0/8', throughput: 3 },
  })
  const esme = await bind(t, place, 'bind_transceiver', { system_id: publicId, password: secret })
  const beganMs = Date.now()
  const statuses = await Promise.all(Array.from({ length: 8 }, () => submit(esme, place)))
  const taken = statuses.filter(({ status }) => status === 0).length
  // Two seconds may be touched, and on a busy machine more.
  const seconds = Math.floor(Date.now() / 1000) - Math.floor(beganMs / 1000) + 1
  assert.ok(taken >= 3 && taken <= 3 * Math.max(2, seconds), `${taken} were taken in ${seconds} s`)
  for (const { status } of statuses) if (status !== 0) assert.equal(status, commandStatus.ESME_RTHROTTLED)
  await place.api('PATCH', `/keys/${id}`, { detail: { allowedSources: '10.0.0.0/8' } })
  assert.equal((await esme.session.closed).cause, 'peer_unbound')
})

test('a bind of a small window is told to wait', async (t) => {
  const place = await openPlace(t)
  const { publicId, secret } = await place.api('POST', '/keys', { face: 'smpp', detail: { window: 2 } })
  const esme = await bind(t, place, 'bind_transceiver', { system_id: publicId, password: secret })
  const statuses = (await Promise.all(Array.from({ length: 20 }, () => submit(esme, place)))).map(({ status }) => status)
  assert.ok(statuses.includes(0) && statuses.includes(commandStatus.ESME_RTHROTTLED), statuses.join())
  assert.equal((await submit(esme, place)).status, 0)
})
