import assert from 'node:assert/strict'
import type { Answer, Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, buyNumber, handset, sendSms } from './messages.ts'

const perMinute = 40

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-305',
  title: 'Send more than 40 SMS from a number within a minute.',
  async run(world) {
    const { number } = await buyNumber(world)
    const session = await asOwner(world)
    let answer: Answer
    let sent = -1
    do {
      answer = await sendSms(world, session, number, handset)
      sent += 1
      // A minute may end meanwhile, and another begin.
    } while (answer.status === 200 && sent < 2 * perMinute)
    assert.ok(sent >= perMinute, `refused after ${sent}`)
    isApiFault(answer, {
      status: 429,
      code: 'MSG-305',
      reason: 'rate.limit_exceeded',
      message: 'Request rate exceeded',
    })
    const seconds = Number(answer.headers.get('retry-after'))
    assert.ok(seconds >= 1 && seconds <= 60)
    assert.equal(answer.headers.get('x-rate-limit-group'), 'medium')
  },
}
