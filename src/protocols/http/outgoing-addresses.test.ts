// What is public and what is not, address by address, and what an operator may allow.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AllowList, kindOfAddress, type AddressKind } from './outgoing-addresses.ts'

const kinds: Record<AddressKind, string[]> = {
  public: [
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '169.253.0.1',
    '2606:4700:4700::1111',
    '2a00:1450::5',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ],
  loopback: ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::127.0.0.1', '64:ff9b::7f00:1'],
  private: [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    '::ffff:10.1.2.3',
    '0:0:0:0:0:ffff:c0a8:101',
  ],
  'link-local': ['169.254.1.1', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
  metadata: [
    '169.254.169.254',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '64:ff9b::169.254.169.254',
  ],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
  reserved: [
    '0.0.0.0',
    '0.1.2.3',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.9',
    '192.88.99.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::10.0.0.1'.replace('10.0.0.1', '8.8.8.8'),
    '2002:0808:0808::1',
    '2001::1',
    '2001:2::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    '64:ff9b:1::1',
    '5f00::1',
    '4000::1',
    'example.com',
    '',
  ],
}

for (const [kind, addresses] of Object.entries(kinds)) {
  test(`${kind} addresses`, () => {
    for (const address of addresses) assert.equal(kindOfAddress(address), kind, address)
  })
}

test('an address in a 6to4 or compatible one is judged too', () => {
  assert.equal(kindOfAddress('2002:7f00:1::1'), 'loopback')
  assert.equal(kindOfAddress('2002:a9fe:a9fe::1'), 'metadata')
  assert.equal(kindOfAddress('::192.168.0.1'), 'private')
})

test('an operator allows addresses, blocks, names and all names below one', () => {
  const list = new AllowList(['10.1.0.0/16', '192.168.0.7', 'fd00::/8', 'hooks.internal', '*.lab.example'])
  assert.ok(list.hasAddress('10.1.255.1'))
  assert.ok(!list.hasAddress('10.2.0.1'))
  assert.ok(list.hasAddress('192.168.0.7'))
  assert.ok(list.hasAddress('fd00::1'))
  assert.ok(list.hasHost('hooks.internal'))
  assert.ok(!list.hasHost('x.hooks.internal'))
  assert.ok(list.hasHost('a.b.lab.example'))
  assert.ok(!list.hasHost('lab.example'))
  for (const wrong of ['10.0.0.0/33', 'http://x', 'a b', '', '::/129', '*'])
    assert.throws(() => new AllowList([wrong]), TypeError, wrong)
})
