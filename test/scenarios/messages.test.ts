// The life of a message through the native API, over the pretend network: sent, scheduled, called back, refused, ended, told.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House } from '../house.ts'
import { until } from '../until.ts'

onBothEngines('messages', (bench) => {
  let house: House
  let from = ''

  const ask = (method: string, path: string, body?: unknown, key = house.sandbox.key, headers: Record<string, string> = {}) =>
    house.ask(method, path, { key, headers, ...(body !== undefined && { body }) })
  const good = async (method: string, path: string, body?: unknown, key?: string): Promise<any> => {
    const told = await ask(method, path, body, key)
    assert.ok(told.status < 300, `${method} ${path}: ${told.text}`)
    return told.json
  }
  const refused = async (reason: string, body: object) => {
    const told = await ask('POST', '/messages', { from, to: '+13105550101', text: 'Hello', ...body })
    assert.equal(told.json.reason, reason, told.text)
    assert.ok(told.status >= 400 && told.status === told.json.status, `${reason} is answered with ${told.status}`)
    return told.json
  }
  const send = (body: object) => good('POST', '/messages', { from, to: '+13105550101', text: 'Hello', ...body })
  /** The message once it has come to its end; a test that never sees it fails by its own time. */
  const ended = (id: string): Promise<any> =>
    until(
      () => good('GET', `/messages/${id}`),
      ({ final }) => final,
    )
  const kinds = async (id: string) =>
    (await good('GET', `/messages/${id}/timeline`)).items
      .filter(({ what }: any) => what === 'happening')
      .map(({ kind }: any) => kind)
  const settings = (change: object) =>
    good(
      'PATCH',
      `/accounts/${house.ids.show('account', house.sandbox.caller.account.id)}`,
      { settings: change },
      house.operator.key,
    )

  test('what is sent before the carriers are open waits, and goes when they are', { timeout: 60_000 }, async () => {
    house = await openHouse(await bench.open())
    from = (await good('POST', '/numbers', { country: 'US', type: 'local' })).items[0].number
    const waiting = await send({ reference: 'order-1' })
    assert.deepEqual([waiting.state, waiting.final, waiting.reference, waiting.segments], ['queued', false, 'order-1', 1])
    await house.openCarriers()
    const message = await ended(waiting.id)
    assert.deepEqual([message.state, message.attempts, message.reason], ['delivered', 1, null])
    assert.deepEqual(await kinds(waiting.id), ['created', 'sent', 'delivered'])
  })

  test('the pretend network tells why a message did not arrive', { timeout: 60_000 }, async () => {
    const ends: readonly (readonly [string, string, string | null])[] = [
      ['02', 'undelivered', 'message.unknown_error'],
      ['03', 'expired', 'message.handset_unreachable'],
      ['05', 'delivered', null],
      ['07', 'undelivered', 'message.handset_unknown'],
      ['08', 'undelivered', 'message.landline'],
      ['10', 'undelivered', 'message.blocked'],
      ['11', 'failed', 'message.carrier_violation'],
      ['13', 'delivered', null],
      ['15', 'undelivered', 'message.handset_unreachable'],
      ['18', 'failed', 'message.recipient_invalid'],
    ]
    for (const [digits, state, slug] of ends) {
      const { id } = await send({ to: `+131055501${digits}` })
      const message = await ended(id)
      assert.equal(message.state, state, `${digits}: ${JSON.stringify(message.reason)}`)
      if (slug !== null) assert.equal(message.reason.slug, slug, digits)
      if (state !== 'delivered') {
        assert.ok(message.reason.cause, `${digits}: the network's own words`)
        assert.ok(message.reason.fault && message.reason.retry && message.reason.remedy)
        const told = await good('GET', `/refusals/${message.errorId}`)
        assert.equal(told.reason, message.reason.slug, `${digits}: found by its error id`)
      }
    }
  })

  test(
    'its timeline says who asked for what, and which carrier was chosen; no id is told as it is inside',
    { timeout: 60_000 },
    async () => {
      const { id } = await send({ to: '+13105550107', priority: 'high', reference: 'order-7' })
      const message = await ended(id)
      const { items } = await good('GET', `/messages/${id}/timeline`)
      const [request, created] = items
      assert.deepEqual([request.what, request.kind, created.kind], ['request', 'sms', 'created'])
      const { from: asker, to, priority, reference, report } = request.data
      assert.deepEqual([asker, to, priority, reference, report], [from, '+13105550107', 'high', 'order-7', 'wanted'])
      assert.equal(request.data.validUntil, message.validUntil)
      assert.deepEqual(request.actor, created.actor)
      assert.deepEqual(
        [request.actor.face, request.actor.userId.slice(0, 4), request.actor.keyId.slice(0, 4)],
        ['api', 'usr_', 'key_'],
      )
      assert.deepEqual(created.data, { state: 'queued', carrierId: message.carrierId })
      const end = items.find(({ kind }: any) => kind === 'undelivered')
      assert.equal(end.data.reason.slug, 'message.handset_unknown')
      assert.equal(end.data.errorId, message.errorId)
      // What happens to other messages may come in between.
      const audit = (await good('GET', '/audit?limit=100')).items.filter(({ nounId }: any) => nounId === id)
      assert.equal(audit.find(({ kind }: any) => kind === 'sent').data.carrierId, message.carrierId)
      // Ids inside have 15 digits or more; moments in ms have 13.
      assert.doesNotMatch(JSON.stringify([items, audit]), /[:,[]\d{15,}[,}\]]/)
    },
  )

  test('a long text is counted and paid by the segment; its receipts make one end', { timeout: 60_000 }, async () => {
    const one = await send({ text: 'a'.repeat(160) })
    const two = await send({ text: 'a'.repeat(161) })
    const wide = await send({ text: '\u4f60'.repeat(71) })
    assert.deepEqual([one.segments, two.segments, wide.segments], [1, 2, 2])
    assert.deepEqual([one.coding, wide.coding], ['gsm7', 'ucs2'])
    assert.equal(two.priceMicro, 2 * one.priceMicro)
    for (const { id } of [one, two, wide]) assert.equal((await ended(id)).state, 'delivered')
    assert.ok((await kinds(two.id)).includes('receipt'), 'the first of two receipts is told, and ends nothing')
  })

  test('scheduled: it waits, it can be called back, it goes when it is time', { timeout: 60_000 }, async () => {
    const sendAt = new Date(house.clock.nowMs() + 3_600_000).toISOString()
    const first = await send({ sendAt })
    const second = await send({ sendAt })
    assert.deepEqual([first.state, first.sendAt], ['scheduled', sendAt])
    const canceled = await good('POST', `/messages/${first.id}/cancel`)
    assert.deepEqual([canceled.state, canceled.final, canceled.reason.slug], ['canceled', true, 'message.canceled_by_request'])
    assert.equal((await ask('POST', `/messages/${first.id}/cancel`)).json.reason, 'message.state_invalid')
    house.forward(3_600_000)
    assert.equal((await ended(second.id)).state, 'delivered')
    assert.equal((await good('GET', `/messages/${first.id}`)).state, 'canceled')
  })

  test('a message of no more use expires, and says so', { timeout: 60_000 }, async () => {
    const now = house.clock.nowMs()
    const { id } = await send({ to: '+13105550114', validUntil: new Date(now + 600_000).toISOString() })
    await good('GET', `/messages/${id}`)
    house.forward(700_000)
    const message = await ended(id)
    assert.ok(['expired', 'failed'].includes(message.state), message.state)
    assert.ok(['message.validity_expired', 'message.carrier_throttled'].includes(message.reason.slug), message.reason.slug)
  })

  test('without a receipt the end is that nobody knows', { timeout: 60_000 }, async () => {
    const { id } = await send({ to: '+13105550106' })
    await until(
      () => good('GET', `/messages/${id}`),
      ({ state }) => state === 'sent',
    )
    house.forward(4 * 86_400_000)
    const message = await ended(id)
    assert.deepEqual(
      [message.state, message.reason.slug, message.reason.fault],
      ['unconfirmed', 'message.delivery_timeout', 'unknown'],
    )
  })

  test('what may not be sent is refused with why', { timeout: 60_000 }, async () => {
    await refused('message.recipient_invalid', { to: '12' })
    await refused('message.sender_invalid', { from: '' })
    await refused('message.sender_not_owned', { from: '+13105550101', to: '+13105550102' })
    await refused('message.sender_barred', { from: 'Shop' })
    for (const text of [' \n', '\u200b\u200d']) await refused('message.empty', { text })
    await refused('message.content_unencodable', { coding: 'gsm7', text: '\u4f60' })
    await refused('message.same_sender_and_recipient', { to: from })
    await refused('message.media_required', { kind: 'mms' })
    await refused('message.price_exceeds_maximum', { maxPriceMicro: 1 })
    await refused('message.date_malformed', { validUntil: '2020-01-01T00:00:00Z' })
    await settings({ features: ['sms'] })
    await refused('feature.not_enabled', { kind: 'flash' })
    await refused('feature.not_enabled', {})
    await settings({ features: ['sms', 'mms', 'us_sms', 'flash_sms', 'alphanumeric_sender', 'international_sms'] })
    await settings({ messages: { usCampaigns: true } })
    await refused('message.campaign_missing', {})
    await settings({ messages: { usCampaigns: false } })
  })

  test('a short code is assigned by the operator, and sends and receives like a number', { timeout: 60_000 }, async () => {
    const code = { number: '24365', form: 'short' }
    assert.equal((await ask('POST', '/sip-numbers', code)).json.reason, 'permission.missing')
    await refused('message.sender_not_owned', { from: '24365' })
    const account = house.ids.show('account', house.sandbox.caller.account.id)
    const made = await house.ask('POST', '/sip-numbers', { key: house.operator.key, account, body: code })
    assert.equal(made.status, 201, made.text)
    const { id } = await send({ from: '24365' })
    assert.equal((await ended(id)).state, 'delivered')
    await good('POST', '/handsets/+13105550101/messages', { to: '24365', text: 'Hi' })
    const [inbound] = (await good('GET', '/messages?direction=in&limit=1')).items
    assert.deepEqual([inbound.from, inbound.to, inbound.text], ['+13105550101', '24365', 'Hi'])
  })

  test('a key sends once, however often it is asked; another wish under it is refused', { timeout: 60_000 }, async () => {
    const headers = { 'idempotency-key': 'once-only' }
    const body = { from, to: '+13105550101', text: 'Once' }
    const first = await ask('POST', '/messages', body, undefined, headers)
    const again = await ask('POST', '/messages', body, undefined, headers)
    assert.equal(first.status, 201, first.text)
    assert.equal(again.json.id, first.json.id)
    const message = await ended(first.json.id)
    assert.equal(message.attempts, 1)
    assert.deepEqual(await kinds(first.json.id), ['created', 'sent', 'delivered'])
    const other = await ask('POST', '/messages', { ...body, text: 'Twice' }, undefined, headers)
    assert.equal(other.json.reason, 'request.idempotency_key_reused')
  })

  test('a batch tells accepted and refused apart', { timeout: 60_000 }, async () => {
    const { batch, items } = await good('POST', '/message-batches', {
      reference: 'spring',
      messages: [
        { from, to: '+13105550101', text: 'One' },
        { from, to: '12', text: 'Two' },
        { from, to: '+13105550102', text: 'Three' },
      ],
    })
    assert.deepEqual([batch.accepted, batch.rejected, batch.reference], [2, 1, 'spring'])
    assert.equal(items[1].message, null)
    assert.equal(items[1].refused.slug, 'message.recipient_invalid')
    for (const { message } of [items[0], items[2]]) assert.equal((await ended(message.id)).batchId, batch.id)
    const listed = await good('GET', `/messages?batch=${batch.id}`)
    assert.equal(listed.items.length, 2)
    assert.deepEqual(await good('GET', `/message-batches/${batch.id}`), batch)
  })

  test('the queue of a sender is bounded, and says so before it accepts', { timeout: 60_000 }, async () => {
    await settings({ limits: { queuedPerSender: 2 } })
    const sendAt = new Date(house.clock.nowMs() + 86_400_000).toISOString()
    const held = [await send({ sendAt }), await send({ sendAt })]
    const told = await refused('message.queue_full', { sendAt })
    assert.equal(told.status, 429)
    for (const { id } of held) await good('POST', `/messages/${id}/cancel`)
    await settings({ limits: { queuedPerSender: 1000 } })
    assert.equal((await send({ sendAt })).state, 'scheduled', 'what was called back has left the queue')
  })

  test('a pace holds back what is too much, and loses nothing', { timeout: 60_000 }, async () => {
    await settings({ limits: { senderPerSecond: 5 } })
    const sent = [await send({}), await send({}), await send({})]
    assert.deepEqual(
      sent.map(({ state }: any) => state),
      ['queued', 'scheduled', 'scheduled'],
    )
    assert.equal(sent[1].reason.slug, 'message.paced')
    for (const { id } of sent) assert.equal((await ended(id)).state, 'delivered')
    await settings({ limits: { senderPerSecond: 0 } })
  })

  test('credit is held, charged once it is sent, given back when it is not', { timeout: 60_000 }, async () => {
    const balance = async () => (await good('GET', '/balance')) as { balanceMicro: number; heldMicro: number }
    const before = await balance()
    const sendAt = new Date(house.clock.nowMs() + 86_400_000).toISOString()
    const held = await send({ sendAt })
    assert.equal((await balance()).heldMicro - before.heldMicro, held.priceMicro)
    await good('POST', `/messages/${held.id}/cancel`)
    assert.equal((await balance()).heldMicro, before.heldMicro)
    const sent = await send({})
    await ended(sent.id)
    const after = await balance()
    assert.deepEqual([before.balanceMicro - after.balanceMicro, after.heldMicro], [sent.priceMicro, before.heldMicro])
  })

  test('a text is taken away, a message deleted; what is under way is not', { timeout: 60_000 }, async () => {
    const { id } = await send({ text: 'secret' })
    await ended(id)
    const redacted = await good('POST', `/messages/${id}/redact`)
    assert.deepEqual([redacted.text, redacted.state], ['', 'delivered'])
    assert.equal((await ask('DELETE', `/messages/${id}`)).status, 204)
    assert.equal((await ask('GET', `/messages/${id}`)).json.reason, 'resource.not_found')
    const open = await send({ sendAt: new Date(house.clock.nowMs() + 86_400_000).toISOString() })
    assert.equal((await ask('DELETE', `/messages/${open.id}`)).json.reason, 'message.state_invalid')
  })

  test('nothing of all this was a fault of ours', () => {
    assert.deepEqual(house.faults, [])
  })
})
