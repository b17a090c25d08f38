import type { Scenario } from '../scenario.ts'
import { openPhone, ownNumber, place } from './calls.ts'
import { assertRefused } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '3103',
  title: 'Place a call with a header of its own that SIP does not allow',
  async run(world) {
    const { login } = await openPhone(world)
    const { phone } = await ownNumber(world)
    const To = `client:${login}?X-Room=12%0d%0aX-Other=1`
    const refused = await place(world, { From: phone, To, Url: 'http://127.0.0.1:9/voice' })
    const message = 'Bad custom SIP header value'
    assertRefused(refused, { status: 400, reason: 'call.sip_header_invalid', code: 3103, message })
  },
}
