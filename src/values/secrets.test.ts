import { test } from 'node:test'
import assert from 'node:assert/strict'
import { hashPassword, hashToken, Key, passwordMatches, randomHex, randomToken, sameSecret } from './secrets.ts'

test('what is sealed opens again, and each seal is another', () => {
  const key = new Key(randomHex(32))
  for (const text of ['', 'x', 'pässwörd 🎉', 'y'.repeat(10_000)]) {
    assert.equal(key.open(key.seal(text)), text)
    assert.notEqual(key.seal(text), key.seal(text))
    // A single letter may well be among random bytes.
    assert.ok(text.length < 4 || !Buffer.from(key.seal(text).slice(3), 'base64url').includes(text.slice(0, 20)))
  }
})

test('a seal that was changed anywhere, cut, or made under another key does not open', () => {
  const key = new Key(randomHex(32))
  const sealed = key.seal('secret')
  const bytes = Buffer.from(sealed.slice(3), 'base64url')
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1
    assert.throws(() => key.open(`v1.${changed.toString('base64url')}`), `byte ${at}`)
  }
  for (let length = 0; length < bytes.length; length += 1)
    assert.throws(() => key.open(`v1.${bytes.subarray(0, length).toString('base64url')}`))
  assert.throws(() => new Key(randomHex(32)).open(sealed))
})

test('a key is 64 hex digits, and gives another key for each purpose', () => {
  for (const text of ['', 'x'.repeat(64), randomHex(31), randomHex(33)]) assert.throws(() => new Key(text), TypeError)
  const text = randomHex(32)
  const key = new Key(text)
  assert.notDeepEqual(key.derive('a', 32), key.derive('b', 32))
  assert.deepEqual(key.derive('a', 32), new Key(text.toUpperCase()).derive('a', 32))
  assert.notEqual(key.mac('a', 'text'), key.mac('b', 'text'))
})

test('a password matches its own hash and no other', async () => {
  const hash = await hashPassword('Correct-Horse-7')
  assert.match(hash, /^scrypt\$\d+\$[\w-]{22}\$[\w-]{43}$/)
  assert.notEqual(await hashPassword('Correct-Horse-7'), hash, 'salted')
  assert.equal(await passwordMatches('Correct-Horse-7', hash), true)
  for (const wrong of ['', 'correct-horse-7', 'Correct-Horse-7 ', 'x'.repeat(1000)])
    assert.equal(await passwordMatches(wrong, hash), false)
  for (const none of [undefined, '', 'x']) {
    assert.equal(await passwordMatches('', none), false, 'no hash is no password')
    assert.equal(await passwordMatches('Correct-Horse-7', none), false)
  }
  // The same letter typed in two ways is the same password.
  assert.equal(await passwordMatches('e\u0301', await hashPassword('\u00e9')), true)
})

// Not by timing, which would prove nothing on a busy machine: by what is compared. Both texts are hashed, so that what
// timingSafeEqual sees has one length and tells nothing of a common beginning; and nothing else in it decides.
test('secrets are compared by their hashes, in constant time by construction', () => {
  const body = sameSecret.toString()
  assert.match(
    body,
    /^function sameSecret\(a[^)]*, b[^)]*\)[^{]*\{\s*return timingSafeEqual\(hash\('sha256', a, 'buffer'\), hash\('sha256', b, 'buffer'\)\);?\s*\}$/,
  )
  assert.equal(sameSecret('a', 'a'), true)
  for (const [a, b] of [
    ['a', 'b'],
    ['', 'a'],
    ['a', 'aa'],
    ['secret', 'secres'],
    ['x'.repeat(1000), 'x'.repeat(999)],
  ])
    assert.equal(sameSecret(a!, b!), false)
})

test('a random token has its length and only letters and digits, all of them', () => {
  const all = Array.from({ length: 200 }, () => randomToken(43))
  for (const token of all) assert.match(token, /^[0-9A-Za-z]{43}$/)
  assert.equal(new Set(all).size, all.length)
  assert.equal(new Set(all.join('')).size, 62)
  assert.equal(randomToken(0), '')
  assert.equal(hashToken('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
