import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { assertEnds, changeSandbox, send, withCallbacks, withNumber, withSmsc } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30001',
  title: 'Send a second message over a silent SMSC while one may wait',
  server: {},
  async run(world) {
    await changeSandbox(world, { settings: { limits: { queuedPerSender: 1 } } })
    await withSmsc(world, { silent: true }, {}, async () => {
      await withNumber(world, async ({ phone }) => {
        await withCallbacks(async (told) => {
          const form = { From: phone, To: '+13105550142', StatusCallback: told.url }
          assert.equal((await send(world, form)).json.status, 'sending')
          const second = await send(world, form)
          assert.equal(second.status, 200, second.text)
          await assertEnds(world, second.json.sid, told, {
            status: 'failed',
            code: 30001,
            message: 'Message Queue overflow',
            reason: 'message.queue_overflow',
          })
        })
      })
    })
  },
}
