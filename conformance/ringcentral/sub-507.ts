import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp, send } from './client.ts'
import { subscribed, withHook } from './subscriptions.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'SUB-507',
  title: 'Renew a subscription that is over.',
  async run(world) {
    const app = await makeApp(world)
    const session = await logIn(world, app)
    await withHook(async (address) => {
      const { id, expirationTime } = await subscribed(world, session, address, undefined, { expiresIn: 1 })
      await wait(Math.max(0, Date.parse(expirationTime) - Date.now()) + 20)
      const holder = `${session.owner_id} ${app.clientId}`
      isApiFault(await send(world, session, 'POST', `/subscription/${id}/renew`, {}), {
        status: 404,
        code: 'SUB-507',
        reason: 'subscription.expired',
        message: `Subscription with key [${id}] and assigned session [${holder}] was expired`,
        extra: { subscriptionId: id },
      })
      assert.deepEqual((await get(world, session, '/subscription')).json.records, [])
    })
  },
}
