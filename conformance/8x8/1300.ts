import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '1300',
  title: 'Read a group of contacts after it was deleted',
  async run(world) {
    const { id } = accepted(
      await ask(world, 'POST', '~/groups', { body: { name: 'Short-lived', description: 'soon gone' } }),
      201,
    )
    accepted(await ask(world, 'GET', `~/groups/${id}`), 200)
    accepted(await ask(world, 'DELETE', `~/groups/${id}`), 204)
    const answer = await ask(world, 'GET', `~/groups/${id}`)
    refused(answer, { status: 404, code: 1300, reason: 'resource.not_found', text: /group/ })
  },
}
