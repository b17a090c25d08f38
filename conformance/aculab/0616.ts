import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { freshName, remove, removeUrl, reserved } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0616',
  title: 'Remove a reservation by its name and its token',
  async run(world) {
    const conference_name = freshName()
    const reservation_token = await reserved(world, { conference_name })
    const answer = await remove(world, { conference_name, reservation_token })
    refused(answer, {
      code: '0616',
      status: 400,
      reason: 'request.parameters_exclusive',
      text: /conference_name.*reservation_token/,
      url: removeUrl,
    })
  },
}
