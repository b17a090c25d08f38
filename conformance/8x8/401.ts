import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '401',
  title: 'Use a key that has been switched off',
  async run(world) {
    const made = await world.api('POST', '/keys', { face: '8x8', name: 'to be switched off' })
    assert.equal(made.status, 201, made.text)
    const headers = { authorization: `Bearer ${made.json.secret}` }
    accepted(await ask(world, 'GET', '~', { headers }), 200)
    assert.equal((await world.api('PATCH', `/keys/${made.json.id}`, { status: 'disabled' })).status, 200)
    const answer = await ask(world, 'GET', '~', { headers })
    const expected = { status: 401, code: 1200, reason: 'auth.credentials_invalid', text: /credentials/ }
    refused(answer, expected)
    // A stranger's key, a malformed one and none at all answer alike.
    for (const authorization of [`Bearer ${'x'.repeat(43)}`, 'Bearer', 'Basic OjpA', 'Digest a="b"', '']) {
      refused(await ask(world, 'GET', '~', { headers: { authorization } }), expected)
    }
    world.keep(answer)
  },
}
