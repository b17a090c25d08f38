import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { askLogin, isOauthFault, makeApp, makePerson } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-147',
  title: 'Log in with the right password after five wrong ones.',
  async run(world) {
    const app = await makeApp(world)
    const person = await makePerson(world)
    for (let guess = 1; guess <= 5; guess += 1)
      assert.equal((await askLogin(world, app, { ...person, password: `guess ${guess}` })).status, 401)
    const answer = await askLogin(world, app, person)
    isOauthFault(answer, {
      status: 400,
      code: 'OAU-147',
      reason: 'auth.locked',
      error: 'invalid_grant',
      message: 'The account is locked out due to multiple unsuccessful logon attempts.',
    })
    assert.ok(Number(answer.headers.get('retry-after')) > 3500)
  },
}
