import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0008',
  title: 'Buy a number in a country that is not offered',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Atlantis&region=Berlin')
    refused(answer, {
      code: '0008',
      status: 400,
      reason: 'number.area_unknown',
      text: /Atlantis for geographic/,
      url: '/tel_purchase',
    })
  },
}
