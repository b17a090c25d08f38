import type { Scenario } from '../scenario.ts'
import { assertHungUp, withCall } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2302',
  title: 'Say something by a provider of speech that nobody has',
  async run(world) {
    await withCall(world, { '/voice': '<Say language="awspolly.ja-JP">hello</Say>' }, (call) =>
      assertHungUp(world, call, { code: 2302, text: 'Say verb - unknown provider' }),
    )
  },
}
