import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { modify, modifyUrl } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0604',
  title: 'Extend a reservation by a token that was never given out',
  async run(world) {
    const answer = await modify(world, { reservation_token: '0123456789abcd' })
    refused(answer, { code: '0604', status: 400, reason: 'conference.token_invalid', text: /token/, url: modifyUrl })
  },
}
