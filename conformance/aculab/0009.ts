import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0009',
  title: 'Buy a number in a place that the country does not have',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Atlantis')
    refused(answer, { code: '0009', status: 400, reason: 'number.area_unknown', text: /Atlantis/, url: '/tel_purchase' })
  },
}
