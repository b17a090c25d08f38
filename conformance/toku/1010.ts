import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { programmed } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1010',
  title: 'Call a number in a country that the account has not opened',
  server: {},
  async run(world) {
    const { accountId } = (await world.api('GET', '/whoami')).json
    const closed = { settings: { voice: { countries: [] } } }
    assert.equal((await world.operatorApi('PATCH', `/accounts/${accountId}`, closed)).status, 200)
    const number = await programmed(world, '441134960118')
    const answer = await ask(world, 'POST', '/call/v1/calls', { number, called_party: '81312345678' })
    refused(answer, {
      status: 403,
      reason: 'destination.not_allowed',
      body: { result: -1010, result_desc: 'destination number not allowed', called_party: '81312345678' },
    })
  },
}
