import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, changeAccount, refused } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '429',
  title: 'Ask more often than the key may',
  server: {},
  async run(world) {
    await changeAccount(world, { settings: { limits: { keyPerSecond: 2 } } })
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(world, 'GET', '~')))
    const answer = answers.find(({ status }) => status === 429)
    assert.ok(answer, `none of ${answers.map(({ status }) => status).join(', ')}`)
    refused(answer, { status: 429, code: 429, reason: 'rate.limit_exceeded', text: /2/ })
    assert.equal(answer.headers.get('retry-after'), '1')
    assert.ok(
      answers.some(({ status }) => status === 200),
      'the first are let through',
    )
    world.keep(answer)
  },
}
