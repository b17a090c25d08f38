// What the scenarios about conferences share: callers of whom each is in the same one.

import assert from 'node:assert/strict'
import type { Answer, World } from '../scenario.ts'
import type { PeerCall } from '../sip-call.ts'
import { until } from '../until.ts'
import { ask } from './client.ts'
import { callIn, inbound, rest, trunk, withPages, type Pages } from './voice.ts'

export interface Meeting {
  readonly name: string
  /** As the application's instance ids name them. */
  readonly participants: readonly string[]
  readonly calls: readonly PeerCall[]
}

/** So many callers in a conference of this name; `participant` is what each asks for. */
export const withMeeting = (
  world: World,
  name: string,
  callers: number,
  participant: object,
  act: (meeting: Meeting) => Promise<void>,
) =>
  withPages(async (pages: Pages) => {
    const peer = await trunk(world)
    const number = await inbound(world, `Into-${name}`, rest(pages))
    const conference_participant = { beep_on_entry: false, ...participant }
    pages.answers.set('/first', { actions: [{ connect_to_conference: { name, conference_participant } }] })
    const calls: PeerCall[] = []
    for (let n = 0; n < callers; n += 1) {
      const call = await callIn(world, peer, number)
      assert.match((await call.final()).first, /^SIP\/2\.0 200 /)
      calls.push(call)
    }
    await until(
      async () => (await ask(world, 'GET', '/conference_list')).json,
      (all) => all.some((one: any) => one.conference_name === name && one.participant_count === callers),
      'all are in the conference',
    )
    const participants = pages.asked.filter(({ path }) => path === '/first').map(({ info }) => info.application_instance_id)
    await act({ name, participants, calls })
    for (const call of calls) await call.hangUp()
  })

export const option = (world: World, { name }: Pick<Meeting, 'name'>, participant: string, more: string): Promise<Answer> =>
  ask(world, 'GET', `/conference_participant_set_options?conference_name=${name}&participant_id=${participant}${more}`)

export const eject = (world: World, name: string, participant: string): Promise<Answer> =>
  ask(world, 'GET', `/conference_participant_eject?conference_name=${name}&participant_id=${participant}`)
