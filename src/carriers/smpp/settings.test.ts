import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readSmppUrl, smppFaults } from './settings.ts'

test('a URL says all', () => {
  const read = readSmppUrl('ssmpp://us:p%40ss@smsc.example:2776?window=10&throughput=100&plus=true&bind=separate')!
  assert.deepEqual(read, {
    detail: {
      host: 'smsc.example',
      port: 2776,
      tls: true,
      systemId: 'us',
      window: 10,
      throughput: 100,
      plus: true,
      bind: 'separate',
    },
    secret: 'p@ss',
  })
  assert.deepEqual(smppFaults(read.detail), [])
  assert.deepEqual(readSmppUrl('smpp://us@[::1]')!.detail, { host: '::1', systemId: 'us' })
})

test('what is no address of an SMSC', () => {
  for (const text of ['http://a', 'smpp:', 'smpp://us@host/path', 'smpp://%zz@host', 'x'])
    assert.equal(readSmppUrl(text), undefined, text)
})

test('every fault is told, in words that need no table', () => {
  const faults = smppFaults({
    ...readSmppUrl('smpp://host?window=many&colour=red&concat=glue&reconnectMinMs=5000&reconnectMaxMs=100')!.detail,
    national: 'tr,klingon',
    receiptErrors: '099=message.weather',
    tlvs: '14=1',
  })
  assert.deepEqual(
    faults.map(({ field, problem }) => `${field} ${problem.split(' ').slice(0, 5).join(' ')}`),
    [
      'colour is no setting of this',
      'systemId is required',
      'window must be a whole number',
      'concat must be one of udh8,',
      'national must be languages of tr,',
      'tlvs must be tag=value pairs in',
      'reconnectMinMs must not be above reconnectMaxMs',
      'receiptErrors gives 099 a reason that',
    ],
  )
})
