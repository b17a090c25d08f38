import type { Scenario } from '../scenario.ts'
import { acquire, ask, damageNumber, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-205',
  title: 'Ask for the options of a number whose row is damaged',
  server: {},
  async run(world) {
    const path = await acquire(world, '6531580001')
    await damageNumber(world, '6531580001')
    const answer = await ask(world, 'OPTIONS', path)
    refused(answer, {
      status: 500,
      reason: 'platform.resource_handler_failed',
      body: { result: -205, result_desc: 'unknown option resources exception' },
    })
  },
}
