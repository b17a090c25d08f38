import type { Scenario } from '../scenario.ts'
import { accepted, ask, refusedByVoice } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '422',
  title: 'Have recordings pushed to a host that is no host',
  async run(world) {
    const path = `/api/v1/subaccounts/${world.credentials['8x8'].subAccountId}/recording-push-config`
    const config = { protocol: 'SFTP', port: 22, username: 'push', password: 'something long', path: '/calls' }
    const answer = await ask(world, 'POST', path, { body: { ...config, host: 'https://files.example/' } })
    refusedByVoice(answer, { status: 422, reason: 'request.unprocessable', text: /host/ })
    accepted(await ask(world, 'POST', path, { body: { ...config, host: 'files.example' } }), 200)
    world.keep(answer)
  },
}
