import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0011',
  title: 'Name a state in a country without states',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Berlin&state=Berlin')
    refused(answer, { code: '0011', status: 400, reason: 'number.state_not_applicable', text: /Berlin/, url: '/tel_purchase' })
  },
}
