import { test } from 'node:test'
import assert from 'node:assert/strict'
import { parseIdentity, parseReplaces, parseRetryAfter, parseSessionExpires, parseWord, replacesText } from './header-values.ts'
import { SipHeaders } from './headers.ts'
import {
  assertedOf,
  diversionsOf,
  identitiesOf,
  rackOf,
  referToOf,
  serviceRoutesOf,
  sessionExpiresOf,
  supportedOf,
} from './message-reads.ts'
import { parseReasons, reasonText } from './reason-header.ts'
import { parseTel, parseUri } from './uri.ts'

test('words with parameters', () => {
  assert.deepEqual(parseWord('application / SDP; charset="utf-8"'), {
    word: 'application/sdp',
    params: new Map([['charset', 'utf-8']]),
  })
  assert.equal(parseWord('active;expires=60')?.params.get('expires'), '60')
  assert.equal(parseWord('two words'), undefined)
})

test('session timers', () => {
  assert.deepEqual(parseSessionExpires('1800 ; refresher=UAC'), { seconds: 1800, refresher: 'uac' })
  assert.deepEqual(parseSessionExpires('90'), { seconds: 90, refresher: undefined })
  assert.equal(parseSessionExpires('soon'), undefined)
})

test('Replaces, also as it stands escaped in Refer-To', () => {
  const value = { callId: '12345@h', toTag: 'a', fromTag: 'b', earlyOnly: true }
  assert.deepEqual(parseReplaces(replacesText(value)), value)
  assert.equal(parseReplaces('12345@h;to-tag=a'), undefined)
  const headers = new SipHeaders().add('r', '<sip:bob@example.net?Replaces=12345%40h%3Bto-tag%3Da%3Bfrom-tag%3Db>')
  const [[name, text] = []] = parseUri(referToOf({ headers })!.uri)!.headers
  assert.equal(name, 'Replaces')
  assert.deepEqual(parseReplaces(text!), { ...value, earlyOnly: false })
})

test('Identity', () => {
  assert.deepEqual(parseIdentity('eyJh.eyJi.c2ln;info=<https://cert.example.org/a.pem>;alg=ES256;ppt="shaken"'), {
    token: 'eyJh.eyJi.c2ln',
    info: 'https://cert.example.org/a.pem',
    alg: 'ES256',
    ppt: 'shaken',
  })
  assert.equal(parseIdentity('..c2ln;alg=ES256;info=<https://cert.example.org/a.pem>')?.alg, 'ES256')
  assert.equal(parseIdentity('eyJh.eyJi.c2ln'), undefined)
  const headers = new SipHeaders().add('y', '..a;info=<https://a>').add('Identity', '..b;info=<https://b>')
  assert.deepEqual(
    identitiesOf({ headers })?.map(({ token }) => token),
    ['..a', '..b'],
  )
})

test('reasons: several, of several protocols', () => {
  const headers = new SipHeaders()
    .add('Reason', 'Q.850 ;cause=16 ;text="Normal, \\"clear\\"", SIP;cause=200')
    .add('Reason', 'CPaaS;cause=3102;text="no more"')
    .add('Reason', ';;')
  const reasons = parseReasons({ headers })
  assert.deepEqual(
    reasons.map(({ protocol, cause, text }) => [protocol, cause, text]),
    [
      ['Q.850', 16, 'Normal, "clear"'],
      ['SIP', 200, undefined],
      ['CPaaS', 3102, 'no more'],
    ],
  )
  assert.equal(reasonText(reasons[0]!), 'Q.850;cause=16;text="Normal, \\"clear\\""')
  assert.equal(reasonText({ protocol: 'SIP', text: 'a\r\nX: y' }), 'SIP;text="a X: y"')
})

test('addresses of the network', () => {
  const headers = new SipHeaders()
    .add('P-Asserted-Identity', '"Ann" <sip:+447700900123@example.net>, <tel:+44-7700-900123>')
    .add('Diversion', '<sip:1@a>;reason=no-answer;counter=1')
    .add('Service-Route', '<sip:p1.example.net;lr>,<sip:p2.example.net;lr>')
  const [sip, tel] = assertedOf({ headers })!
  assert.equal(sip!.display, 'Ann')
  assert.equal(parseTel(tel!.uri)?.number, '+447700900123')
  assert.equal(diversionsOf({ headers })?.[0]?.params.get('reason'), 'no-answer')
  assert.equal(serviceRoutesOf({ headers })?.length, 2)
  assert.deepEqual(assertedOf({ headers: new SipHeaders() }), [])
})

test('numbers', () => {
  const headers = new SipHeaders().add('RAck', '776656  1 INVITE').add('x', '1800')
  assert.deepEqual(rackOf({ headers }), { rseq: 776656, number: 1, method: 'INVITE' })
  assert.equal(sessionExpiresOf({ headers })?.seconds, 1800)
  assert.equal(parseRetryAfter('18000;duration=3600'), 18000)
  assert.equal(parseRetryAfter('120 (I am in a meeting)'), 120)
  assert.equal(parseRetryAfter('later'), undefined)
})

test('what was read is read again when the headers change', () => {
  const headers = new SipHeaders().add('k', 'timer, 100rel')
  assert.deepEqual([...supportedOf({ headers })], ['timer', '100rel'])
  assert.equal(supportedOf({ headers }), supportedOf({ headers }))
  headers.set('Supported', 'replaces')
  assert.deepEqual([...supportedOf({ headers })], ['replaces'])
})
