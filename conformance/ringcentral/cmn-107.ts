import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp, makePerson, send } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-107',
  title: 'Ask for bytes of a profile image that lie behind its end.',
  async run(world) {
    const app = await makeApp(world)
    const session = await logIn(world, app, await makePerson(world, { role: 'administrator' }))
    const image = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(92)])
    const path = '/account/~/extension/~/profile-image'
    assert.equal((await send(world, session, 'PUT', path, image, { 'content-type': 'image/png' })).status, 204)
    const part = await get(world, session, path, { range: 'bytes=0-7' })
    assert.equal(part.status, 206)
    assert.equal(part.headers.get('content-range'), 'bytes 0-7/100')
    const answer = await get(world, session, path, { range: 'bytes=500-' })
    isApiFault(answer, {
      status: 416,
      code: 'CMN-107',
      reason: 'request.range_not_satisfiable',
      message: 'Requested Range Not Satisfiable',
    })
    assert.equal(answer.headers.get('content-range'), 'bytes */100')
  },
}
