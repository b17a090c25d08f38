import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1103',
  title: 'Acquire a number while the balance does not add up in the database',
  server: {},
  async run(world) {
    // More is held than is there: nothing can be said about what may still be spent.
    await world.operator.sql('update balances set held_micro = balance_micro + 1')
    const body = { result: -1103, result_desc: 'error deduct credit' }
    const answer = await ask(world, 'POST', '/number/v1/numbers', { number: '6531580006' })
    refused(answer, { status: 500, reason: 'credit.deduction_failed', body })
    world.keep(answer)
    // What was done before the charge is undone.
    const { numbers } = accepted(await ask(world, 'GET', '/number/v1/available?country=SG&limit=100'))
    assert.ok(numbers.some(({ number }: { number: string }) => number === '6531580006'))
  },
}
