import type { Scenario } from '../scenario.ts'
import { setUpUnpriced } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1214',
  title: 'Set up a call that the deck of the account has no rate for',
  server: {},
  run: (world) => setUpUnpriced(world, '-1214', 'service,prefix,price,per,first,next\ncall,44,0.02,60,60,60'),
}
