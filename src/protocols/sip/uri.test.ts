import { test } from 'node:test'
import assert from 'node:assert/strict'
import { nameAddrText, parseNameAddr } from './name-addr.ts'
import { parseTel, parseUri, sameUri, uriText } from './uri.ts'
import { parseVia, viaText } from './via.ts'

const same = (a: string, b: string): boolean => sameUri(parseUri(a)!, parseUri(b)!)

test('the equal pairs of RFC 3261 19.1.4', () => {
  for (const [a, b] of [
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;newparam=5'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    ['sip:alice@atlanta.com?subject=project%20x&priority=urgent', 'sip:alice@atlanta.com?priority=urgent&subject=project%20x'],
  ] as const)
    assert.ok(same(a, b) && same(b, a), `${a} and ${b}`)
})

test('the unequal pairs of RFC 3261 19.1.4', () => {
  for (const [a, b] of [
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:bob@biloxi.com', 'sips:bob@biloxi.com'],
  ] as const)
    assert.ok(!same(a, b) && !same(b, a), `${a} and ${b}`)
})

test('a URI is written as it was read', () => {
  for (const text of [
    'sip:alice:secretword@atlanta.com;transport=tcp',
    'sips:alice@atlanta.com?subject=project%20x&priority=urgent',
    'sip:+1-212-555-1212:1234@gateway.com;user=phone',
    'sip:1212@[2001:db8::1]:5061;lr',
    'sip:user%40corp@host',
    'sip:%C3%A9@host;x=%22',
  ])
    assert.equal(uriText(parseUri(text)!), text)
  assert.equal(parseUri('sip:%ff@host')?.user, 'ÿ')
})

test('what is no SIP URI', () => {
  for (const text of [
    'sip:',
    'sip:a@',
    'sip:a@b@c',
    'sip:a b@c',
    'sip:a@b:',
    'sip:a@b:70000',
    'sip:a@b;',
    'sip:a@b;;lr',
    'sip:a@b?x',
    'sip:a%4@b',
    'sip:a@-b',
    'sip:a@[::1',
    'sip:a@[::g]',
    'sip:a@b\r\nX: y',
    'tel:+1',
    'http://a',
  ])
    assert.equal(parseUri(text), undefined, text)
})

test('numbers in tel URIs', () => {
  assert.equal(parseTel('tel:+44-(7700)-900.123;ext=1')?.number, '+447700900123')
  assert.equal(parseTel('TEL:7042;phone-context=example.com')?.params.get('phone-context'), 'example.com')
  assert.equal(parseTel('tel:+'), undefined)
  assert.equal(parseTel('tel:a b'), undefined)
})

test('addresses with and without brackets', () => {
  assert.deepEqual(parseNameAddr('"Ann, \\"A\\"" <sip:a@b;lr>;tag=1'), {
    display: 'Ann, "A"',
    uri: 'sip:a@b;lr',
    params: new Map([['tag', '1']]),
  })
  assert.equal(parseNameAddr('sip:a@b;x="<y>"')?.params.get('x'), '<y>')
  assert.equal(parseNameAddr('<sip:a@b>;p="q;r"')?.params.get('p'), 'q;r')
  assert.equal(parseNameAddr('Jörg Müller <sip:a@b>')?.display, 'Jörg Müller')
  for (const text of ['', '*', '<>', '<sip:a@b', 'sip:a,b@c', 'A B', '"A" sip:a@b', '<sip:a@b> x', '<sip:a@b>;=1'])
    assert.equal(parseNameAddr(text), undefined, text)
  assert.equal(nameAddrText({ display: 'A "B"', uri: 'sip:a@b', params: new Map([['tag', '1']]) }), '"A \\"B\\"" <sip:a@b>;tag=1')
})

test('Via', () => {
  const via = parseVia('SIP / 2.0 / udp [::1]:5070 ;rport; branch=z9hG4bK1;received=::1')!
  assert.deepEqual([via.transport, via.host, via.port, via.params.get('rport')], ['UDP', '[::1]', 5070, ''])
  assert.equal(viaText(via), 'SIP/2.0/UDP [::1]:5070;rport;branch=z9hG4bK1;received=::1')
  for (const text of [
    'SIP/2.0/UDP',
    'SIP/2.0 a',
    'SIP/2.0/UDP a:0x',
    'SIP/2.0/UDP a:70000',
    'SIP/2.0/UDP a;;b',
    'SIP/2.0/UDP ::1',
  ])
    assert.equal(parseVia(text), undefined, text)
})
