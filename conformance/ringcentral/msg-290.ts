import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'
import { startSmsc } from '../../test/fakes/smsc.ts'
import { isApiFault } from './client.ts'
import { asOwner, sendSms } from './messages.ts'

/** ESME_RINVSYSTYP: an SMSC that is set up otherwise than it is spoken to. */
const invalidSystemType = 0x53

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-290',
  title: 'Send a message that the only carrier refuses while the request waits.',
  server: {},
  async run(world) {
    const smsc = await startSmsc({ behaviour: { refuse: [{ status: invalidSystemType }] } })
    try {
      // No other way is left.
      for (const { id } of (await world.operatorApi('GET', '/routes')).json.items)
        assert.ok((await world.operatorApi('DELETE', `/routes/${id}`)).status < 300)
      const url = `smpp://us:secret@127.0.0.1:${smsc.port}`
      const carrier = await world.operatorApi('POST', '/carriers', { name: 'refusing', url })
      assert.equal(carrier.status, 201, carrier.text)
      const route = await world.operatorApi('POST', '/routes', { carrierId: carrier.json.id, prefix: '+1' })
      assert.equal(route.status, 201, route.text)
      const session = await asOwner(world)
      const to = '+13105550177'
      const from = world.credentials.ringcentral.mainNumber
      // Until the carrier is bound, it is refused for that.
      const answer = await until(
        () => sendSms(world, session, from, to),
        ({ headers }) => headers.get('offhook-reason') === 'message.send_failed',
        'the refusal of the carrier that is bound',
      )
      isApiFault(answer, {
        status: 503,
        code: 'MSG-290',
        reason: 'message.send_failed',
        message: `Sending SMS to ${to} failed. Please try later.`,
        extra: { parameterName: 'to', parameterValue: to },
      })
    } finally {
      await smsc.stop()
    }
  },
}
