import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { send, withNumber, withServer } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '5001',
  title: "Send a message that the operator's decision point refuses",
  server: {},
  async run(world) {
    await withServer(
      (_, body, response) => {
        const { to } = JSON.parse(body) as { to: string }
        response.end(JSON.stringify({ allow: to !== '+13105550142', reason: 'no cabs at night' }))
      },
      async (url) => {
        await world.operator.restart({ OFFHOOK_POLICY_URL: url })
        await withNumber(world, async ({ phone }) => {
          assert.equal((await send(world, { From: phone, To: '+13105550141' })).status, 200)
          const refused = await send(world, { From: phone, To: '+13105550142' })
          assert.equal(refused.status, 403, refused.text)
          assert.deepEqual(refused.json, { message: 'Extension Blocked Session', error: 'SMS_LIMIT_EXCEEDED', code: 5001 })
          assert.equal(refused.headers.get('offhook-reason'), 'policy.session_blocked')
          assert.match(refused.headers.get('offhook-error-id') ?? '', /^[0-9a-f-]{36}$/)
          world.keep(refused)
        })
      },
    )
  },
}
