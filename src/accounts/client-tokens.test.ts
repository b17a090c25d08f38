import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Key } from '#values/secrets.ts'
import { clientTokenText, mayCall, readClientToken } from './client-tokens.ts'

const key = new Key('ab'.repeat(32))
const now = 1_700_000_000_000
const token = { clientId: 77, login: 'alice', registers: true, calls: ['bob', 'desk-*'], expiresMs: now + 600_000 }

test('what is written is read, until its end', () => {
  const text = clientTokenText(key, token, now)
  assert.deepEqual(readClientToken(key, text, now), token)
  assert.deepEqual(readClientToken(key, text, now + 599_999), token)
  assert.equal(readClientToken(key, text, now + 600_000), 'expired')
  const claims = JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString())
  assert.deepEqual([claims.sub, claims.exp - claims.iat], ['alice', 600])
  assert.doesNotMatch(JSON.stringify(claims), /77/, 'no id of ours is shown')
})

test('nothing else is: changed, cut, of another key, of no algorithm, or no token at all', () => {
  const text = clientTokenText(key, token, now)
  const [head, body, mac] = text.split('.') as [string, string, string]
  const other = Buffer.from(Buffer.from(body, 'base64url').toString().replace('alice', 'mally')).toString('base64url')
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
  const wrong = [`${head}.${other}.${mac}`, `${head}.${body}.`, `${head}.${body}`, `${none}.${body}.`, `${none}.${body}.${mac}`]
  wrong.push('', '.', '..', 'x.y.z', `${text}x`, ` ${text}`, 'a'.repeat(10_000))
  for (const one of wrong) assert.equal(readClientToken(key, one, now), undefined, one.slice(0, 80))
  assert.equal(readClientToken(new Key('cd'.repeat(32)), text, now), undefined)
})

test('whom it may call: exactly those, all that begin alike, or everybody', () => {
  assert.deepEqual(
    ['bob', 'bobby', 'desk-1', 'desk', 'alice'].map((login) => mayCall(token, login)),
    [true, false, true, false, false],
  )
  assert.equal(mayCall({ calls: ['*'] }, 'anybody'), true)
  assert.equal(mayCall({ calls: [] }, ''), false)
})
