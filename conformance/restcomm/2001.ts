import type { Scenario } from '../scenario.ts'
import { assertRefusedCall, withCall } from './calls.ts'
import { assertMarkupFault } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2001',
  title: 'Answer a message with an Email that has no sender',
  async run(world) {
    const told = { code: 2001, text: 'RCML Validation failure' }
    await withCall(world, { '/voice': '<Dial></Dial>' }, (call) => assertRefusedCall(world, call, 500, told))
    await assertMarkupFault(world, '<Response>\n\n<Email to="kim@customer.example">a</Email></Response>', {
      code: 2001,
      says: /from is missing, line 3, column \d+, element Email, attribute from\.$/,
    })
  },
}
