import type { Scenario } from '../scenario.ts'
import { assertTold, openPhone, withApplication } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1104',
  title: 'Talk for longer than a Dial allows',
  async run(world) {
    const called = await openPhone(world)
    const pages = { '/voice': `<Dial timeLimit="1"><Client>${called.login}</Client></Dial>` }
    await withApplication(pages, async ({ url }) => {
      const caller = await openPhone(world, `${url}/voice`)
      const invited = called.peer.invited()
      await caller.call()
      const leg = await invited
      await leg.answer()
      assertTold(world, await leg.ended(), { code: 1104, text: 'Call Maximum Duration Exceeded' }, leg.asked)
    })
  },
}
