// The final page of a call, asked once it is over, whatever ended it: instance info with how the call came out, what it was recorded as, and
// whom it had rung that were dropped with it; reference sections 8.1 and 8.2. It goes over the relay of webhooks, so it is asked though this
// process dies in between.

import { readSession } from '#store/calls.ts'
import { listRecordings } from '#store/recordings.ts'
import type { Reader } from '#store/store.ts'
import type { CallSubject } from '#voice/call-subject.ts'
import { callView } from '#voice/call-view.ts'
import type { CallView } from '#voice/script-form.ts'
import type { Rendered, Target } from '#webhooks/webhook-form.ts'
import { callInfo, instanceInfo, memoryOf, type InstanceMemory } from './call-info.ts'
import { pageRequest } from './call-script.ts'
import type { InstanceIds } from './instance-ids.ts'
import { recordingName } from './recording-names.ts'

export interface CallToldParts {
  readonly read: Reader
  readonly ids: InstanceIds
}

export async function finalPageRequest({ read, ids }: CallToldParts, { url, method, subject }: Target): Promise<Rendered> {
  const call = subject as CallSubject
  const legs = await readSession(read, call.sessionId)
  const parent = call.parentId === null ? undefined : legs.find(({ id }) => id === call.parentId)
  // A secondary call is of the service that made it, and has what its own pages said.
  const memory = memoryOf({ ...(parent && callView(parent).faceData), ...call.faceData })
  const recorded = await recordedAs(read, ids, call)
  const info = callInfo(ids, call, memory, call.happenedMs, { outcome: call, recorded })
  const dropped = legs
    .filter((leg) => leg.parent_id === call.id && wasDropped(leg, call))
    .map((leg) => droppedInfo(ids, callView(leg), leg.ended_by, memory, call.happenedMs))
  return pageRequest(
    { url, method },
    instanceInfo(ids, call, memory, info, dropped.length === 0 ? {} : { dropped_calls: dropped }),
  )
}

type Leg = Awaited<ReturnType<typeof readSession>>[number]

/** Neither the called party nor its network ended it: others were faster, or the caller has gone. */
const wasDropped = ({ ended_by: by, ended_ms: endedMs, reason }: Leg, call: CallSubject): boolean =>
  endedMs === null ||
  reason === 'call.answered_elsewhere' ||
  reason === 'call.canceled_by_request' ||
  by === 'caller' ||
  goneWith(endedMs, call)

const goneWith = (endedMs: number, { endedMs: over }: CallSubject): boolean => over !== null && endedMs >= over

/** It goes with its caller, though its own record may say so a moment later. */
function droppedInfo(ids: InstanceIds, leg: CallView, endedBy: string | null, memory: InstanceMemory, nowMs: number): object {
  return callInfo(ids, { ...leg, endedMs: leg.endedMs ?? nowMs }, memory, nowMs, { outcome: { endedBy } })
}

/** A call as a whole is recorded by itself; the one that a connect made, with the call that made it. */
async function recordedAs(read: Reader, ids: InstanceIds, call: CallSubject): Promise<string> {
  const own = call.recordings.find(({ source, channels, state }) => source === 'call' && channels !== 'heard' && isThere(state))
  if (own) return recordingName(ids, own.id, call.id)
  if (call.parentId === null || call.answeredMs === null) return ''
  const where = { call: call.parentId, source: 'dial', since: call.answeredMs }
  const [made] = await listRecordings(read, { scope: call.accountId, limit: 1, oldestFirst: true, where })
  const isOfThis = made && isThere(made.state) && (call.endedMs === null || made.created_ms <= call.endedMs)
  return isOfThis ? recordingName(ids, made.id, call.parentId) : ''
}

/** What is still being written is so under the name that it will have. */
const isThere = (state: string): boolean => state === 'ready' || state === 'recording'
