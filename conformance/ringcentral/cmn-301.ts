import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-301',
  title: 'Make one request more than the plan of the application allows in a minute.',
  async run(world) {
    const session = await logIn(world, await makeApp(world, { plan: { auth: 100, medium: 2 } }))
    // A minute may turn between two requests; a third in one minute is the condition.
    let answer = await get(world, session, '/account/~/extension')
    for (let count = 2; count <= 6 && answer.status === 200; count += 1)
      answer = await get(world, session, '/account/~/extension')
    isApiFault(answer, { status: 429, code: 'CMN-301', reason: 'rate.limit_exceeded', message: 'Request rate exceeded' })
    assert.equal(answer.headers.get('x-rate-limit-group'), 'medium')
    assert.equal(answer.headers.get('x-rate-limit-limit'), '2')
    assert.equal(answer.headers.get('x-rate-limit-remaining'), '0')
    assert.equal(answer.headers.get('x-rate-limit-window'), '60')
    assert.match(answer.headers.get('retry-after') ?? '', /^(60|[1-5]?[0-9])$/)
  },
}
