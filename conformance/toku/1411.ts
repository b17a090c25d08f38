import type { Scenario } from '../scenario.ts'
import { acquire, ask, makeUser, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1411',
  title: 'Give a VoIP user a default number although it has one',
  async run(world) {
    await acquire(world, '6591230001')
    await acquire(world, '6591230002')
    const path = await makeUser(world, 'two-numbers', 'alice', { default_number: '6591230001' })
    const answer = await ask(world, 'PUT', path, { default_number: '6591230002' })
    refused(answer, {
      status: 409,
      reason: 'voip_user.default_number_conflict',
      body: {
        result: -1411,
        result_desc: 'voip user asigned another number as default',
        user_name: 'alice',
        number: '6591230001',
      },
    })
  },
}
