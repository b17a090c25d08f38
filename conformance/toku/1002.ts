import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1002',
  title: 'Acquire a number that the operator has taken from sale',
  async run(world) {
    const number = '6531580002'
    const offer = (forSale: boolean) => world.operatorApi('PATCH', `/number-stock/+${number}`, { forSale })
    assert.equal((await offer(false)).json.status, 'withheld')
    const answer = await ask(world, 'POST', '/number/v1/numbers', { number })
    refused(answer, {
      status: 409,
      reason: 'number.not_available',
      body: { result: -1002, result_desc: 'number not available', number },
    })
    assert.equal((await offer(true)).json.status, 'available')
    world.keep(answer)
  },
}
