import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { methodOf, statusOf } from '../sip-text.ts'
import { until } from '../until.ts'
import { assertTold, openPhone, withApplication } from './calls.ts'

/** What a browser offers; nobody stands behind it, so that its keys are never agreed on. */
const offer = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 0',
  'c=IN IP4 127.0.0.1',
  'a=rtpmap:0 PCMU/8000',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789abcdef01234567',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
  'a=setup:actpass',
  'a=mid:0',
  'a=rtcp-mux',
  'a=sendrecv',
  '',
].join('\r\n')

export const scenario: Scenario = {
  system: 'restcomm',
  code: '4000',
  title: 'Call from a browser whose encrypted sound never comes about',
  async run(world) {
    await withApplication({ '/voice': '<Gather timeout="60"/>' }, async ({ url }) => {
      const { peer, login, password } = await openPhone(world, `${url}/voice`)
      const credentials = { username: login, password }
      const call = await peer.call({ server: world.sip, from: login, to: '+12125550199', credentials, sdp: offer })
      assert.equal(statusOf(await call.final()), 200)
      const bye = await until(
        () => peer.received.find((one) => methodOf(one) === 'BYE'),
        (found) => found !== undefined,
        'the end of the call',
      )
      assertTold(world, bye!, { code: 4000, text: 'CPaaS Media Gateway error' }, call.asked)
    })
  },
}
