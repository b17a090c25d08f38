import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, basic, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0022',
  title: 'Log in with a wrong key, with an unknown name, and with a service where none is allowed',
  async run(world) {
    const { cloudId, username, apiAccessKey } = world.credentials.aculab
    const attempts = [
      basic(`${cloudId}/${username}`, 'wrong'),
      basic(`${cloudId}/nobody@example.com`, apiAccessKey),
      basic(`${cloudId}/${username}/MyService`, apiAccessKey),
    ]
    const texts = new Set<string>()
    for (const authorization of attempts) {
      const answer = await ask(world, 'GET', '/tel_list_numbers', { headers: { authorization } })
      refused(answer, { code: '0022', status: 401, reason: 'auth.credentials_invalid', text: /./, url: '/tel_list_numbers' })
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm="/)
      texts.add(answer.json.error.text)
    }
    assert.equal(texts.size, 1, 'nobody can find out which users exist')
  },
}
