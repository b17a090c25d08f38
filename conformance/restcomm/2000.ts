import type { Scenario } from '../scenario.ts'
import { assertMarkupFault } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2000',
  title: 'Answer a message with markup that is not well-formed',
  async run(world) {
    await assertMarkupFault(world, '<Response>\n<Sms>a</Response>', { code: 2000, says: /mismatch.*line 2\.$/ })
  },
}
