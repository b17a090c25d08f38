import type { Scenario } from '../scenario.ts'
import { acquire, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1014',
  title: 'Subscribe a toll-free number, which takes no messages, to SMS',
  async run(world) {
    const path = await acquire(world, '18885550114')
    const answer = await ask(world, 'POST', `${path}/services`, { service_id: 'SMS' })
    refused(answer, {
      status: 400,
      reason: 'number.type_invalid',
      body: { result: -1014, result_desc: 'invalid number category', number: '18885550114' },
    })
  },
}
