import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readGateway, readTrunkUrl, sipTrunkFaults } from './settings.ts'

const fieldsOf = (detail: Readonly<Record<string, unknown>>): string[] => sipTrunkFaults(detail).map(({ field }) => field)

test('gateways', () => {
  assert.deepEqual(readGateway('sip.example.net:5061;transport=TLS;priority=2;weight=30'), {
    name: 'sip.example.net:5061',
    host: 'sip.example.net',
    port: 5061,
    transport: 'tls',
    priority: 2,
    weight: 30,
  })
  assert.equal(readGateway('[2001:db8::1]:5060')?.host, '2001:db8::1')
  for (const text of ['', 'a b', 'x;transport=sctp', 'x;priority=-1', 'x;color=red', 'user@x']) {
    assert.equal(readGateway(text), undefined, text)
  }
})

test('a trunk by its address', () => {
  const read = readTrunkUrl('sip:us:p%40ss@sip.example.net:5060;transport=tcp;priority=3?channels=10&register=true')
  assert.deepEqual(read, {
    detail: { gateways: 'sip.example.net:5060;transport=tcp;priority=3', username: 'us', channels: 10, register: true },
    secret: 'p@ss',
  })
  assert.deepEqual(fieldsOf(read!.detail), [])
  assert.equal(readTrunkUrl('sips:sip.example.net')?.detail['gateways'], 'sip.example.net;transport=tls')
  assert.equal(readTrunkUrl('smpp://us@example.net'), undefined)
})

test('faults are told by field', () => {
  assert.deepEqual(fieldsOf({}), ['gateways'])
  assert.deepEqual(fieldsOf({ gateways: 'a,b;transport=sctp' }), ['gateways'])
  assert.deepEqual(fieldsOf({ gateways: 'a', sources: '10.0.0.0/33' }), ['sources'])
  assert.deepEqual(fieldsOf({ gateways: 'a', register: true }), ['username'])
  assert.deepEqual(fieldsOf({ gateways: 'a', inbound: 'digest' }), ['inboundUsername'])
  assert.deepEqual(fieldsOf({ gateways: 'a', numbers: 'national' }), ['countryCode'])
  assert.deepEqual(fieldsOf({ gateways: 'a', codecs: 'PCMU,PCMU2' }), ['codecs'])
  assert.deepEqual(fieldsOf({ gateways: 'a', sources: '10.0.0.0/8, 2001:db8::/32', codecs: 'opus,PCMA' }), [])
})
