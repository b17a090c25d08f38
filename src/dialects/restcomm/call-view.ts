// Calls, conferences and who is in them as this vendor's clients see them (reference 13 to 15). What a call does not have is left out.

import type { Static } from 'typebox'
import type { CallView } from '#operations/calls/call-view.ts'
import type { ConferenceView, MemberView } from '#operations/conferences/conference-view.ts'
import { decimalOf } from '#values/money.ts'
import { callStatusOf, directionOf } from './call-script.ts'
import { apiVersion, dateText, isoText } from './formats.ts'
import type { Means } from './knock.ts'
import type { Shown } from './write.ts'

export type CallShown = Static<typeof CallView>
export type ConferenceShown = Static<typeof ConferenceView>
export type MemberShown = Static<typeof MemberView>

const seconds = (ms: number): number => Math.round(ms / 1000)

export function callView({ sids }: Means, accountSid: string, json: boolean, call: CallShown): Shown {
  const sid = sids.ofCall(call.id)
  const { ringingAt, answeredAt, endedAt, createdAt } = call
  const rangUntil = answeredAt ?? endedAt
  const at = `/${apiVersion}/Accounts/${accountSid}/Calls/${sid}`
  const suffix = json ? '.json' : ''
  return {
    sid,
    // The one name that keeps its capitals in both forms.
    InstanceId: sids.instance,
    date_created: dateText(createdAt),
    date_updated: dateText(call.updatedAt),
    ...(call.parentId !== null && { parent_call_sid: sids.ofCall(call.parentId) }),
    account_sid: accountSid,
    to: call.to,
    from: call.from,
    ...(call.numberId !== null && { phone_number_sid: sids.show('PN', call.numberId) }),
    status: callStatusOf(call.state),
    ...(answeredAt !== null && { start_time: isoText(answeredAt) }),
    ...(endedAt !== null && { end_time: isoText(endedAt), duration: seconds(call.durationMs ?? 0) }),
    // Reference 13.1: a price is told in XML alone.
    ...(!json && { price: decimalOf(call.priceMicro) }),
    price_unit: call.currency,
    direction: directionOf(call),
    api_version: apiVersion,
    ...(call.forwardedFrom !== '' && { forwarded_from: call.forwardedFrom }),
    ...((call.fromName || call.from) && { caller_name: call.fromName || call.from }),
    uri: `${at}${suffix}`,
    ...(ringingAt !== null && rangUntil !== null && { ring_duration: seconds(rangUntil - ringingAt) }),
    subresource_uris: { notifications: `${at}/Notifications${suffix}`, recordings: `${at}/Recordings${suffix}` },
  }
}

const conferenceStates: Readonly<Record<ConferenceShown['state'], string>> = {
  waiting: 'RUNNING_MODERATOR_ABSENT',
  running: 'RUNNING_MODERATOR_PRESENT',
  completed: 'COMPLETED',
  failed: 'FAILED',
}

/** What a filter asks for; undefined for a word that is no state. */
export function conferenceStateOf(word: string): ConferenceShown['state'] | 'none' | undefined {
  const found = Object.entries(conferenceStates).find(([, name]) => name === word.toUpperCase())
  if (found) return found[0] as ConferenceShown['state']
  // No conference stays in these: it is begun and ended in one step here.
  return ['RUNNING_INITIALIZING', 'STOPPING'].includes(word.toUpperCase()) ? 'none' : undefined
}

export function conferenceView({ sids }: Means, accountSid: string, json: boolean, conference: ConferenceShown): Shown {
  const sid = sids.show('CF', conference.id)
  const at = `/${apiVersion}/Accounts/${accountSid}/Conferences/${sid}`
  const suffix = json ? '.json' : ''
  return {
    sid,
    date_created: dateText(conference.createdAt),
    date_updated: dateText(conference.updatedAt),
    account_sid: accountSid,
    status: conferenceStates[conference.state],
    api_version: apiVersion,
    friendly_name: conference.name,
    uri: `${at}${suffix}`,
    subresource_uris: { participants: `/restcomm${at}/Participants${suffix}` },
  }
}

/** `end_conference_on_enter` is the vendor's name of what happens on leaving (reference 15). */
export function memberView({ sids }: Means, accountSid: string, json: boolean, member: MemberShown): Shown {
  const sid = sids.ofCall(member.callId)
  return {
    sid,
    conference_sid: sids.show('CF', member.conferenceId),
    date_created: dateText(member.joinedAt),
    date_updated: dateText(member.updatedAt),
    account_sid: accountSid,
    muted: member.isMuted,
    hold: member.isHeld,
    start_conference_on_enter: member.startsOnEnter,
    end_conference_on_enter: member.endsOnExit,
    uri: `/${apiVersion}/Accounts/${accountSid}/Calls/${sid}${json ? '.json' : ''}`,
  }
}
