import assert from 'node:assert/strict'
import { test } from 'node:test'
import { locate } from '#protocols/sip/locate.ts'
import { sipNames } from './sip-names.ts'

test('a gateway that is given by its name is found', async () => {
  const found = await locate({ host: 'localhost', port: 5070, transport: 'tcp' }, sipNames, () => 0)
  assert.ok(found.length > 0)
  for (const { host, port, transport, serverName } of found) {
    assert.match(host, /^(?:127\.0\.0\.1|::1)$/)
    assert.deepEqual([port, transport, serverName], [5070, 'tcp', 'localhost'])
  }
})
