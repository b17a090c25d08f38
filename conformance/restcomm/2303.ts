import type { Scenario } from '../scenario.ts'
import { assertHungUp, withCall } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2303',
  title: 'Say something in a language that the provider does not have',
  async run(world) {
    await withCall(world, { '/voice': '<Say language="xx-XX">hello</Say>' }, (call) =>
      assertHungUp(world, call, { code: 2303, text: 'Say verb - invalid language' }),
    )
  },
}
