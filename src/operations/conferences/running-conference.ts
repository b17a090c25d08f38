// The conference that a request wants to change: it must be the account's and be up; what is done to it is done on the node that has it.

import { refuse } from '#reasons/refusal.ts'
import { readConference, type ConferenceRow } from '#store/conferences.ts'
import type { ConferenceRoom } from '#voice/conference-room.ts'
import type { Means } from '../operation.ts'

type Seen = Pick<Means, 'caller' | 'read' | 'voice'>

/** Gives conference.not_found. */
export async function conferenceOf({ caller, read }: Seen, id: number): Promise<ConferenceRow> {
  return (await readConference(read, caller.account.id, id)) ?? refuse('conference.not_found', {})
}

/** Gives conference.not_found, conference.not_running, conference.on_other_node. */
export async function runningConference(means: Seen, id: number): Promise<ConferenceRoom> {
  const row = await conferenceOf(means, id)
  const room = means.voice.conferences.find(id)
  if (room) return room
  if (row.ended_ms !== null) refuse('conference.not_running', { conference: row.name })
  return refuse('conference.on_other_node', { conference: row.name })
}

/** For `runsOn`: the node that has it; undefined where it is up here, or nowhere. */
export async function nodeOfConference(means: Seen, { id }: { readonly id: number }): Promise<string | undefined> {
  const { conferences, calls } = means.voice
  if (conferences.find(id)) return undefined
  const row = await readConference(means.read, means.caller.account.id, id)
  return row && calls?.isElsewhere(row) ? row.node : undefined
}
