import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1009',
  title: 'Subscribe a number whose rental period is over, then renew it',
  async run(world) {
    const number = '6531580009'
    const path = `/number/v1/numbers/${number}`
    const bought = accepted(await ask(world, 'POST', '/number/v1/numbers', { number, months: 1 }))
    assert.match(bought.expiry_date, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    const cut = await world.operatorApi('PUT', `/number-terms/+${number}`, { expiresAt: '2020-02-02T00:00:00Z' })
    assert.equal(cut.json.status, 'expired', cut.text)
    const answer = await ask(world, 'POST', `${path}/services`, { service_id: 'SMS' })
    refused(answer, { status: 410, reason: 'number.expired', body: { result: -1009, result_desc: 'number expired', number } })
    assert.equal((await ask(world, 'GET', path)).json.state, 'expired')
    const renewed = await world.api('POST', `/numbers/${cut.json.id}/renewals`, { months: 120 })
    assert.equal(renewed.json.status, 'active', renewed.text)
    accepted(await ask(world, 'POST', `${path}/services`, { service_id: 'SMS' }))
    world.keep(answer)
  },
}
