import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0027',
  title: 'Call an operation that does not exist',
  async run(world) {
    const answer = await ask(world, 'GET', '/no_such_thing')
    refused(answer, { code: '0027', status: 400, reason: 'api.endpoint_unknown', text: /no_such_thing/, url: '/no_such_thing' })
  },
}
