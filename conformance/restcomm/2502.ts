import type { Scenario } from '../scenario.ts'
import { assertRefusedCall, withCall } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2502',
  title: 'Answer a call with a Play whose address is none',
  async run(world) {
    await withCall(world, { '/voice': '<Play>not a url</Play>' }, (call) =>
      assertRefusedCall(world, call, 500, { code: 2502, text: 'Play: URL is invalid' }),
    )
  },
}
