// Money that runs out under a call: the account has enough for its first slice and not for the next. Two codes tell of it, that of the
// account and that of the application.

import assert from 'node:assert/strict'
import type { World } from '../scenario.ts'
import { leave, payACentASecond, sixSecondsMicros } from './money.ts'
import { callIn, inbound, logged, loggedAs, rest, sleep, trunk, withPages } from './voice.ts'

/** Calls in, talks until the platform hangs up, and reads that row of the error log. */
export const talkUntilSpent = (world: World, code: string): Promise<void> =>
  withPages(async (pages) => {
    const peer = await trunk(world)
    const number = await inbound(world, 'Spender', rest(pages))
    pages.answers.set('/first', sleep())
    await payACentASecond(world)
    await leave(world, sixSecondsMicros)
    const call = await callIn(world, peer, number)
    assert.match((await call.final()).first, /^SIP\/2\.0 200 /)
    const { application_instance_id: instance } = await pages.seen('/first')
    await call.ended()
    loggedAs(await logged(world, code, instance), { text: /credit/i, ddi: number })
  })
