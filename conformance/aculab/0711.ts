import type { Scenario } from '../scenario.ts'
import { changeAccount } from './client.ts'
import { accepted, numberFor, onlyCarrier, send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0711',
  title: 'Send more from one number than may wait, while its carrier is down',
  server: {},
  async run(world) {
    await onlyCarrier(world, {})
    await changeAccount(world, { settings: { limits: { queuedPerSender: 2 } } })
    const { number: from } = await numberFor(world, 'sent')
    accepted(await send(world, { from }))
    accepted(await send(world, { from }))
    const answer = await send(world, { from })
    sendRefused(answer, { code: '0711', status: 429, reason: 'message.queue_full', text: new RegExp(from) })
    accepted(await send(world, { from: (await numberFor(world, 'other')).number }))
    world.keep(answer)
  },
}
