import type { Scenario } from '../scenario.ts'
import { assertRefusedCall, withCall } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2100',
  title: 'Answer a call with a Gather that has more hints than allowed',
  async run(world) {
    await withCall(
      world,
      { '/voice': `<Gather input="speech" hints="${Array.from({ length: 51 }, (_, at) => `word${at}`).join()}"/>` },
      (call) => assertRefusedCall(world, call, 500, { code: 2100, text: 'Gather verb invalid hints' }),
    )
  },
}
