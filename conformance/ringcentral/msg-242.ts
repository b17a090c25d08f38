import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, buyNumber, handset, sendSms } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-242',
  title: 'Send from a number whose messages are switched off.',
  async run(world) {
    const { id, number } = await buyNumber(world)
    const switched = await world.api('PUT', `/numbers/${id}/messaging`, { enabled: false })
    assert.equal(switched.status, 200, switched.text)
    isApiFault(await sendSms(world, await asOwner(world), number, handset), {
      status: 403,
      code: 'MSG-242',
      reason: 'message.sender_not_enabled',
      message: 'Sending SMS is not available from the number specified.',
      extra: { parameterName: 'from', parameterValue: number },
      top: 'InvalidParameter',
    })
  },
}
