// Who guesses is locked out: five wrong passwords of one user, fifty wrong proofs from one source, however they come. The
// same wrong proof again counts once, as clients repeat a login that was answered 401.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { lockoutRules } from '#accounts/lockouts.ts'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House } from '../house.ts'

onBothEngines('lock-out', (bench) => {
  let house: House
  const { login } = { login: 'sandbox@offhook.example' }
  test('a house', async () => {
    house = await openHouse(await bench.open())
  })
  let sources = 0
  const newSource = (): string => `198.51.100.${(sources += 1)}`
  const signIn = async (password: string, source = newSource(), who = login): Promise<string> => {
    const told = await house.ask('POST', '/sessions', { body: { login: who, password }, source })
    return told.status === 201 ? 'in' : told.json.reason
  }
  const forward = (): void => house.forward(lockoutRules.lockMs + 1)

  test('five wrong passwords lock a user, from wherever they come; the right one is then refused too, until the time is over', async () => {
    for (let n = 0; n < 5; n += 1) assert.equal(await signIn(`wrong ${n}`), 'auth.credentials_invalid')
    const told = await house.ask('POST', '/sessions', { body: { login, password: house.sandbox.password }, source: newSource() })
    assert.equal(told.json.reason, 'auth.locked')
    const seconds = Number(told.headers['retry-after'])
    assert.ok(seconds > 3500 && seconds <= 3600, `${seconds}`)
    assert.equal(told.json.params.retryAfterMs, told.json.retryAfterMs)
    assert.equal((await house.ask('GET', '/whoami', { key: house.sandbox.key })).status, 200, 'keys go on')
    forward()
    assert.equal(await signIn(house.sandbox.password), 'in')
  })

  test('the same wrong password again and again counts once', async () => {
    for (let n = 0; n < 12; n += 1) assert.equal(await signIn('the same'), 'auth.credentials_invalid')
    for (let n = 0; n < 3; n += 1) assert.equal(await signIn(`another ${n}`), 'auth.credentials_invalid')
    assert.equal(await signIn(house.sandbox.password), 'in', 'four different ones do not lock')
  })

  test('a success forgets the failures before it', async () => {
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 4; n += 1) assert.equal(await signIn(`wrong ${round} ${n}`), 'auth.credentials_invalid')
      assert.equal(await signIn(house.sandbox.password), 'in')
    }
  })

  test('guessing at once is no way round it: of forty guesses with the right one last, none gets in', async () => {
    const guesses = [...Array.from({ length: 40 }, (_, n) => `guess ${n}`), house.sandbox.password]
    const told = await Promise.all(guesses.map((guess) => signIn(guess)))
    assert.ok(!told.includes('in'), told.join())
    assert.equal(await signIn(house.sandbox.password), 'auth.locked')
    forward()
  })

  test('a user who does not exist is told like one who does', async () => {
    assert.equal(await signIn('x', newSource(), 'nobody@example.com'), await signIn('y'))
    assert.equal(await signIn(house.sandbox.password), 'in')
  })

  test('fifty wrong proofs lock a source, for users and keys alike; others go on, and keys that are right', async () => {
    const source = newSource()
    for (let n = 0; n < 25; n += 1) {
      assert.equal(await signIn(`x ${n}`, source, `nobody-${n}@example.com`), 'auth.credentials_invalid')
      const wrong = `ok_${'A'.repeat(12)}_${String(n).padStart(32, '0')}`
      assert.equal((await house.ask('GET', '/whoami', { key: wrong, source })).json.reason, 'auth.credentials_invalid')
    }
    assert.equal(await signIn(house.sandbox.password, source), 'auth.source_locked')
    assert.equal(
      (await house.ask('GET', '/whoami', { key: `ok_${'A'.repeat(12)}_${'9'.repeat(32)}`, source })).json.reason,
      'auth.source_locked',
    )
    assert.equal((await house.ask('GET', '/whoami', { key: house.sandbox.key, source })).status, 200)
    assert.equal(await signIn(house.sandbox.password), 'in')
    house.forward(lockoutRules.lockMs / 6 + 1)
    assert.equal(await signIn(house.sandbox.password, source), 'in')
  })

  test('one wrong key sent again and again counts once', async () => {
    const source = newSource()
    for (let n = 0; n < 120; n += 1) {
      const told = await house.ask('GET', '/whoami', { key: `ok_${'A'.repeat(12)}_${'1'.repeat(32)}`, source })
      assert.equal(told.json.reason, 'auth.credentials_invalid')
    }
  })
})
