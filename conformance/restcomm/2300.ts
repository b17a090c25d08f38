import type { Scenario } from '../scenario.ts'
import { assertHungUp, withCall } from './calls.ts'
import { withServer } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '2300',
  title: 'Say something while the provider of speech fails',
  server: {},
  async run(world) {
    await withServer(
      (_, __, response) => void response.writeHead(500).end(),
      async (url) => {
        await world.operator.restart({ OFFHOOK_TTS: `acme=${url}/speak`, OFFHOOK_OUTGOING_ALLOW: '127.0.0.1' })
        const pages = { '/voice': '<Say>hello</Say>' }
        await withCall(world, pages, (call) => assertHungUp(world, call, { code: 2300, text: 'Say verb error' }))
      },
    )
  },
}
