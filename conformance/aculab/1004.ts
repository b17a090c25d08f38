import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '1004',
  title: 'Let the database turn into a read-only standby',
  server: { engine: 'postgres' },
  async run(world) {
    await world.operator.sql('alter system set default_transaction_read_only = on')
    await world.operator.sql('select pg_reload_conf()')
    const put = () => ask(world, 'PUT', '/service/v1/inbound/Hotline', { body: {} })
    let answer = await put()
    // The database takes the setting over in its own time.
    for (let tries = 0; answer.status === 200 && tries < 200; tries += 1) answer = await put()
    refused(answer, {
      code: '1004',
      status: 502,
      reason: 'platform.backend_bad_gateway',
      text: /database/,
      url: '/service/v1/inbound/Hotline',
    })
  },
}
