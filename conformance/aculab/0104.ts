import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0104',
  title: 'Interrupt an application that never was',
  async run(world) {
    const instance = '06e122c3364cc74c.787379'
    const answer = await ask(world, 'GET', `/rest_interrupt?application_instance_ids=${instance}`)
    refused(answer, {
      code: '0104',
      status: 403,
      reason: 'application.instance_not_found',
      text: /06e122c3364cc74c\.787379/,
      url: '/rest_interrupt',
    })
  },
}
