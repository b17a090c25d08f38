import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bracketed, hostPort, readHostPort, unbracketed } from './host-port.ts'

test('IPv6 stands in brackets before a port, and nothing else does', () => {
  for (const host of ['192.0.2.1', 'sip.example.net', '2001:db8::1']) {
    assert.equal(unbracketed(bracketed(host)), host)
    assert.equal(bracketed(bracketed(host)), bracketed(host))
    assert.deepEqual(readHostPort(hostPort(host, 5060)), { host, port: 5060 })
  }
  assert.equal(hostPort('2001:db8::1', 5060), '[2001:db8::1]:5060')
  assert.equal(hostPort('192.0.2.1', 5060), '192.0.2.1:5060')
})

test('what has no port is no such text', () => {
  for (const text of ['', '192.0.2.1', '[2001:db8::1]', '192.0.2.1:', '192.0.2.1:123456'])
    assert.equal(readHostPort(text), undefined)
})
