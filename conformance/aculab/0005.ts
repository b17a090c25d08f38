import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0005',
  title: 'Buy a number in a country that asks for an address, and name none',
  async run(world) {
    const regions = (await ask(world, 'GET', '/tel_get_supported_regions?country=Germany')).json
    assert.equal(regions[0].regulation_address_required, 'local')
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Berlin')
    refused(answer, { code: '0005', status: 400, reason: 'address.required', text: /required/, url: '/tel_purchase' })
  },
}
