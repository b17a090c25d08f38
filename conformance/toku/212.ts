import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-212',
  title: 'Ask for a task of outbound calls, which no part of the platform makes',
  async run(world) {
    const answer = await ask(world, 'POST', '/task/v1/tasks', {})
    refused(answer, {
      status: 501,
      reason: 'platform.not_implemented',
      body: { result: -212, result_desc: 'unimplement resources exception' },
    })
  },
}
