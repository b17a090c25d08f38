import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, buyNumber, handset, sendSms } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-243',
  title: 'Send from a number that the operator has blocked.',
  async run(world) {
    const { number } = await buyNumber(world)
    const blocked = await world.operatorApi('PUT', `/number-blocks/${encodeURIComponent(number)}`)
    assert.equal(blocked.status, 200, blocked.text)
    isApiFault(await sendSms(world, await asOwner(world), number, handset), {
      status: 400,
      code: 'MSG-243',
      reason: 'number.blocked',
      message: 'Phone number is blocked',
      extra: { parameterName: 'from', parameterValue: number },
      top: 'InvalidParameter',
    })
  },
}
