import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0102',
  title: 'Base a number on a service that the account does not have',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Berlin&based_on=NoSuchService')
    refused(answer, {
      code: '0102',
      status: 403,
      reason: 'service.template_unknown',
      text: /NoSuchService/,
      url: '/tel_purchase',
    })
  },
}
