import type { Scenario } from '../scenario.ts'
import { ask, changeAccount, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0106',
  title: 'Ask as an account that the operator has suspended',
  server: {},
  async run(world) {
    await changeAccount(world, { status: 'suspended' })
    const answer = await ask(world, 'GET', '/tel_list_numbers')
    refused(answer, { code: '0106', status: 403, reason: 'account.deactivated', text: /deactivated/, url: '/tel_list_numbers' })
  },
}
