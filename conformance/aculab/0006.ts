import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { registerAddress } from './numbers.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0006',
  title: 'Buy a number of Berlin with an address in Bonn, and one of Paris with it',
  server: {},
  async run(world) {
    await registerAddress(world, 'Rhine', 'DE', 'Bonn')
    await registerAddress(world, 'Spree', 'DE', 'Berlin')
    await registerAddress(world, 'Rhone', 'FR', 'Lyon')
    const buy = (place: string, address: string) => ask(world, 'GET', `/tel_purchase?${place}&regulation_address=${address}`)
    const local = await buy('country=Germany&region=Berlin', 'Rhine')
    refused(local, { code: '0006', status: 400, reason: 'address.incompatible', text: /Local/, url: '/tel_purchase' })
    const national = await buy('country=France&region=Paris', 'Rhine')
    refused(national, { code: '0006', status: 400, reason: 'address.incompatible', text: /National/, url: '/tel_purchase' })
    assert.equal((await buy('country=Germany&region=Berlin', 'Spree')).json.count, 1)
    assert.equal((await buy('country=France&region=Paris', 'Rhone')).json.count, 1)
    world.keep(local)
  },
}
