// What the scenarios about accounts on hold share: a call that is up when the operator puts the account on hold.

import type { World } from '../scenario.ts'
import { callIn, inbound, logged, putOnHold, rest, sleep, trunk, withPages } from './voice.ts'

/** Gives the row of the log, the number that was called and the application that ran. */
export async function heldWhileUp(
  world: World,
  code: string,
): Promise<{ row: Record<string, string>; number: string; instance: string }> {
  let found: { row: Record<string, string>; number: string; instance: string } | undefined
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
    found = { row: await logged(world, code), number, instance }
  })
  return found!
}
