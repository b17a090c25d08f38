// Callflows that a request begins, the voices there are, and the recordings of a session (reference sections 12 and 13).

import { placeCallOperation } from '#operations/calls/place-call.ts'
import { listRecordingsOperation } from '#operations/recordings/list-recordings.ts'
import { readCallOperation } from '#operations/calls/read-call.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import { pageOf, type FlowMemory } from './call-script.ts'
import { CallflowFault, readCallflow, type Action } from './callflow.ts'
import { callflowCodes } from './callflow-codes.ts'
import { keptFacets } from './facets.ts'
import { recordFirst, verbsOf } from './flow-verbs.ts'
import { json, timestamp, told } from './formats.ts'
import type { Route, Visit } from './knock.ts'
import { momentIn } from './moments.ts'
import { speechProfiles } from './speech-profiles.ts'
import { voiceHookPrefix, type KeptVoiceHook } from './voice-hooks.ts'

const noHook = -1004
const badEntry = -1009
const tooLate = -1015
const notAnObject = -1001
const referenceAtMost = 50

/** Throws it with this vendor's number of it: 400 up to -1009, 422 from there on. */
function fail(fault: CallflowFault): never {
  const why = refusalOf(fault)
  callflowCodes.set(why, fault.code)
  throw why
}

function refusalOf({ code, path, message, isMissing }: CallflowFault): Refusal {
  if (isMissing) return refusal('request.parameter_missing', { parameter: path })
  if (code <= -1010) return refusal('request.unprocessable', { parameter: path, cause: `${path}: ${message}` })
  return refusal('request.parameter_invalid', { parameter: path, expected: message.replace(/ is expected$/, '') })
}

interface Asked {
  readonly actions: readonly Action[]
  readonly validUntil?: string
  readonly reference?: string
}

function read(body: unknown, nowMs: number): Asked {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    fail(new CallflowFault(notAnObject, 'body', 'an object with callflow'))
  const { callflow, validUntil, clientRequestId } = body as Record<string, unknown>
  try {
    return {
      actions: readCallflow(callflow, { startsWithCall: true }),
      ...(validUntil !== undefined && validUntil !== null && { validUntil: until(validUntil, nowMs) }),
      ...(typeof clientRequestId === 'string' && { reference: clientRequestId.slice(0, referenceAtMost) }),
    }
  } catch (error) {
    if (error instanceof CallflowFault) fail(error)
    throw error
  }
}

function until(value: unknown, nowMs: number): string {
  const ms = momentIn(value)
  if (ms === undefined) throw new CallflowFault(badEntry, 'validUntil', 'a time such as 2024-07-03T05:59:32.226Z is expected')
  if (ms <= nowMs) throw new CallflowFault(tooLate, 'validUntil', 'it is over')
  return timestamp(ms)
}

async function start(visit: Visit): Promise<HttpAnswer> {
  const { parts, ids, caller, body, idempotencyKey } = visit
  const { actions, validUntil, reference } = read(body, parts.clock.nowMs())
  const [first, ...others] = actions as [Extract<Action, { action: 'makeCall' }>, ...Action[]]
  const hook = (await keptFacets<KeptVoiceHook>(visit, `${voiceHookPrefix}VCA`)).find(({ data }) => data.enabled)?.data
  if (!hook && actions.some(({ action }) => action === 'sayAndCapture'))
    fail(new CallflowFault(noHook, 'callflow', 'a VCA webhook, which is told what was pressed in a sayAndCapture'))
  const { verbs, rest } = verbsOf(others, hook && pageOf(hook), false)
  const memory: FlowMemory = { rest }
  const call = await parts.run(
    placeCallOperation,
    caller,
    {
      from: first.source,
      to: first.destination,
      // A callflow of nothing but a call asks the hook once it is answered.
      verbs: [
        ...(first.isRecorded ? [recordFirst] : []),
        ...(verbs.length > 0 || !hook ? verbs : [{ verb: 'redirect', to: pageOf(hook) } as const]),
      ],
      memory,
      ...(reference !== undefined && { reference }),
    },
    { idempotencyKey },
  )
  return json(200, {
    sessionId: ids.guid('callSession', call.sessionId),
    sessionStatus: 'CREATED',
    callFlowRequestId: crypto.randomUUID(),
    statusCode: 1,
    statusMessage: 'Created',
    ...told('validUntil', validUntil),
  })
}

const profiles = async () => json(200, { speechProfiles: speechProfiles(), statusCode: 0, statusMessage: 'ok' })

const recordingStatuses: Readonly<Record<string, string>> = {
  recording: 'PROCESSING',
  ready: 'UPLOAD_COMPLETED',
  failed: 'PROCESSING_FAILED',
}

const recordingsAtMost = 1000

async function recordings({ parts, ids, caller, params }: Visit): Promise<HttpAnswer> {
  const session = ids.readGuid('callSession', 'sessionId', params['sessionId']!)
  if (session === undefined) refuse('resource.not_found', { noun: 'session' })
  const call = await parts.run(readCallOperation, caller, { id: session }).catch((error: unknown) => {
    if (error instanceof Refusal && error.reason === 'call.record_not_found') refuse('resource.not_found', { noun: 'session' })
    throw error
  })
  const { items } = await parts.run(listRecordingsOperation, caller, {
    sessionId: call.sessionId,
    limit: recordingsAtMost,
    oldestFirst: true,
  })
  const subAccountId = await ids.subAccountId(parts.store, caller.account.id)
  return json(200, {
    recordings: items
      .filter(({ state }) => state in recordingStatuses)
      .map((one) => ({
        recordingId: ids.guid('recording', one.id),
        sessionId: ids.guid('callSession', call.sessionId),
        subAccountId,
        status: recordingStatuses[one.state],
        ...(one.state === 'ready' && { externalFileUrl: one.url }),
        duration: Math.round(one.durationMs / 1000),
        startRecordingTime: timestamp(one.createdAt),
      })),
    statusCode: 0,
    statusMessage: 'ok',
  })
}

const base = '/api/v1/subaccounts/{subAccountId}'

export const callflowRoutes: readonly Route[] = [
  { method: 'POST', path: `${base}/callflows`, permission: 'calls.write', shape: 'voice_calls', answer: start },
  { method: 'GET', path: `${base}/speech-profiles`, permission: 'calls.read', shape: 'voice_numbers', answer: profiles },
  {
    method: 'GET',
    path: `${base}/recordings/{sessionId}`,
    permission: 'recordings.read',
    shape: 'voice_numbers',
    answer: recordings,
  },
]
