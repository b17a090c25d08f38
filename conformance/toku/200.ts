import type { Scenario } from '../scenario.ts'
import { acquire, ask, damageNumber, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-200',
  title: 'List numbers by QUERY, a verb outside the list, when the row of one is damaged',
  server: {},
  async run(world) {
    await acquire(world, '6531580001')
    await damageNumber(world, '6531580001')
    const answer = await ask(world, 'QUERY', '/number/v1/numbers', { country: 'SG' })
    refused(answer, {
      status: 500,
      reason: 'platform.resource_handler_failed',
      body: { result: -200, result_desc: 'unknown resources exception' },
    })
  },
}
