// Signatures that fit, and each way in which they do not, named.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  standardSignature,
  urlSignature,
  verifyStandard,
  verifyUrlSigned,
  type StandardOptions,
  type UrlSignedOptions,
} from './verify.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const nowMs = 1_674_087_231_000
const body = '{"type":"message.delivered","data":{"url":"https://x/y","text":"öl","n":1.50}}'

function signed(more: Partial<StandardOptions> = {}, sent = body): StandardOptions {
  const headers = {
    'Webhook-Id': 'msg_1',
    'webhook-timestamp': String(nowMs / 1000),
    'webhook-signature': standardSignature(secret, 'msg_1', nowMs / 1000, sent),
  }
  return { body, headers, secret, nowMs, ...more }
}
const code = (options: StandardOptions): string => {
  const result = verifyStandard(options)
  if (result.ok) return 'ok'
  assert.match(result.why, /^[A-Z].*\.$/)
  assert.match(result.remedy, /^[A-Z].*\.$/)
  return result.code
}

test('the scheme is that of Standard Webhooks', () => {
  // The example of the specification.
  const example = standardSignature(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')
  assert.equal(example, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('what is signed by any good secret is ours', () => {
  assert.equal(code(signed()), 'ok')
  assert.equal(code(signed({ body: Buffer.from(body) })), 'ok')
  const other = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
  assert.equal(code(signed({ secret: [other, secret] })), 'ok')
  const two = `v1,AAAA ${standardSignature(secret, 'msg_1', nowMs / 1000, body)} v1a,xyz`
  assert.equal(code(signed({ headers: { ...(signed().headers as Record<string, string>), 'webhook-signature': two } })), 'ok')
  assert.equal(code(signed({ headers: new Headers(signed().headers as Record<string, string>) })), 'ok')
})

test('a body that was parsed and written anew is told from one that was changed', () => {
  for (const sent of [
    '{"type": "message.delivered", "data": {"url": "https://x/y"}}',
    '{"type":"a","url":"https:\\/\\/x\\/y"}',
    '{"text":"\\u00f6l"}',
    '{"a":1}\n',
  ]) {
    const plain = JSON.stringify(JSON.parse(sent))
    assert.equal(code(signed({ body: plain }, sent)), 'body_reserialised', sent)
  }
  assert.equal(
    code(signed({ body: JSON.stringify(JSON.parse(body), null, 2) }, JSON.stringify(JSON.parse(body)))),
    'body_reserialised',
  )
  assert.equal(code(signed({ body: `${body}\n` })), 'body_reserialised')
  assert.equal(code(signed({ body: body.replaceAll('delivered', 'failed') })), 'no_match')
  assert.equal(code(signed({ body: '' })), 'body_changed')
  assert.equal(code(signed({ body: {} as string })), 'body_parsed')
})

test('time, headers and secrets that do not fit are named', () => {
  assert.equal(code(signed({ nowMs: nowMs + 301_000 })), 'timestamp_too_old')
  assert.equal(code(signed({ nowMs: nowMs - 301_000 })), 'timestamp_too_new')
  assert.equal(code(signed({ nowMs: nowMs + 301_000, toleranceSeconds: 600 })), 'ok')
  const headers = signed().headers as Record<string, string>
  assert.equal(code(signed({ headers: {} })), 'header_missing')
  assert.equal(code(signed({ headers: { ...headers, 'webhook-timestamp': 'today' } })), 'header_malformed')
  assert.equal(code(signed({ headers: { ...headers, 'webhook-signature': 'v0,abc' } })), 'header_malformed')
  assert.equal(code(signed({ secret: 'hunter2' })), 'secret_malformed')
  const other = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
  assert.equal(code(signed({ secret: other })), 'no_match')
  const mixed = verifyStandard(signed({ secret: other, otherSecrets: { staging: secret } }))
  assert.ok(!mixed.ok && mixed.code === 'secret_of_another' && mixed.why.includes('staging'))
})

test('signatures over the URL say what a proxy changed', () => {
  const params = { Body: 'Hello', From: '+15005550006', To: ['b', 'a'] }
  const told = (url: string, more: Partial<UrlSignedOptions> = {}, sent = 'https://app.example/sms?a=1') => {
    const result = verifyUrlSigned({ url, params, secret: 's', signature: urlSignature('s', sent, params), ...more })
    return result.ok ? 'ok' : result.code
  }
  assert.equal(told('https://app.example/sms?a=1'), 'ok')
  assert.equal(told('http://app.example/sms?a=1'), 'url_scheme')
  assert.equal(told('http://app.example:80/sms?a=1'), 'url_scheme')
  assert.equal(told('https://app.example:8443/sms?a=1'), 'url_port')
  assert.equal(told('https://app.example:443/sms?a=1'), 'url_port')
  assert.equal(told('http://10.0.0.5:3000/sms?a=1', { forwarded: { host: 'app.example', proto: 'https' } }), 'url_host')
  assert.equal(told('https://app.example/sms/?a=1'), 'url_slash')
  assert.equal(told('https://app.example/sms?a=1', {}, 'https://app.example/sms'), 'url_query')
  assert.equal(told('https://app.example/sms?a=1', { params: { ...params, a: '1' } }), 'parameters_changed')
  assert.equal(told('https://app.example/sms?a=1', { secret: 'other' }), 'no_match')
  assert.equal(told('/sms', {}), 'header_malformed')
  assert.equal(told('https://app.example/sms?a=1', { signature: undefined }), 'header_missing')
})

test('what was never set is told and not thrown, and no age passes unseen', () => {
  const unset = undefined as never
  assert.equal(code(signed({ secret: unset })), 'secret_malformed')
  assert.equal(code(signed({ secret: [secret, unset] })), 'secret_malformed')
  assert.equal(code(signed({ headers: unset })), 'header_missing')
  assert.equal(code(signed({ body: unset })), 'body_parsed')
  assert.equal(code(signed({ nowMs: unset })), 'now_missing')
  assert.equal(code(signed({ nowMs: NaN })), 'now_missing')
  const result = verifyUrlSigned({ url: 'https://x.example/', signature: 'AAAA', secret: unset })
  assert.equal(result.ok || result.code, 'secret_malformed')
})
