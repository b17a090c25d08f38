// A second factor: enrolled, confirmed, asked for, good once, guessed at in vain, and dropped.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { currentCode } from '#accounts/second-factor.ts'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House } from '../house.ts'

onBothEngines('second factor', (bench) => {
  let house: House
  let seed: string
  /** The code that was taken last. */
  let used: string
  test('a house', async () => {
    house = await openHouse(await bench.open())
  })
  const code = (): string => currentCode(seed, house.clock.nowMs())
  const nextStep = (): void => house.forward(30_000)
  const signIn = async (given?: string, source = '192.0.2.9'): Promise<{ in: boolean; told: any }> => {
    const { login, password } = house.sandbox
    const told = await house.ask('POST', '/sessions', {
      body: { login, password, ...(given !== undefined && { code: given }) },
      source,
    })
    return { in: told.status === 201, told: told.json }
  }
  const wrongCode = (): string => String((Number(code()) + 500_000) % 1_000_000).padStart(6, '0')

  test('it counts once a code has confirmed it', async () => {
    const enrolled = await house.ask('POST', '/second-factor', { key: house.sandbox.key })
    seed = enrolled.json.seed
    assert.match(enrolled.json.uri, /^otpauth:/)
    assert.ok((await signIn()).in, 'not yet asked for')
    assert.equal(
      (await house.ask('PUT', '/second-factor', { key: house.sandbox.key, body: { code: wrongCode() } })).json.reason,
      'auth.second_factor_invalid',
    )
    used = code()
    assert.equal((await house.ask('PUT', '/second-factor', { key: house.sandbox.key, body: { code: used } })).status, 200)
    const rows = (await house.rowsOf([house.sandbox.caller.account.id]))['users']!
    assert.ok(
      rows.every((row) => !row.includes(seed)),
      'kept sealed',
    )
    assert.equal((await house.ask('POST', '/second-factor', { key: house.sandbox.key })).json.reason, 'resource.conflict')
  })

  test('it is asked for, and each code is good once', async () => {
    assert.equal((await signIn()).told.reason, 'auth.mfa_required')
    assert.equal((await signIn('')).told.reason, 'auth.mfa_required')
    assert.equal((await signIn(used)).told.reason, 'auth.second_factor_invalid', 'the code that confirmed it')
    nextStep()
    used = code()
    assert.ok((await signIn(used)).in)
    assert.equal((await signIn(used)).told.reason, 'auth.second_factor_invalid')
    nextStep()
    assert.ok((await signIn(code())).in)
  })

  test('of ten who sign in with one code at once, one gets in', async () => {
    house.forward(3 * 60 * 60_000)
    used = code()
    const told = await Promise.all(Array.from({ length: 10 }, () => signIn(used)))
    assert.equal(told.filter((one) => one.in).length, 1)
    house.forward(3 * 60 * 60_000)
  })

  test('a change of the user meanwhile is not undone by signing in', async () => {
    const path = `/users/${house.ids.show('user', house.sandbox.caller.user!.id)}`
    const [, changed] = await Promise.all([
      signIn(code()),
      house.ask('PATCH', path, { key: house.sandbox.key, body: { name: 'renamed' } }),
    ])
    const { json } = await house.ask('GET', path, { key: house.sandbox.key })
    assert.equal(json.name === 'renamed', changed.status === 200, 'what was acknowledged is there')
    nextStep()
    assert.equal((await signIn(code())).in, true)
  })

  test('guessing locks the second factor', async () => {
    nextStep()
    const seen: string[] = []
    for (let n = 0; n < 6; n += 1) seen.push((await signIn(String(111111 * (n + 1)), `192.0.2.${20 + n}`)).told.reason)
    assert.deepEqual(seen, [...Array.from({ length: 5 }, () => 'auth.second_factor_invalid'), 'auth.locked'])
    assert.equal((await signIn(code())).told.reason, 'auth.locked')
    house.forward(60 * 60_000)
    assert.ok((await signIn(code())).in)
  })

  test('dropped, it is not asked for', async () => {
    const id = house.ids.show('user', house.sandbox.caller.user!.id)
    assert.equal((await house.ask('DELETE', `/users/${id}/second-factor`, { key: house.sandbox.key })).status, 200)
    assert.ok((await signIn()).in)
  })
})
