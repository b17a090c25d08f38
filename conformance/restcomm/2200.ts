import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'
import { accountPath, assertHungUp, withCall } from './calls.ts'
import { ask } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2200',
  title: 'Stay in a conference for longer than it may last',
  async run(world) {
    const room = `room-${crypto.randomUUID()}`
    const pages = { '/voice': `<Dial timeLimit="2"><Conference>${room}</Conference></Dial>` }
    await withCall(world, pages, async (call) => {
      await assertHungUp(world, call, { code: 2200, text: 'Dial verb - conference max time exceeded' })
      await until(
        () => ask(world, 'GET', `${accountPath(world)}/Conferences.json?FriendlyName=${room}&Status=COMPLETED`),
        ({ json }) => json.total === 1,
        'the conference as completed',
      )
    })
  },
}
