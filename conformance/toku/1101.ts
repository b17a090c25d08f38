import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1101',
  title: 'Choose a package that is not offered any more',
  server: {},
  async run(world) {
    const fields = { name: 'Starter', priceMicro: 5_000_000, currency: 'USD', creditMicro: 6_000_000, validDays: 30 }
    const made = await world.operatorApi('POST', '/packages', fields)
    assert.equal(made.status, 201, made.text)
    const { packages } = accepted(await ask(world, 'GET', '/account/v1/packages'))
    const [offer] = packages
    assert.deepEqual(
      [offer.package_name, offer.price, offer.credit, offer.currency, offer.validity_days],
      ['Starter', 5, 6, 'USD', 30],
    )
    const balance = async (): Promise<number> => accepted(await ask(world, 'GET', '/account/v1/credit')).balance
    const before = await balance()
    const bought = accepted(await ask(world, 'PUT', '/account/v1/package', { package_id: offer.package_id }))
    assert.equal(bought.package_id, offer.package_id)
    assert.equal(await balance(), before - 5 + 6)
    await world.operatorApi('PATCH', `/packages/${made.json.id}`, { offered: false })
    const body = { result: -1101, result_desc: 'invalid package' }
    for (const package_id of ['12345', offer.package_id]) {
      const answer = await ask(world, 'PUT', '/account/v1/package', { package_id })
      refused(answer, { status: 400, reason: 'credit.package_invalid', body })
    }
  },
}
