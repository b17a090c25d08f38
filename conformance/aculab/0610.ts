import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { freshName, modify, modifyUrl, running } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0610',
  title: 'Extend a conference that ends in less than five minutes',
  async run(world) {
    const conference_name = freshName()
    await running(world, conference_name, 4)
    const answer = await modify(world, { conference_name })
    refused(answer, { code: '0610', status: 400, reason: 'conference.too_late_to_extend', text: /five minutes/, url: modifyUrl })
  },
}
