import type { Scenario } from '../scenario.ts'
import { assertMarkupFault } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2001',
  title: 'Answer a message with an Email that has no sender',
  async run(world) {
    await assertMarkupFault(world, '<Response>\n\n<Email to="kim@customer.example">a</Email></Response>', {
      code: 2001,
      says: /from is missing, line 3, element Email, attribute from\.$/,
    })
  },
}
