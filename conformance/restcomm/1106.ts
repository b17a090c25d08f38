import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { statusOf } from '../sip-text.ts'
import { until } from '../until.ts'
import { accountPath, assertTold, withCall } from './calls.ts'
import { ask } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1106',
  title: 'Hand a call over by Refer',
  async run(world) {
    const pages = { '/voice': '<Gather timeout="1"/><Refer action="/after"><Sip>sip:desk@pbx.example</Sip></Refer>' }
    await withCall(world, pages, async (call, application, phone) => {
      assert.equal(statusOf(await call.final()), 200)
      await until(
        () => phone.peer.received.find(({ first }) => first.startsWith('REFER ')),
        (found) => found !== undefined,
        'the REFER',
      )
      const notified = [
        'Event: refer',
        'Subscription-State: terminated;reason=noresource',
        'Content-Type: message/sipfrag;version=2.0',
      ]
      await call.request('NOTIFY', notified, 'SIP/2.0 200 OK\r\n')
      assertTold(world, await call.ended(), { code: 1106, text: 'Call Transferred' }, call.asked)
      const after = await application.heard('/after')
      assert.deepEqual(
        ['ReferCallStatus', 'ReferSipResponseCode', 'NotifySipResponseCode'].map((name) => after.get(name)),
        ['completed', '202', '200'],
      )
      const { json } = await ask(world, 'GET', `${accountPath(world)}/Refers`)
      const refer = json.refers.find((one: any) => one.call_sid === after.get('CallSid'))
      assert.deepEqual(
        [refer.to, refer.call_status, refer.refer_sip_response_code, refer.notify_sip_response_code],
        ['sip:desk@pbx.example', 'completed', 202, 200],
      )
    })
  },
}
