import type { Scenario } from '../scenario.ts'
import { assertRefusedCall, withCall } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2501',
  title: 'Answer a call with a Play that names no file',
  async run(world) {
    await withCall(world, { '/voice': '<Play></Play>' }, (call) =>
      assertRefusedCall(world, call, 500, { code: 2501, text: 'Play: URL is empty' }),
    )
  },
}
