import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'
import { serving } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1201',
  title: 'Create the forward of a number twice',
  async run(world) {
    const number = await serving(world, '441134960111', 'CALL_FORWARD')
    const path = `/call/v1/forwards/${number}`
    accepted(await ask(world, 'POST', path, { destination: '12125550101' }))
    const answer = await ask(world, 'POST', path, { destination: '12125550102' })
    refused(answer, {
      status: 409,
      reason: 'call.forward_exists',
      body: { result: -1201, result_desc: 'call forward already created', number },
    })
  },
}
