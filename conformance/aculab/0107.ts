import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0107',
  title: 'Ask for voice biometrics, which the account does not have',
  async run(world) {
    const answer = await ask(world, 'GET', '/voice_biometrics/v1/user_group/list')
    refused(answer, {
      code: '0107',
      status: 403,
      reason: 'feature.not_enabled',
      text: /voice_biometrics/,
      url: '/voice_biometrics/v1/user_group/list',
    })
  },
}
