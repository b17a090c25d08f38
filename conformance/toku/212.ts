import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-212',
  title: 'Ask for the credit, which no part of the platform keeps',
  async run(world) {
    const answer = await ask(world, 'GET', '/account/v1/credit')
    refused(answer, {
      status: 501,
      reason: 'platform.not_implemented',
      body: { result: -212, result_desc: 'unimplement resources exception' },
    })
  },
}
