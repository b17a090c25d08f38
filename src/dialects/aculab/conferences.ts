// Conferences without a reservation, reference section 9: made by whoever comes first, over with the last. A participant is known by the
// application instance that its call runs. Reservations are not part of this version.

import type { Static } from 'typebox'
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

/** What changes one conference leaves so long between (0026). */
const gapMs = 60_000

/** When each conference was last changed; those of more than a minute ago are forgotten. */
export class ConferenceChanges {
  readonly #lastMs = new Map<number, number>()

  /** Gives rate.conference_changes. */
  require(id: number, nowMs: number): void {
    const last = this.#lastMs.get(id)
    if (last === undefined || nowMs - last >= gapMs) return
    const retryAfterMs = last + gapMs - nowMs
    refuse('rate.conference_changes', { limitMs: gapMs, retryAfterMs }, { retryAfterMs })
  }

  changed(id: number, nowMs: number): void {
    this.#lastMs.delete(id)
    for (const [other, at] of this.#lastMs) {
      if (nowMs - at < gapMs) break
      this.#lastMs.delete(other)
    }
    this.#lastMs.set(id, nowMs)
  }
}

/** Two or more are in it: it is active. Alone, or with nobody who starts it, one is held. */
const stateOf = (conference: Conference, participants: number): string =>
  conference.state === 'running' && participants > 1 ? 'ACTIVE' : 'HOLDING'

const epoch = (ms: number): number => Math.floor(ms / 1000)

const membersOf = ({ parts, caller }: Asked<any>, id: number) =>
  wholeList((page) => parts.run(listConferenceMembersOperation, caller, { ...page, id }))

const isUp = ({ endedAt }: Conference): boolean => endedAt === null

const conferenceList = deed({
  operations: [listConferencesOperation],
  async answer(asked) {
    const { parts, caller } = asked
    const up = []
    for (const state of ['waiting', 'running'] as const)
      up.push(...(await wholeList((page) => parts.run(listConferencesOperation, caller, { ...page, state }))))
    return Promise.all(
      up.map(async (conference) => {
        const { length } = await membersOf(asked, conference.id)
        return {
          conference_name: conference.name,
          state: stateOf(conference, length),
          start_time: epoch(conference.createdAt),
          participant_count: length,
        }
      }),
    )
  },
})

/** Gives conference.not_found (0613) and, for one that nobody has begun yet, conference.not_running (0615). */
async function runningConference({ parts, caller }: Asked<any>, name: string): Promise<Conference> {
  const { items } = await parts.run(listConferencesOperation, caller, { name, limit: 1 })
  const found = items.find(isUp)
  if (!found) return refuse('conference.not_found', { conference: name })
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
    return changed(asked, async (id, callId) => {
      if (mute === undefined && dtmf === undefined)
        refuse('request.one_of_required', { parameters: ['mute', 'enable_dtmf'], set: 'participant_options' })
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
