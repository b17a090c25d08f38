import type { Scenario } from '../scenario.ts'
import { startSmsc } from '../../test/fakes/smsc.ts'
import { ask, refused } from './client.ts'
import { addGateway, recipient } from './gateways.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-2001',
  title: 'Send over a gateway where nobody listens',
  server: {},
  async run(world) {
    const smsc = await startSmsc()
    const { port } = smsc
    await smsc.stop()
    await addGateway(world, port, 'down')
    const answer = await ask(world, 'POST', '/sms/v1/messages', { from: 'Shop', to: recipient, message: 'Hello' })
    refused(answer, {
      status: 502,
      reason: 'message.gateway_unreachable',
      body: { result: -2001, result_desc: 'unable to connect sms gateway' },
    })
  },
}
