// The life of a number on both engines: held, bought with a term, run out, renewed, gone back; and what its place asks for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House } from '../house.ts'
import { expireNumbersLoop } from '#numbers/expire-numbers.ts'
import { graceMs } from '#numbers/terms.ts'

onBothEngines('numbers', (bench) => {
  let house: House
  let key: string

  const ask = async (method: string, path: string, body?: object, as = key) =>
    (await house.ask(method, path, { key: as, ...(body && { body }) })).json
  const operate = (method: string, path: string, body?: object) => ask(method, path, body, house.operator.key)
  /** The loop as it runs when that much time has passed. */
  const expireAfter = (ms: number) =>
    expireNumbersLoop.do({ store: house.store, clock: { ...house.clock, nowMs: () => house.clock.nowMs() + ms } })

  test('an account', async () => {
    house = await openHouse(await bench.open())
    const account = (await operate('POST', '/accounts', { name: 'Renter' })).id as string
    const asked = { key: house.operator.key, account }
    key = (await house.ask('POST', '/keys', { ...asked, body: { name: 'its own' } })).json.key
    assert.ok(key)
  })

  test('a number that is held is nobody else’s to buy, and its holder’s to have', async () => {
    const held = await ask('POST', '/number-reservations', { country: 'CA', quantity: 3 })
    assert.equal(held.items.length, 3)
    assert.equal(held.items[0].status, 'reserved')
    const [{ number }] = held.items
    assert.equal((await operate('POST', '/numbers', { number })).reason, 'number.not_available')
    const free = await operate('GET', '/available-numbers?country=CA')
    assert.equal(free.items.length, 7)
    assert.equal((await operate('GET', `/number-reservations/${held.id}`)).reason, 'resource.not_found')
    assert.equal((await operate('DELETE', `/number-reservations/${held.id}`)).reason, 'resource.not_found')
    const bought = await ask('POST', '/numbers', { reservationId: held.id })
    assert.deepEqual(
      bought.items.map((one: { number: string }) => one.number),
      held.items.map((one: { number: string }) => one.number),
    )
    assert.equal((await ask('GET', `/number-reservations/${held.id}`)).reason, 'resource.not_found', 'it is used up')
  })

  test('of many who want the last numbers each gets its own, or is told', async () => {
    const wanted = Array.from({ length: 12 }, () => ask('POST', '/number-reservations', { country: 'CA' }))
    const told = await Promise.all(wanted)
    const held = told.filter((one) => one.id !== undefined)
    assert.equal(new Set(held.map((one) => one.items[0].number)).size, held.length)
    assert.ok(held.length > 0 && held.length <= 7, `${held.length}`)
    for (const one of told) if (!one.id) assert.match(one.reason, /^number\.(not_available|out_of_stock)$/)
    for (const { id } of held) assert.deepEqual(await ask('DELETE', `/number-reservations/${id}`), { done: true })
    assert.equal((await operate('GET', '/available-numbers?country=CA')).items.length, 7)
  })

  test('a term runs out, is renewed, runs out again, and the number goes back', async () => {
    const [bought] = (await ask('POST', '/numbers', { country: 'GB', region: 'Leeds', months: 1 })).items
    assert.equal(bought.status, 'active')
    assert.equal(await expireAfter(0), 0)
    assert.equal(await expireAfter(32 * 24 * 3_600_000), 1, 'after a month')
    assert.equal((await ask('GET', `/numbers/${bought.id}`)).status, 'expired')
    assert.equal((await ask('POST', `/numbers/${bought.id}/services`, { service: 'x' })).reason, 'number.expired')
    assert.equal((await ask('PUT', `/numbers/${bought.id}/active`, { active: true })).reason, 'number.expired')
    const renewed = await ask('POST', `/numbers/${bought.id}/renewals`, { months: 2 })
    assert.equal(renewed.status, 'active')
    assert.equal(await expireAfter(32 * 24 * 3_600_000), 0, 'there are three months now')
    await expireAfter(100 * 24 * 3_600_000)
    await expireAfter(100 * 24 * 3_600_000 + graceMs)
    assert.equal((await ask('GET', `/numbers/${bought.id}`)).reason, 'number.not_found')
    assert.equal((await operate('GET', `/numbers/by-number/${encodeURIComponent(bought.number)}`)).reason, 'number.not_occupied')
    const kinds = (await ask('GET', '/audit?limit=200')).items.filter((one: { nounId: string }) => one.nounId === bought.id)
    assert.deepEqual(kinds.map((one: { kind: string }) => one.kind).toReversed(), [
      'bought',
      'expired',
      'renewed',
      'expired',
      'released',
    ])
  })

  test('a number that renews itself goes on by a month while it can be paid', async () => {
    const monthMs = 32 * 24 * 3_600_000
    // Enough for two months of a number that costs 1 USD.
    const { id: accountId } = await operate('POST', '/accounts', { name: 'Payer' })
    assert.equal((await operate('POST', '/balances', { accountId })).balanceMicro, 0)
    const topup = { accountId, kind: 'topup', amountMicro: 2_500_000, currency: 'USD' }
    assert.equal((await operate('POST', '/credit-transfers', topup)).balanceMicro, 2_500_000)
    const asked = { key: house.operator.key, account: accountId as string }
    const owner = (await house.ask('POST', '/keys', { ...asked, body: { name: 'its own' } })).json.key as string
    const wanted = { country: 'GB', region: 'London', months: 1, detail: { renews: true } }
    const [bought] = (await ask('POST', '/numbers', wanted, owner)).items
    const read = async () => ask('GET', `/numbers/${bought.id}`, undefined, owner)
    assert.equal(await expireAfter(monthMs), 0)
    const { status, expiresAt } = await read()
    assert.equal(status, 'active')
    assert.ok(Date.parse(expiresAt) > Date.parse(bought.expiresAt) + 27 * 24 * 3_600_000)
    assert.equal(await expireAfter(2 * monthMs), 1, 'the third month cannot be paid')
    assert.equal((await read()).status, 'expired')
    const refused = await ask('POST', `/numbers/${bought.id}/renewals`, { months: 1 }, owner)
    assert.equal(refused.reason, 'credit.insufficient')
    assert.equal((await ask('GET', '/balance', undefined, owner)).balanceMicro, 500_000)
  })

  test('what the operator blocks serves nobody and stays blocked', async () => {
    const [bought] = (await ask('POST', '/numbers', { country: 'GB', region: 'Leeds' })).items
    const block = `/number-blocks/${encodeURIComponent(bought.number)}`
    assert.equal((await ask('PUT', block)).reason, 'permission.missing')
    assert.equal((await operate('PUT', block)).status, 'blocked')
    assert.equal((await ask('PUT', `/numbers/${bought.id}/messaging`, { enabled: true })).reason, 'number.blocked')
    assert.equal((await ask('PUT', `/numbers/${bought.id}/active`, { active: true })).reason, 'number.blocked')
    assert.deepEqual(await ask('DELETE', `/numbers/${bought.id}`), { done: true })
    assert.equal((await ask('POST', '/numbers', { number: bought.number })).reason, 'number.not_available')
    assert.equal((await operate('DELETE', block)).status, 'available')
  })

  test('a place asks for an address; the operator’s rule goes before what the platform knows', async () => {
    const berlin = { country: 'DE', region: 'Berlin' }
    assert.equal((await ask('POST', '/numbers', berlin)).reason, 'address.required')
    const home = { name: 'Home', holder: 'Somebody', country: 'DE', region: 'berlin', street: '1 Street' }
    const address = await ask('POST', '/addresses', home)
    assert.equal((await ask('POST', '/addresses', home)).reason, 'resource.value_not_unique')
    const away = await ask('POST', '/addresses', { ...home, name: 'Away', country: 'FR', region: 'Lyon' })
    assert.equal((await ask('POST', '/numbers', { ...berlin, addressId: away.id })).reason, 'address.incompatible')
    const [bought] = (await ask('POST', '/numbers', { ...berlin, addressId: address.id })).items
    assert.equal(bought.addressId, address.id)
    assert.equal((await ask('DELETE', `/addresses/${address.id}`)).reason, 'resource.in_use')
    assert.equal((await ask('PATCH', `/addresses/${address.id}`, { region: 'Bonn' })).reason, 'resource.in_use')
    assert.equal((await ask('PATCH', `/addresses/${address.id}`, { street: '2 Street' })).street, '2 Street')
    await operate('PUT', '/number-rules', { country: 'DE', type: 'local', region: 'Berlin', address: 'none' })
    assert.equal((await ask('POST', '/numbers', berlin)).items.length, 1)
    assert.deepEqual(await ask('DELETE', `/addresses/${away.id}`), { done: true })
  })

  test('what is not known of a place is told by its level', async () => {
    const why = async (body: object) => {
      const { reason, params } = await ask('POST', '/numbers', body)
      return [reason, params?.level ?? params?.cause]
    }
    assert.deepEqual(await why({ country: 'AQ' }), ['number.area_unknown', 'country'])
    assert.deepEqual(await why({ country: 'US', type: 'local', state: 'Ohio' }), ['number.area_unknown', 'state'])
    assert.deepEqual(await why({ country: 'US', state: 'Arkansas', region: 'Ozark' }), ['number.area_unknown', 'region'])
    assert.deepEqual(await why({ country: 'US', type: 'tollfree', state: 'Ohio' }), ['number.state_not_applicable', 'type'])
    assert.deepEqual(await why({ country: 'GB', type: 'local', state: 'Kent' }), ['number.state_not_applicable', 'country'])
  })

  test('messaging is set within what the number can do, with the campaign it belongs to', async () => {
    const [us] = (await ask('POST', '/numbers', { country: 'US', type: 'local', region: 'San Francisco' })).items
    assert.partialDeepStrictEqual(us.messaging, { sms: true, mms: true, campaignId: null, campaignExpiresAt: null })
    const set = `/numbers/${us.id}/messaging`
    const campaign = { campaignId: 'C1X2', campaignExpiresAt: '2030-01-01T00:00:00.000Z' }
    assert.partialDeepStrictEqual((await ask('PUT', set, { ...campaign, mms: false })).messaging, {
      sms: true,
      mms: false,
      ...campaign,
    })
    assert.partialDeepStrictEqual((await ask('PUT', set, { enabled: false })).messaging, { sms: false, mms: false, ...campaign })
    await ask('PATCH', `/numbers/${us.id}`, { detail: { usage: 'main' } })
    assert.equal((await ask('GET', `/numbers/${us.id}`)).messaging.campaignId, 'C1X2', 'another setting leaves it alone')
    const [tollfree] = (await ask('POST', '/numbers', { country: 'US', type: 'tollfree' })).items
    assert.equal((await ask('PUT', `/numbers/${tollfree.id}/messaging`, { enabled: true })).reason, 'number.type_invalid')
  })

  test('the numbering plan says what stock is', async () => {
    const stock = (numbers: string[], more: object = {}) => operate('POST', '/number-stock', { numbers, ...more })
    assert.equal((await stock(['+448001111111'], { type: 'local' })).reason, 'number.type_invalid')
    assert.deepEqual(await stock(['+448001111111']), { added: 1 })
    const [known] = (await ask('GET', '/available-numbers?number=%2B448001111111')).items
    assert.deepEqual([known.country, known.type, known.region], ['GB', 'tollfree', '800'])
    assert.equal((await stock(['+44'])).reason, 'number.invalid')
  })

  test('nothing of all this was a fault of ours', () => assert.deepEqual(house.faults, []))
})
