import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { withApplication } from './application.ts'
import { accepted, ask } from './client.ts'
import { addTrunk, called, serving } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1304',
  title: 'Place a call while the call engine cannot open any sound',
  // An address that this host does not have.
  server: { env: { OFFHOOK_RTP_HOST: '192.0.2.1' } },
  async run(world) {
    await withApplication(
      () => [],
      async ({ url, next }) => {
        const settings = { callback_url: `${url}/handle`, status_url: `${url}/status`, status_method: 'POST' }
        const number = await serving(world, '441134960119', 'PROGRAMMABLE_CALL', settings)
        await addTrunk(world, called('-1304', ''))
        const wish = { number, called_party: called('-1304'), reference_id: 'trip-77' }
        const { session_id } = accepted(await ask(world, 'POST', '/call/v1/calls', wish))
        const { method, path, event, headers } = await next('/status', ({ call_status }) => call_status === 'DISCONNECT')
        assert.equal(method, 'POST')
        assert.equal(headers['offhook-reason'], 'platform.media_operation_failed')
        assert.equal(event['result'], '-1304')
        assert.equal(event['result_desc'], 'Media operation failed')
        assert.equal(event['session_id'], session_id)
        assert.equal(event['reference_id'], 'trip-77')
        assert.deepEqual([event['call_connected'], event['call_duration'], event['channel']], ['0', '0', '0'])
        const fields = new URLSearchParams(event).toString()
        const told = `${method} ${path} HTTP/1.1\noffhook-reason: ${headers['offhook-reason']}\n\n${fields}`
        world.keepText("A call that goes out, and its number's status URL", told)
      },
    )
  },
}
