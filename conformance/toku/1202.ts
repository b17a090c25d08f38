import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'
import { serving } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1202',
  title: 'Delete a forward a second time',
  async run(world) {
    const number = await serving(world, '441134960112', 'CALL_FORWARD')
    const path = `/call/v1/forwards/${number}`
    accepted(await ask(world, 'POST', path, { destination: '12125550101', ring_timeout: 20 }))
    accepted(await ask(world, 'DELETE', path))
    for (const [method, body] of [
      ['PUT', { ring_timeout: 30 }],
      ['GET', undefined],
      ['DELETE', undefined],
    ] as const) {
      const answer = await ask(world, method, path, body)
      refused(answer, {
        status: 404,
        reason: 'call.forward_not_found',
        body: { result: -1202, result_desc: 'call forward not created', number },
      })
    }
  },
}
