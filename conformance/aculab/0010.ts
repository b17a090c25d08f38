import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0010',
  title: 'Ask for the places of a state that the country does not have',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_get_supported_regions?country=United+States&state=Atlantis')
    refused(answer, {
      code: '0010',
      status: 400,
      reason: 'number.area_unknown',
      text: /Atlantis/,
      url: '/tel_get_supported_regions',
    })
  },
}
