import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, ask, leaveCredit, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1100',
  title: 'Acquire a number that costs more than there is credit',
  server: {},
  async run(world) {
    await leaveCredit(world, 1_999_999)
    const answer = await ask(world, 'POST', '/number/v1/numbers', { number: '6531580006' })
    refused(answer, {
      status: 402,
      reason: 'credit.insufficient',
      body: { result: -1100, result_desc: 'low credit balance' },
    })
    world.keep(answer)
    // Nothing was done: the number is for sale as before, and the credit is what it was.
    const { numbers } = accepted(await ask(world, 'GET', '/number/v1/available?country=SG&limit=100'))
    assert.ok(numbers.some(({ number }: { number: string }) => number === '6531580006'))
    const { balance, currency } = accepted(await ask(world, 'GET', '/account/v1/credit'))
    assert.deepEqual([balance, currency], [1.999999, 'USD'])
  },
}
