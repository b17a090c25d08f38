import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { changeAccount } from './client.ts'
import { accepted, numberFor, send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0723',
  title: 'Send to a US number from one whose campaign was registered until yesterday',
  server: {},
  async run(world) {
    await changeAccount(world, { settings: { messages: { usCampaigns: true } } })
    const { id, number: from } = await numberFor(world, 'sent')
    const registered = async (days: number) => {
      const campaignExpiresAt = new Date(Date.now() + days * 86_400_000).toISOString()
      const told = await world.api('PUT', `/numbers/${id}/messaging`, { campaignId: 'C1A2B3', campaignExpiresAt })
      assert.equal(told.status, 200, told.text)
    }
    await registered(1)
    accepted(await send(world, { from }))
    await registered(-1)
    const answer = await send(world, { from })
    sendRefused(answer, { code: '0723', status: 400, reason: 'message.campaign_expired', text: /expired/ })
  },
}
