// What the scenarios about the call log share: where it is, its synchronisation, and many calls at once.

import assert from 'node:assert/strict'
import type { Answer, World } from '../scenario.ts'
import { get, isApiFault, type Session } from './client.ts'
import { ok } from './messages.ts'

export const log = '/account/~/extension/~/call-log'
const sync = '/account/~/extension/~/call-log-sync'

export async function syncToken(world: World, session: Session): Promise<string> {
  const { syncInfo } = ok(await get(world, session, `${sync}?syncType=FSync&recordCount=5`))
  assert.equal(typeof syncInfo.syncToken, 'string')
  return syncInfo.syncToken
}

export const goOn = (world: World, session: Session, token: string): Promise<Answer> =>
  get(world, session, `${sync}?syncType=ISync&syncToken=${encodeURIComponent(token)}`)

export const isTokenFault = (answer: Answer, code: string): void =>
  isApiFault(answer, {
    status: 400,
    code,
    reason: 'call_log.sync_token_invalid',
    message: 'Parameter [syncToken] is invalid [Sync token expired, call log was reset]',
    extra: { parameterName: 'syncToken' },
  })
