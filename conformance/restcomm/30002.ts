import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'
import { assertEnds, changeSandbox, send, withCallbacks, withNumber, withSmsc } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30002',
  title: 'Have the account suspended while a message waits for its turn',
  server: {},
  async run(world) {
    await withSmsc(world, { slowMs: 60_000 }, { window: 1 }, async (smsc) => {
      await withNumber(world, async ({ phone }) => {
        await withCallbacks(async (told) => {
          const form = { From: phone, To: '+13105550142', StatusCallback: told.url }
          assert.equal((await send(world, form)).status, 200)
          await until(
            () => smsc.counters.submits,
            (count) => count > 0,
            'the first message on the wire',
          )
          const second = await send(world, form)
          assert.equal(second.json.status, 'sending', second.text)
          await changeSandbox(world, { status: 'suspended' })
          smsc.behave({ slowMs: 0 })
          await until(
            () => told.callbacks.filter((one) => one.fields.get('MessageSid') === second.json.sid).length,
            (count) => count > 0,
            'the callback of the second',
          )
          await changeSandbox(world, { status: 'active' })
          await assertEnds(world, second.json.sid, told, {
            status: 'failed',
            code: 30002,
            message: 'Account suspended',
            reason: 'account.suspended',
          })
        })
      })
    })
  },
}
