import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { askLogin, isOauthFault, makeApp, makePerson, oneTimeCode } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-168',
  title: 'Log in with a password as a user who has a second factor.',
  async run(world) {
    const person = await makePerson(world)
    const { token } = (
      await world.ask({ method: 'POST', path: '/v1/sessions', body: { login: person.login, password: person.password } })
    ).json
    const headers = { authorization: `Bearer ${token}` }
    const { seed } = (await world.ask({ method: 'POST', path: '/v1/second-factor', headers })).json
    const confirmed = await world.ask({
      method: 'PUT',
      path: '/v1/second-factor',
      headers,
      body: { code: oneTimeCode(seed, Date.now()) },
    })
    assert.equal(confirmed.status, 200, confirmed.text)
    const answer = await askLogin(world, await makeApp(world), person)
    isOauthFault(answer, {
      status: 401,
      code: 'OAU-168',
      reason: 'auth.mfa_required',
      error: 'invalid_grant',
      message: 'Password grant is not allowed because MFA is required.',
    })
  },
}
