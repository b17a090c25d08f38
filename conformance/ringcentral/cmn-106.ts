import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-106',
  title: 'Ask for 51 extensions at once.',
  async run(world) {
    const ids = Array.from({ length: 51 }, (_, at) => 1000 + at).join(',')
    const answer = await get(world, await logIn(world, await makeApp(world)), `/account/~/extension/${ids}`)
    isApiFault(answer, {
      status: 400,
      code: 'CMN-106',
      reason: 'request.batch_too_large',
      message: 'Batch request is limited to 50 entries',
      extra: { limit: '50' },
    })
  },
}
