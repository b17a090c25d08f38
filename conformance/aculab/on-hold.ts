// What the scenarios about accounts on hold share: a call that is up when the operator puts the account on hold.

import type { World } from '../scenario.ts'
import { callIn, inbound, logged, putOnHold, rest, sleep, trunk, withPages } from './voice.ts'

/** Gives its application's row of the log, and the number that was called. */
export async function heldWhileUp(world: World, code: string): Promise<{ row: Record<string, string>; number: string }> {
  let found: { row: Record<string, string>; number: string } | undefined
  await withPages(async (pages) => {
    const peer = await trunk(world)
    const number = await inbound(world, 'HeldLater', rest(pages))
    pages.answers.set('/first', sleep())
    const call = await callIn(world, peer, number)
    await call.final()
    const { application_instance_id: instance } = await pages.seen('/first')
    const lift = await putOnHold(world)
    await call.ended()
    await lift()
    found = { row: await logged(world, code, instance), number }
  })
  return found!
}
