import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '1002',
  title: 'Stop the database under the platform',
  server: { engine: 'postgres' },
  async run(world) {
    await world.operator.stopDatabase()
    const answer = await ask(world, 'GET', '/tel_list_numbers')
    refused(answer, {
      code: '1002',
      status: 503,
      reason: 'platform.backend_unreachable',
      text: /database/,
      url: '/tel_list_numbers',
    })
    await world.operator.startDatabase()
    await until(
      () => ask(world, 'GET', '/tel_list_numbers'),
      ({ status }) => status === 200,
      'it goes on when the database is back',
    )
    world.keep(answer)
  },
}
