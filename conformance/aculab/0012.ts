import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0012',
  title: 'Name a regulation address that the account does not have',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Berlin&regulation_address=Home')
    refused(answer, { code: '0012', status: 400, reason: 'address.not_found', text: /Home/, url: '/tel_purchase' })
  },
}
