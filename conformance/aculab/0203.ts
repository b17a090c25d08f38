import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { ruleNumbers } from './numbers.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0203',
  title: 'Let payphones call a toll-free number of an area that they cannot reach',
  server: {},
  async run(world) {
    await ruleNumbers(world, { country: 'GB', type: 'tollfree', region: '800', barredCallers: ['payphone'] })
    const path = '/tel_purchase?country=United+Kingdom&region=800&did_type=tollfree'
    const answer = await ask(world, 'GET', `${path}&payphone_cpc=True`)
    refused(answer, {
      code: '0203',
      status: 400,
      reason: 'number.tollfree_caller_type_barred',
      text: /payphone.*GB 800/,
      url: '/tel_purchase',
    })
    const bought = await ask(world, 'GET', path)
    assert.equal(bought.json.count, 1, bought.text)
    const owned = (await ask(world, 'GET', '/tel_list_numbers')).json
    const own = owned.find((one: { did_type: string }) => one.did_type === 'tollfree')
    assert.deepEqual([own.ordinary_cpc, own.cellular_cpc, own.payphone_cpc], [true, true, false])
    world.keep(answer)
  },
}
