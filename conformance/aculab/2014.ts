import type { Scenario } from '../scenario.ts'
import { sixSecondsAhead } from './money.ts'
import { talkUntilSpent } from './spent-out.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2014',
  title: 'Talk until the account has no credit',
  server: sixSecondsAhead,
  run: (world) => talkUntilSpent(world, '2014'),
}
