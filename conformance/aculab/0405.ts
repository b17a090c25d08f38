import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0405',
  title: 'Ask how far a deletion is with a token that was never given',
  async run(world) {
    const answer = await ask(world, 'GET', '/file_delete_progress?token=0123456789')
    refused(answer, { code: '0405', status: 404, reason: 'file.token_invalid', text: /token/, url: '/file_delete_progress' })
  },
}
