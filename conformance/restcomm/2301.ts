import type { Scenario } from '../scenario.ts'
import { assertHungUp, withCall } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2301',
  title: 'Say something where nobody provides speech',
  server: { env: { OFFHOOK_TTS: 'off' } },
  async run(world) {
    const told = { code: 2301, text: 'Say verb - no TTS providers available' }
    await withCall(world, { '/voice': '<Say>hello</Say>' }, (call) => assertHungUp(world, call, told))
  },
}
