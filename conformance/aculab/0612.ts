import type { Scenario } from '../scenario.ts'
import { changeAccount, refused } from './client.ts'
import { createUrl, reserve } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0612',
  title: 'Reserve a conference for more than the account may',
  async run(world) {
    await changeAccount(world, { settings: { limits: { reservedParticipants: 20 } } })
    const answer = await reserve(world, { max_participants: '21' })
    world.keep(answer)
    refused(answer, { code: '0612', status: 400, reason: 'conference.participants_over_allowance', text: /20/, url: createUrl })
    await changeAccount(world, { settings: { limits: { reservedParticipants: 350 } } })
  },
}
