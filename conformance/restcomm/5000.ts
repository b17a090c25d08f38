import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { assertRefused } from './client.ts'
import { send, withNumber, withServer } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '5000',
  title: "Send a message at which the operator's decision point fails",
  server: {},
  async run(world) {
    await withServer(
      (_, body, response) => {
        const { to } = JSON.parse(body) as { to: string }
        response.writeHead(to === '+13105550142' ? 500 : 200).end('{"allow":true}')
      },
      async (url) => {
        await world.operator.restart({ OFFHOOK_POLICY_URL: url })
        await withNumber(world, async ({ phone }) => {
          assert.equal((await send(world, { From: phone, To: '+13105550141' })).status, 200)
          const refused = await send(world, { From: phone, To: '+13105550142' })
          assertRefused(refused, { status: 500, reason: 'policy.hook_failed', code: 5000, message: 'Extension Error' })
          world.keep(refused)
        })
      },
    )
  },
}
