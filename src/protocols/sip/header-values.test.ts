import { test } from 'node:test'
import assert from 'node:assert/strict'
import { parseReplaces, parseSessionExpires, parseWord, replacesText } from './header-values.ts'
import { SipHeaders } from './headers.ts'
import { eventOf, rackOf, recordRoutesOf, sessionExpiresOf } from './message-reads.ts'
import { parseNameAddr } from './name-addr.ts'
import { parseReasons, reasonText } from './reason-header.ts'
import { parseUri } from './uri.ts'

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
  const [[name, text] = []] = parseUri(parseNameAddr(headers.get('Refer-To')!)!.uri)!.headers
  assert.equal(name, 'Replaces')
  assert.deepEqual(parseReplaces(text!), { ...value, earlyOnly: false })
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

test('numbers', () => {
  const headers = new SipHeaders().add('RAck', '776656  1 INVITE').add('x', '1800')
  assert.deepEqual(rackOf({ headers }), { rseq: 776656, number: 1, method: 'INVITE' })
  assert.equal(sessionExpiresOf({ headers })?.seconds, 1800)
})

test('what was read is read again when the headers change', () => {
  const headers = new SipHeaders().add('Record-Route', '<sip:p1.example.net;lr>,<sip:p2.example.net;lr>').add('o', 'Refer;id=7')
  assert.equal(recordRoutesOf({ headers })?.length, 2)
  assert.equal(recordRoutesOf({ headers }), recordRoutesOf({ headers }))
  assert.deepEqual(eventOf({ headers }), { word: 'refer', params: new Map([['id', '7']]) })
  headers.set('Record-Route', '<sip:p3.example.net;lr>')
  assert.equal(recordRoutesOf({ headers })?.length, 1)
})
