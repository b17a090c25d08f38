import type { Scenario } from '../scenario.ts'
import { accepted, ask, changeAccount, refused } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '403',
  title: 'Knock from an address that the account does not allow',
  server: {},
  async run(world) {
    accepted(await ask(world, 'GET', '~'), 200)
    await changeAccount(world, { settings: { allowedSources: ['192.0.2.0/24'] } })
    const answer = await ask(world, 'GET', '~')
    refused(answer, { status: 403, code: 1201, reason: 'permission.denied', text: /permission/ })
    await changeAccount(world, { settings: { allowedSources: ['192.0.2.0/24', '127.0.0.0/8'] } })
    accepted(await ask(world, 'GET', '~'), 200)
    world.keep(answer)
  },
}
