import type { Scenario } from '../scenario.ts'
import { setUpUnpriced } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1301',
  title: 'Set up a call while the deck of the account has no rate for calls at all',
  server: {},
  run: (world) => setUpUnpriced(world, '-1301', 'service,prefix,price\nsms,,0.01'),
}
