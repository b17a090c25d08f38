import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { createUrl, freshName, reserve, reserved } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0603',
  title: 'Reserve a conference under a name that is reserved',
  async run(world) {
    const conference_name = freshName()
    await reserved(world, { conference_name })
    const answer = await reserve(world, { conference_name })
    refused(answer, { code: '0603', status: 400, reason: 'conference.name_taken', text: /Meeting/, url: createUrl })
  },
}
