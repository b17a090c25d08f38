import type { Scenario } from '../scenario.ts'
import { assertRefusedCall, withCall } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2400',
  title: 'Reject a call',
  async run(world) {
    await withCall(world, { '/voice': '<Reject/>' }, (call) =>
      assertRefusedCall(world, call, 603, { code: 2400, text: 'Reject verb' }),
    )
  },
}
