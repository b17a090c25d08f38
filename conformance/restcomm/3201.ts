import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, assertRefused } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '3201',
  title: 'Attach a number to an application that was deleted',
  async run(world) {
    const account = `/Accounts/${world.credentials.restcomm.accountSid}`
    const application = await ask(world, 'POST', `${account}/Applications.json`, { FriendlyName: 'Gone by night' })
    const number = await ask(world, 'POST', `${account}/IncomingPhoneNumbers.json`, { AreaCode: '212' })
    assert.equal(number.status, 200, number.text)
    assert.equal((await ask(world, 'DELETE', `${account}/Applications/${application.json.sid}.json`)).status, 200)
    const path = `${account}/IncomingPhoneNumbers/${number.json.sid}.json`
    const refused = await ask(world, 'POST', path, { VoiceApplicationSid: application.json.sid })
    assertRefused(refused, { status: 404, reason: 'application.not_found', code: 3201, message: 'Application not found' })
    world.keep(refused)
    assert.equal((await ask(world, 'DELETE', path)).status, 204)
  },
}
