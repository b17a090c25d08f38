// Consent and privacy through the native API: who wants no messages, what is answered, when it is quiet, how long things are
// kept, what is known about a person and how that is forgotten.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { erasuresLoop } from '#messaging/erase-persons.ts'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House } from '../house.ts'

onBothEngines('consent', (bench) => {
  let house: House
  const ask = async (method: string, path: string, body?: unknown, key = house.sandbox.key) =>
    house.ask(method, path, { key, ...(body !== undefined && { body }) })
  const good = async (method: string, path: string, body?: unknown, key?: string): Promise<any> => {
    const told = await ask(method, path, body, key)
    assert.ok(told.status < 300, `${method} ${path}: ${told.text}`)
    return told.json
  }
  const refused = async (reason: string, method: string, path: string, body?: unknown) =>
    assert.equal((await ask(method, path, body)).json.reason, reason, path)

  test('opt-outs: noted once, listed by page, exported, lifted', async () => {
    house = await openHouse(await bench.open())
    const made = await good('POST', '/opt-outs', { to: '+1 (212) 555-0101', from: 'Shop, the "' })
    assert.deepEqual([made.to, made.from, made.origin], ['+12125550101', 'Shop, the "', 'api'])
    assert.deepEqual(await good('POST', '/opt-outs', { to: '+12125550101', from: 'Shop, the "' }), made)
    await good('POST', '/opt-outs', { to: '+12125550102' })
    await good('POST', '/opt-outs', { to: '+12125550103', from: '24365' })
    const first = await good('GET', '/opt-outs?limit=2')
    const second = await good('GET', `/opt-outs?limit=2&after=${first.next}`)
    assert.deepEqual(
      [...first.items, ...second.items].map(({ to, from }: any) => `${to} ${from}`),
      ['+12125550101 Shop, the "', '+12125550102 *', '+12125550103 24365'],
    )
    assert.equal(second.next, null)
    assert.equal((await good('GET', '/opt-outs?from=24365')).items.length, 1)
    assert.equal((await good('GET', '/opt-outs?to=%2B12125550102')).items.length, 1)
    const { csv, next } = await good('GET', '/opt-outs/export?limit=1')
    assert.match(csv, /^to,from,origin,at\r\n\+12125550101,"Shop, the """,api,\d{4}-.*Z\r\n$/)
    const rest = await good('GET', `/opt-outs/export?after=${next}`)
    assert.match(rest.csv, /^\+12125550102,\*,api,/)
    await good('DELETE', '/opt-outs/%2B12125550102/*')
    await refused('resource.not_found', 'DELETE', '/opt-outs/%2B12125550102/*')
    await refused('number.invalid', 'POST', '/opt-outs', { to: '12' })
    await refused('request.cursor_invalid', 'GET', '/opt-outs?after=xx')
  })

  test('an account sets its quiet hours, answers and retention; its bounds are set from above', async () => {
    const account = house.ids.show('account', house.sandbox.caller.account.id)
    const settings = async (change: object, key?: string) =>
      (await good('PATCH', `/accounts/${account}`, { settings: change }, key)).settings
    const quietHours = { from: '22:00', to: '08:00', zone: 'recipient', kinds: ['sms'], meanwhile: 'hold' }
    assert.deepEqual((await settings({ quietHours })).quietHours, quietHours)
    await settings({ answers: { help: 'Call us.' } })
    const { answers, retentionDays } = await settings({ answers: { enabled: false }, retentionDays: { texts: 30 } })
    assert.deepEqual(answers, { enabled: false, help: 'Call us.' }, 'members are joined')
    assert.equal(retentionDays.texts, 30)
    assert.equal((await settings({ quietHours: null })).quietHours, null)
    const path = `/accounts/${account}`
    await refused('request.parameter_invalid', 'PATCH', path, { settings: { quietHours: { ...quietHours, from: '24:00' } } })
    await refused('permission.denied', 'PATCH', path, { settings: { safeDestinations: ['+1'] } })
    await refused('permission.denied', 'PATCH', path, { settings: { limits: { prefixPerHour: 10 } } })
    const bounded = await settings({ limits: { prefixPerHour: 10 }, safeDestinations: ['+1212'] }, house.operator.key)
    assert.deepEqual([bounded.limits.prefixPerHour, bounded.safeDestinations], [10, ['+1212']])
  })

  test('a person is shown and forgotten; the wish itself keeps no number', async () => {
    const phone = '+12125550177'
    await good('POST', '/contacts', { firstName: 'Ann', addresses: { phone } })
    await good('POST', '/opt-outs', { to: phone })
    const from = (await good('POST', '/numbers', { country: 'US', type: 'local' })).items[0].number
    const told = (await ask('POST', '/messages', { from, to: phone, text: 'x' })).json
    assert.deepEqual([told.reason, told.params.number], ['message.recipient_opted_out', phone])
    await house.store.noted()
    const shown = await good('POST', '/privacy/export', { phone })
    assert.deepEqual(shown.items.map(({ noun }: any) => noun).toSorted(), ['contact', 'opt_out', 'refusal'])
    assert.equal(shown.next, null)
    await refused('request.one_of_required', 'POST', '/privacy/export', {})
    await refused('request.parameters_exclusive', 'POST', '/privacy/erasures', { phone, email: 'a@example.com' })
    const wish = await good('POST', '/privacy/erasures', { phone })
    assert.deepEqual([wish.status, wish.kind], ['queued', 'phone'])
    await erasuresLoop.do({ store: house.store, clock: house.clock, key: house.key, cancelMessage: async () => undefined })
    assert.equal((await good('GET', `/privacy/erasures/${wish.id}`)).status, 'completed')
    assert.deepEqual((await good('POST', '/privacy/export', { phone })).items, [])
    const refusal = await good('GET', `/refusals/${told.errorId}`)
    assert.deepEqual([refusal.reason, refusal.params, refusal.errors, refusal.path], [told.reason, {}, [], ''])
    assert.ok(
      (await good('GET', '/refusals')).items.some(({ errorId }: any) => errorId === told.errorId),
      'listed all the same',
    )
    assert.equal((await good('GET', '/opt-outs?to=%2B12125550177')).items.length, 0, 'in force under its hash, and not shown')
    assert.doesNotMatch((await ask('GET', '/audit')).text, /12125550177/)
    const kept = await house.rowsOf([house.sandbox.caller.account.id])
    for (const [table, rows] of Object.entries(kept)) assert.doesNotMatch(rows.join(), /12125550177/, table)
  })
})
