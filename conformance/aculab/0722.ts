import type { Scenario } from '../scenario.ts'
import { changeAccount } from './client.ts'
import { accepted, send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0722',
  title: 'Send to a US number from one that has no campaign, where campaigns are asked for',
  server: {},
  async run(world) {
    accepted(await send(world, {}))
    await changeAccount(world, { settings: { messages: { usCampaigns: true } } })
    const answer = await send(world, {})
    sendRefused(answer, { code: '0722', status: 400, reason: 'message.campaign_missing', text: /campaign/ })
  },
}
