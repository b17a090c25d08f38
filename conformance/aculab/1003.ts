import type { Scenario } from '../scenario.ts'
import { changeAccount, oneOfMany, refused, saysWhen } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '1003',
  title: 'Ask faster than a key may',
  server: {},
  async run(world) {
    await changeAccount(world, { settings: { limits: { keyPerSecond: 1 } } })
    const answer = await oneOfMany(world, 6, '1003')
    refused(answer, { code: '1003', status: 429, reason: 'rate.limit_exceeded', text: /\b1\b/, url: '/tel_list_numbers' })
    saysWhen(answer)
  },
}
