import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0200',
  title: 'Buy more numbers than a place has in stock',
  server: {},
  async run(world) {
    const path = '/tel_purchase?country=Canada&state=Ontario&region=Toronto&quantity=11'
    const answer = await ask(world, 'GET', path)
    refused(answer, {
      code: '0200',
      status: 403,
      reason: 'number.out_of_stock',
      text: /\b11 are wanted, 10 in stock/,
      url: '/tel_purchase',
    })
    const fewer = await ask(world, 'GET', `${path}&allow_partial=True`)
    assert.equal(fewer.json.count, 10, fewer.text)
    world.keep(answer)
  },
}
