// Conferences, reference section 9: without a reservation made by whoever comes first, over with the last; with one, see reservations.ts.
// A participant is known by the application instance that its call runs.

import type { Static } from 'typebox'
import { listConferenceReservationsOperation } from '#operations/conference-reservations/read-reservations.ts'
import type { ReservationShown } from '#operations/conference-reservations/reservation-view.ts'
import type { ConferenceView } from '#operations/conferences/conference-view.ts'
import { ejectConferenceMemberOperation } from '#operations/conferences/eject-member.ts'
import { listConferencesOperation } from '#operations/conferences/list-conferences.ts'
import { listConferenceMembersOperation } from '#operations/conferences/list-members.ts'
import { updateConferenceMemberOperation } from '#operations/conferences/update-member.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import { wholeList } from './paging.ts'
import { flag, must, text, type Parameter } from './parameters.ts'
import { deed, type Asked, type DeedTable } from './routes.ts'

type Conference = Static<typeof ConferenceView>

const conferenceName: Parameter<string> = text(/^[^\p{Cc}]{1,200}$/u, 'the name of a conference')
const participantId: Parameter<string> = text(/^[^\p{Cc}]{1,100}$/u, 'the id of a participant')

/** Two or more are in it: it is active. Alone, or with nobody who starts it, one is held. */
const stateOf = (conference: Conference | undefined, participants: number): string =>
  conference?.state === 'running' && participants > 1 ? 'ACTIVE' : 'HOLDING'

const epoch = (ms: number): number => Math.floor(ms / 1000)

const membersOf = ({ parts, caller }: Asked<any>, id: number) =>
  wholeList((page) => parts.run(listConferenceMembersOperation, caller, { ...page, id }))

const isUp = ({ endedAt }: Conference): boolean => endedAt === null

/** One that is over is told for as long as its name is closed. */
const completedForMs = 5 * 60_000

/** A reserved one, or one without a reservation. */
async function shown(asked: Asked, up: Conference | undefined, reserved: ReservationShown | undefined): Promise<object> {
  const count = up ? (await membersOf(asked, up.id)).length : 0
  const running = !reserved || reserved.state === 'running'
  return {
    conference_name: (reserved ?? up!).name,
    state: running ? stateOf(up, count) : reserved.state.toUpperCase(),
    start_time: epoch(reserved?.startsAt ?? up!.createdAt),
    participant_count: count,
    ...(reserved && {
      end_time: epoch(reserved.endsAt),
      max_participants: reserved.participants,
      reservation_token: asked.instances.tokenOf(reserved.id),
    }),
  }
}

const conferenceList = deed({
  operations: [listConferencesOperation, listConferenceReservationsOperation],
  async answer(asked) {
    const { parts, caller } = asked
    const up = new Map<string, Conference>()
    for (const state of ['waiting', 'running'] as const) {
      for (const one of await wholeList((page) => parts.run(listConferencesOperation, caller, { ...page, state })))
        up.set(one.name, one)
    }
    const endsSince = parts.clock.nowMs() - completedForMs
    const reservations = await wholeList((page) => parts.run(listConferenceReservationsOperation, caller, { ...page, endsSince }))
    const all: object[] = []
    for (const reserved of reservations) {
      if (reserved.state === 'cancelled') continue
      // Of one that is over, the last may just be leaving.
      const open = reserved.state === 'reserved' ? undefined : up.get(reserved.name)
      if (open) up.delete(open.name)
      all.push(await shown(asked, open, reserved))
    }
    for (const one of up.values()) all.push(await shown(asked, one, undefined))
    return all
  },
})

/** Gives conference.not_found (0613) and, for one that nobody has begun yet or that is only reserved, conference.not_running (0615). */
async function runningConference({ parts, caller }: Asked<any>, name: string): Promise<Conference> {
  const { items } = await parts.run(listConferencesOperation, caller, { name, limit: 1 })
  const found = items.find(isUp)
  if (!found) {
    const [reserved] = (await parts.run(listConferenceReservationsOperation, caller, { name, limit: 1 })).items
    if (reserved?.state === 'reserved' || reserved?.state === 'running') refuse('conference.not_running', { conference: name })
    return refuse('conference.not_found', { conference: name })
  }
  if (found.state !== 'running') refuse('conference.not_running', { conference: name })
  return found
}

const participantList = deed({
  parameters: { conference_name: must(conferenceName) },
  operations: [listConferenceMembersOperation],
  async answer(asked) {
    const { id } = await runningConference(asked, asked.fields.conference_name)
    const members = await membersOf(asked, id)
    return members.map(({ callId, isMuted, joinedAt }) => ({
      participant_id: asked.instances.instanceOf(callId),
      mute: isMuted,
      enable_dtmf: true,
      join_time: epoch(joinedAt),
    }))
  },
})

const named = { conference_name: must(conferenceName), participant_id: must(participantId) }

/** Runs a change of one participant, not sooner than a minute after the one before it. Gives conference.participant_not_found (0614). */
async function changed(
  asked: Asked<{ readonly conference_name: string; readonly participant_id: string }>,
  change: (id: number, callId: number) => Promise<unknown>,
): Promise<object> {
  const { fields, parts, instances, conferenceChanges } = asked
  const { id } = await runningConference(asked, fields.conference_name)
  const callId = instances.readInstance(fields.participant_id)
  const nobody = (): Refusal => refusal('conference.participant_not_found', { participant: fields.participant_id })
  const isIn = (await membersOf(asked, id)).some((member) => member.callId === callId)
  if (callId === undefined || !isIn) throw nobody()
  conferenceChanges.require(id, parts.clock.nowMs())
  try {
    await change(id, callId)
  } catch (error) {
    throw error instanceof Refusal && error.reason === 'conference.participant_not_found' ? nobody() : error
  }
  conferenceChanges.changed(id, parts.clock.nowMs())
  return {}
}

const setOptions = deed({
  parameters: { ...named, mute: flag, enable_dtmf: flag },
  operations: [updateConferenceMemberOperation],
  async answer(asked) {
    const { mute, enable_dtmf: dtmf } = asked.fields
    if (mute === undefined && dtmf === undefined)
      refuse('request.one_of_required', { parameters: ['mute', 'enable_dtmf'], set: 'participant_options' })
    return changed(asked, async (id, callId) => {
      if (dtmf === false) refuse('platform.not_implemented', { operation: 'keeping digits out of a conference' })
      if (mute !== undefined) await asked.parts.run(updateConferenceMemberOperation, asked.caller, { id, callId, isMuted: mute })
    })
  },
})

const eject = deed({
  parameters: named,
  operations: [ejectConferenceMemberOperation],
  answer: (asked) =>
    changed(asked, (id, callId) => asked.parts.run(ejectConferenceMemberOperation, asked.caller, { id, callId })),
})

export const conferenceOperations: DeedTable = {
  conference_list: conferenceList,
  conference_participant_list: participantList,
  conference_participant_set_options: setOptions,
  conference_participant_eject: eject,
}
