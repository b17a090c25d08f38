import { test } from 'node:test'
import assert from 'node:assert/strict'
import {
  answerText,
  challengeText,
  checkDigest,
  credentialsFor,
  ha1Of,
  parseChallenge,
  parseCredentials,
  pickChallenge,
  type DigestAlgorithm,
} from './digest.ts'
import { Nonces } from './digest-nonces.ts'

let nowMs = 1_750_000_000_000
let drawn = 0
const nonces = (): Nonces =>
  new Nonces({
    key: Buffer.alloc(32, 7),
    nowMs: () => nowMs,
    random: (bytes) => (drawn++).toString(16).padStart(bytes * 2, '0'),
    lifeMs: 60_000,
  })

test('the examples of RFC 7616 3.9.1', () => {
  const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
  const expected = {
    MD5: '8ca523f5e9506fed4657c9700eebdbec',
    'SHA-256': '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  }
  for (const algorithm of ['MD5', 'SHA-256'] as const) {
    const text = answerText({
      challenge: { realm: 'http-auth@example.org', nonce, algorithm, qop: 'auth', stale: false },
      login: { username: 'Mufasa', password: 'Circle of Life' },
      method: 'GET',
      uri: '/dir/index.html',
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    })
    assert.equal(parseCredentials(text)?.response, expected[algorithm])
  }
})

const login = (book: Nonces, algorithm: DigestAlgorithm, password = 'sécret "quoted"', count = 1) => {
  const challenge = parseChallenge(
    challengeText({ realm: 'sip.example.net', nonce: book.issue('here'), algorithm, qop: 'auth', stale: false }),
  )!
  const text = answerText({
    challenge,
    login: { username: 'an"n', password },
    method: 'REGISTER',
    uri: 'sip:sip.example.net',
    cnonce: 'c1',
    count,
  })
  return credentialsFor(['Basic abc', text], 'sip.example.net')!
}
const check = (book: Nonces, credentials = login(book, 'MD5'), method = 'REGISTER') =>
  checkDigest({
    credentials,
    method,
    ha1: ha1Of('an"n', 'sip.example.net', 'sécret "quoted"', credentials.algorithm),
    isIssued: (nonce) => book.isIssued(nonce, 'here'),
    spend: (nonce, count) => book.spend(nonce, count, 'here'),
  })

test('a right answer is good once, and stale when it is sent again', () => {
  const book = nonces()
  for (const algorithm of ['MD5', 'SHA-256'] as const) {
    const credentials = login(book, algorithm)
    assert.equal(check(book, credentials), 'good')
    assert.equal(check(book, credentials), 'stale')
  }
})

test('a wrong password, method or user is wrong, and uses up no nonce', () => {
  const book = nonces()
  assert.equal(check(book, login(book, 'MD5', 'other')), 'wrong')
  const credentials = login(book, 'SHA-256')
  assert.equal(check(book, credentials, 'INVITE'), 'wrong')
  const spend = () => assert.fail('a nonce was asked for')
  assert.equal(checkDigest({ credentials, method: 'REGISTER', ha1: undefined, isIssued: () => true, spend }), 'wrong')
  assert.equal(check(book, credentials), 'good')
})

test('a nonce that is old, not ours or answered with a later count is stale', () => {
  const book = nonces()
  const late = login(book, 'MD5')
  nowMs += 60_000
  assert.equal(check(book, late), 'stale')
  assert.equal(check(book, login(book, 'MD5', undefined, 2)), 'stale')
  const other = new Nonces({ key: Buffer.alloc(32, 8), nowMs: () => nowMs, random: () => 'a'.repeat(24) })
  assert.equal(check(book, login(other, 'MD5')), 'stale')
})

test('whether a password is right is told to nobody who answers no challenge of ours, or one that another was given', () => {
  const book = nonces()
  for (const password of ['other', undefined]) {
    const credentials = login(book, 'MD5', password)
    assert.equal(check(book, { ...credentials, nonce: 'made up' }), 'stale')
    const isIssued = (nonce: string): boolean => book.isIssued(nonce, 'elsewhere')
    const ha1 = ha1Of('an"n', 'sip.example.net', 'sécret "quoted"', 'MD5')
    assert.equal(checkDigest({ credentials, method: 'REGISTER', ha1, isIssued, spend: () => 'fresh' }), 'stale')
  }
})

test('a nonce stays used until it is too old, whatever spans pass', () => {
  const book = nonces()
  nowMs += 60_000 - (nowMs % 60_000) + 59_000
  const credentials = login(book, 'MD5')
  assert.equal(check(book, credentials), 'good')
  nowMs += 2_000
  assert.equal(check(book, login(book, 'MD5')), 'good')
  assert.equal(check(book, credentials), 'stale')
})

test('of several challenges the first is taken that can be answered', () => {
  const values = [
    'Digest realm="a", nonce="1", algorithm=SHA-512-256, qop="auth"',
    'Digest realm="a", nonce="2", algorithm=SHA-256, qop="auth-int"',
    'Digest realm="a", nonce="3", algorithm=SHA-256, qop="auth,auth-int", opaque="o", stale=TRUE',
    'Digest realm="a", nonce="4", algorithm=MD5, qop="auth"',
  ]
  const picked = pickChallenge(values)
  assert.deepEqual(picked, { realm: 'a', nonce: '3', algorithm: 'SHA-256', qop: 'auth', opaque: 'o', stale: true })
  const text = answerText({
    challenge: picked!,
    login: { username: 'u', ha1: 'ff' },
    method: 'INVITE',
    uri: 'sip:x@y',
    cnonce: 'c',
  })
  assert.match(text, /opaque="o"/)
  assert.equal(pickChallenge(values.slice(0, 2)), undefined)
})

test('a challenge without qop is answered as RFC 2069 has it, and such an answer is not taken by us', () => {
  const book = nonces()
  const challenge = parseChallenge(`Digest realm="sip.example.net",nonce="${book.issue('here')}"`)!
  assert.equal(challenge.qop, undefined)
  const text = answerText({
    challenge,
    login: { username: 'an"n', password: 'sécret "quoted"' },
    method: 'REGISTER',
    uri: 'sip:a',
    cnonce: 'c',
  })
  assert.doesNotMatch(text, /cnonce|nc=/)
  assert.equal(check(book, parseCredentials(text)!), 'wrong')
})

test('what is no digest is read as none', () => {
  for (const text of ['', 'Digest', 'Basic x', 'Digest realm="a', 'Digest realm="a", realm="b", nonce="c"', 'Digest a'])
    assert.equal(parseChallenge(text) ?? parseCredentials(text), undefined)
  const good = 'Digest username="u", realm="r", nonce="n", uri="sip:x", response="00", qop=auth, cnonce="c", nc='
  assert.equal(parseCredentials(`${good}1`), undefined)
  assert.equal(parseCredentials(`${good}00000001`)?.count, '00000001')
})
