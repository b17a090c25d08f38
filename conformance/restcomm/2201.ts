import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { statusOf } from '../sip-text.ts'
import { until } from '../until.ts'
import { accountPath, withCall } from './calls.ts'
import { ask, assertRefused } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2201',
  title: 'Mute somebody in a conference that has completed',
  async run(world) {
    const room = `room-${crypto.randomUUID()}`
    await withCall(world, { '/voice': `<Dial><Conference>${room}</Conference></Dial>` }, async (call, application) => {
      assert.equal(statusOf(await call.final()), 200)
      const conferences = (status: string) =>
        until(
          () => ask(world, 'GET', `${accountPath(world)}/Conferences.json?FriendlyName=${room}`),
          ({ json }) => json.conferences?.[0]?.status === status,
          `the conference as ${status}`,
        )
      const { sid } = (await conferences('RUNNING_MODERATOR_PRESENT')).json.conferences[0]
      const participants = `${accountPath(world)}/Conferences/${sid}/Participants`
      const callSid = (await application.heard('/voice')).get('CallSid')!
      const inside = await ask(world, 'GET', `${participants}.json`)
      assert.deepEqual(
        inside.json.calls.map((one: any) => [one.sid, one.muted]),
        [[callSid, false]],
      )
      const muted = await ask(world, 'POST', `${participants}/${callSid}.json`, { Mute: 'true' })
      assert.equal(muted.json.muted, true, muted.text)
      await call.hangUp()
      await conferences('COMPLETED')
      assert.equal((await ask(world, 'GET', `${participants}.json`)).json.total, 0)
      const refused = await ask(world, 'POST', `${participants}/${callSid}.json`, { Mute: 'true' })
      const message = 'Dial verb - conference not found or completed'
      assertRefused(refused, { status: 404, reason: 'conference.not_running', code: 2201, message })
      const unknown = await ask(world, 'GET', `${accountPath(world)}/Conferences/CF${'0'.repeat(32)}.json`)
      assertRefused(unknown, { status: 404, reason: 'conference.not_found', code: 2201, message })
      world.keep(refused)
    })
  },
}
