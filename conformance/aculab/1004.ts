import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '1004',
  title: 'Let the database turn into a read-only standby',
  server: { engine: 'postgres' },
  async run(world) {
    await world.operator.sql('alter system set default_transaction_read_only = on')
    await world.operator.sql('select pg_reload_conf()')
    // The database takes the setting over in its own time.
    const answer = await until(
      () => ask(world, 'PUT', '/service/v1/inbound/Hotline', { body: {} }),
      ({ status }) => status !== 200,
      'nothing can be written',
    )
    refused(answer, {
      code: '1004',
      status: 502,
      reason: 'platform.backend_bad_gateway',
      text: /database/,
      url: '/service/v1/inbound/Hotline',
    })
  },
}
