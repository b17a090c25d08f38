import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { methodOf } from '../sip-text.ts'
import { assertTold, openPhone, withApplication } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1105',
  title: 'Ring somebody who does not answer',
  async run(world) {
    const called = await openPhone(world)
    const pages = { '/voice': `<Dial timeout="2" action="/after"><Client>${called.login}</Client></Dial>`, '/after': '<Hangup/>' }
    await withApplication(pages, async (application) => {
      const caller = await openPhone(world, `${application.url}/voice`)
      const invited = called.peer.invited()
      await caller.call()
      const leg = await invited
      leg.ring()
      const cancel = await leg.ended()
      assert.equal(methodOf(cancel), 'CANCEL')
      assertTold(world, cancel, { code: 1105, text: 'Call No Answer' }, leg.asked)
      const after = await application.heard('/after')
      assert.deepEqual([after.get('DialCallStatus'), after.get('DialCallDuration')], ['no-answer', '0'])
    })
  },
}
