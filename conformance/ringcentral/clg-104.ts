import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { goOn, isTokenFault, log, syncToken } from './call-log.ts'
import { api, asToken } from './client.ts'
import { colleague } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CLG-104',
  title: 'Go on with a synchronisation of calls after the whole log was deleted.',
  async run(world) {
    const session = await colleague(world)
    const token = await syncToken(world, session)
    const deleted = await world.ask({ method: 'DELETE', path: api + log, headers: asToken(session) })
    assert.equal(deleted.status, 204, deleted.text)
    isTokenFault(await goOn(world, session, token), 'CLG-104')
  },
}
