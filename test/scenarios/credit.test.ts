// Credit as its users meet it: an operator who sells, an account that resells, numbers that cost, decks, packages and usage.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ledgerGaps } from '#store/transfer-rows.ts'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House } from '../house.ts'

const password = 'Correct-Horse-7'

onBothEngines('credit', (bench) => {
  let house: House
  let reseller: { account: string; key: string }
  let customer: string

  const operator = async (method: string, path: string, body?: object, status = method === 'POST' ? 201 : 200) => {
    const told = await house.ask(method, path, { key: house.operator.key, body })
    assert.equal(told.status, status, told.text)
    return told.json
  }
  const topUp = (accountId: string, amountMicro: number, currency = 'USD') =>
    operator('POST', '/credit-transfers', { accountId, kind: 'topup', amountMicro, currency })

  test('a reseller below the operator, with a customer below it', async () => {
    house = await openHouse(await bench.open())
    const account = (await operator('POST', '/accounts', { name: 'Reseller' })).id
    const login = 'reseller@example.com'
    const made = await house.ask('POST', '/users', {
      key: house.operator.key,
      account,
      body: { login, role: 'administrator', password },
    })
    assert.equal(made.status, 201, made.text)
    const { token } = (await house.ask('POST', '/sessions', { body: { login, password } })).json
    const { key } = (await house.ask('POST', '/keys', { key: token, body: { name: 'shop' } })).json
    reseller = { account, key }
    customer = (await house.ask('POST', '/accounts', { key, body: { name: 'Customer' } })).json.id
  })

  test('an account without a balance pays afterwards; with one above it, from that', async () => {
    const balanceOf = async (account?: string) => (await house.ask('GET', '/balance', { key: reseller.key, account })).json
    assert.deepEqual((await balanceOf()).kind, 'postpaid')
    await operator('POST', '/balances', { accountId: reseller.account, currency: 'USD', lowMicro: 1_000_000 })
    await topUp(reseller.account, 20_000_000)
    assert.deepEqual((await balanceOf()).availableMicro, 20_000_000)
    const shared = await balanceOf(customer)
    assert.deepEqual([shared.kind, shared.availableMicro, shared.currency], ['shared', null, 'USD'])
  })

  test('nobody makes credit for themselves, and what one gives leaves what one has', async () => {
    const { key, account } = reseller
    const give = (accountId: string, amountMicro: number, more: object = {}, headers = {}) =>
      house.ask('POST', '/credit-transfers', {
        key,
        headers,
        body: { accountId, kind: 'topup', amountMicro, currency: 'USD', ...more },
      })
    assert.equal((await give(account, 1)).json.reason, 'permission.denied')
    assert.equal((await give(customer, 1, { kind: 'adjustment' })).json.reason, 'permission.denied')
    assert.equal((await give(customer, 1)).json.reason, 'resource.not_found')
    assert.equal((await house.ask('POST', '/balances', { key, body: { accountId: customer } })).status, 201)
    const much = await give(customer, 20_000_001)
    assert.deepEqual([much.status, much.json.reason], [402, 'credit.insufficient'])
    assert.deepEqual(much.json.params, { requiredMicros: 20_000_001, balanceMicros: 20_000_000, currency: 'USD' })
    assert.equal((await give(customer, 1, { currency: 'EUR' })).json.reason, 'request.parameter_invalid')
    for (const amount of [0, -5]) assert.equal((await give(customer, amount)).status, 400)
    // The same key twice moves it once.
    const once = { 'idempotency-key': 'give-1' }
    const first = await give(customer, 5_000_000, {}, once)
    assert.deepEqual([first.status, first.json.availableMicro], [201, 5_000_000])
    assert.equal((await give(customer, 5_000_000, {}, once)).text, first.text)
    const own = (await house.ask('GET', '/balance', { key })).json
    assert.equal(own.availableMicro, 15_000_000)
    const { items } = (await house.ask('GET', '/credit-transfers', { key })).json
    assert.deepEqual(
      items.map(({ kind, amountMicro }: any) => [kind, amountMicro]),
      [
        ['allotment', -5_000_000],
        ['topup', 20_000_000],
      ],
    )
  })

  test('numbers are charged when they are bought, or nothing happens', async () => {
    const buy = (quantity: number) =>
      house.ask('POST', '/numbers', {
        key: reseller.key,
        account: customer,
        body: { country: 'US', type: 'local', region: 'San Francisco', quantity },
      })
    const refused = await buy(6)
    assert.deepEqual([refused.status, refused.json.reason], [402, 'credit.insufficient'])
    assert.match(refused.json.detail, /6\.00 USD are needed, 5\.00 USD are there/)
    assert.equal((await house.ask('GET', '/numbers', { key: reseller.key, account: customer })).json.items.length, 0)
    // Many at once: no more than there is credit for.
    const bought = await Promise.all(Array.from({ length: 9 }, () => buy(1)))
    const many = bought.filter(({ status }) => status === 201).length
    assert.equal(many, 5, bought.map(({ status, json }) => json.reason ?? status).join())
    for (const { status, json } of bought) if (status !== 201) assert.equal(json.reason, 'credit.insufficient')
    const { items } = (await house.ask('GET', '/audit', { key: reseller.key, account: customer })).json
    assert.equal(items.filter(({ noun, kind }: any) => noun === 'balances' && kind === 'exhausted').length, 1)
    assert.deepEqual(await ledgerGaps(house.store), [])
  })

  test('low and exhausted credit can be had as a webhook', async () => {
    const body = { url: 'https://hook.example.com/', events: ['balance.low', 'balance.exhausted', 'number.expired'] }
    const made = await house.ask('POST', '/webhook-endpoints', { key: reseller.key, body })
    assert.deepEqual([made.status, made.json.events], [201, body.events], made.text)
  })

  test('a balance in another currency than the price is charged nothing', async () => {
    const account = (await operator('POST', '/accounts', { name: 'Euros' })).id
    await operator('POST', '/balances', { accountId: account, currency: 'EUR' })
    await topUp(account, 50_000_000, 'EUR')
    const told = await house.ask('POST', '/numbers', {
      key: house.operator.key,
      account,
      body: { country: 'US', type: 'local', region: 'San Francisco' },
    })
    assert.deepEqual([told.status, told.json.reason], [500, 'credit.deduction_failed'])
  })

  test('usage is summed by day, month, year and in all, also with what lies below', async () => {
    const usage = async (query: string, account?: string) =>
      (await house.ask('GET', `/usage?${query}`, { key: reseller.key, account })).json.items
    for (const by of ['day', 'month', 'year', 'all']) {
      const [item, ...more] = await usage(`by=${by}`, customer)
      assert.deepEqual(
        [item.service, item.direction, item.items, item.units, item.priceMicro, item.currency, more.length],
        ['number', 'out', 5, 5, 5_000_000, 'USD', 0],
        by,
      )
    }
    assert.deepEqual(await usage('by=all'), [])
    assert.equal((await usage('by=all&below=true'))[0].items, 5)
    assert.deepEqual(await usage('from=2020-01-01&to=2020-12-31', customer), [])
    for (const query of ['from=2020-02-30', 'from=2021-01-02&to=2021-01-01', 'by=week'])
      assert.equal((await house.ask('GET', `/usage?${query}`, { key: reseller.key })).status, 400, query)
  })

  test('a deck is made from CSV, assigned, asked, exported, and kept while it is used', async () => {
    const csv = 'service,direction,prefix,price,per,first,next\nsms,out,,0.05,1,1,1\nsms,out,1,0.0025,1,1,1\n'
    const deck = await operator('POST', '/rate-decks', { name: 'Cheap', currency: 'USD', csv })
    await operator('PUT', `/accounts/${reseller.account}/rate-deck`, { deckId: deck.id })
    const price = (path: string) => house.ask('GET', `/prices/${path}`, { key: reseller.key, account: customer })
    const told = await price('sms/12125550100?units=3')
    assert.deepEqual([told.json.amountMicro, told.json.prefix, told.json.currency], [7500, '1', 'USD'])
    const none = await price('call/12125550100')
    assert.deepEqual([none.status, none.json.reason], [422, 'rating.no_rate'])
    assert.equal((await operator('GET', `/rate-decks/${deck.id}/rates`)).csv, csv)
    assert.equal((await operator('DELETE', `/rate-decks/${deck.id}`, undefined, 409)).reason, 'resource.in_use')
    const bad = await operator('PUT', `/rate-decks/${deck.id}/rates`, { csv: `${csv}sms,out,2,-1,1,1,1` }, 422)
    assert.equal(bad.reason, 'rating.charge_rate_invalid')
    const block = await operator('PUT', `/rate-decks/${deck.id}/rates`, { csv: `${csv}call,out,2,1,60,0,1` }, 400)
    assert.equal(block.reason, 'rating.charging_block_invalid')
    // Refused as a whole: the rates are those of before.
    assert.equal((await price('sms/12125550100')).json.amountMicro, 2500)
    await operator('PUT', `/accounts/${reseller.account}/rate-deck`, { deckId: null })
    assert.equal((await price('sms/12125550100')).json.amountMicro, 7500)
    await operator('DELETE', `/rate-decks/${deck.id}`)
  })

  test('a package is bought with credit', async () => {
    const fields = { name: 'Small', priceMicro: 5_000_000, currency: 'USD', creditMicro: 6_000_000, validDays: 30 }
    const { id } = await operator('POST', '/packages', fields)
    const { key } = reseller
    const buy = (account?: string) => house.ask('POST', `/packages/${id}/purchases`, { key, account })
    assert.equal((await buy(customer)).json.reason, 'credit.insufficient')
    const before = (await house.ask('GET', '/balance', { key })).json.availableMicro
    assert.equal((await buy()).status, 201)
    assert.equal((await house.ask('GET', '/balance', { key })).json.availableMicro, before + 1_000_000)
    assert.equal((await house.ask('GET', '/held-package', { key })).json.package.packageId, id)
    await operator('PATCH', `/packages/${id}`, { offered: false })
    assert.equal((await buy()).json.reason, 'credit.package_invalid')
    assert.deepEqual((await house.ask('GET', '/packages', { key })).json.items, [])
  })

  test('an empty balance can be closed, a full one not', async () => {
    const close = () => house.ask('DELETE', `/balances/${customer}`, { key: reseller.key })
    assert.equal((await close()).json.kind, 'shared')
    assert.equal((await close()).json.reason, 'resource.not_found')
    const full = await operator('DELETE', `/balances/${reseller.account}`, undefined, 409)
    assert.equal(full.reason, 'resource.in_use')
    assert.deepEqual(await ledgerGaps(house.store), [])
  })

  test('nothing of all this was a fault of ours', () => assert.deepEqual(house.faults, []))
})
