import type { Scenario } from '../scenario.ts'
import { assertHungUp, withCall } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2500',
  title: 'Play a file that is not there',
  async run(world) {
    await withCall(world, { '/voice': '<Gather timeout="1"/><Play>/nowhere.wav</Play>' }, (call) =>
      assertHungUp(world, call, { code: 2500, text: 'Play: Unexpected Error' }),
    )
  },
}
