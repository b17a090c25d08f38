import type { Scenario } from '../scenario.ts'
import { assertTold, openPhone } from './calls.ts'
import { reasonsOf } from '../sip-text.ts'
import { until } from '../until.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1201',
  title: 'Call a client whose registration is over',
  async run(world) {
    const caller = await openPhone(world)
    const called = await openPhone(world, undefined, 'tcp')
    called.peer.close()
    // Until the platform has seen the end of the connection it still rings there.
    await until(
      async () => {
        const call = await caller.call(called.login)
        return { call, answer: await call.final() }
      },
      ({ call, answer }) => {
        const isTold = reasonsOf(answer)['CPaaS']?.cause === 1201
        if (isTold) assertTold(world, answer, { code: 1201, text: 'Client Registration Expired' }, call.asked)
        return isTold
      },
      'a call that finds the registration over',
    )
  },
}
