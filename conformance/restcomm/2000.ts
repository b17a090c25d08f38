import type { Scenario } from '../scenario.ts'
import { assertRefusedCall, withCall } from './calls.ts'
import { assertMarkupFault } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2000',
  title: 'Answer a message with markup that is not well-formed',
  async run(world) {
    // A call is refused with it; what was written to whoever wrote the page is kept.
    await withCall(world, { '/voice': '<Say>a' }, (call) =>
      assertRefusedCall(world, call, 500, { code: 2000, text: 'Generic RCML Error' }),
    )
    await assertMarkupFault(world, '<Response>\n<Sms>a</Response>', { code: 2000, says: /mismatch.*line 2, column \d+\.$/ })
  },
}
