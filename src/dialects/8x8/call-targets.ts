// Who is told of calls, sessions and recordings by the hooks of voice (reference section 14): each step of a leg (VCS), once the session of
// all legs that is over (VSS), and a recording that can be fetched (VRU).

import type { FaceParts } from '#operations/face-parts.ts'
import { readCallById, readSession } from '#store/calls.ts'
import type { Happening } from '#store/happenings.ts'
import { readRecordingById } from '#store/recordings.ts'
import { callView } from '#voice/call-view.ts'
import { RecordingUrls } from '#voice/recording-urls.ts'
import type { Target } from '#webhooks/webhook-form.ts'
import { legPayload, sessionPayload, type LegEvent } from './call-told.ts'
import { face, Ids } from './ids.ts'
import type { HookType, VoiceHooks, VoiceHooksKnown } from './voice-hooks.ts'

/** What the form renders: the whole of it, made when the log was read. */
export interface VoiceSubject {
  readonly voice: { readonly type: HookType; readonly body: object }
}

const none: readonly Target[] = []

const eventTypes: Readonly<Record<string, { readonly name: string; readonly about: string }>> = {
  VCS: { name: 'CALL_STATUS', about: 'status of a call' },
  VSS: { name: 'SESSION_SUMMARY', about: 'summary of a session' },
  VRU: { name: 'CALL_RECORDING_STATUS', about: 'a recording is ready' },
}

export function envelope(eventType: string, description: string, payload: object, version?: number): object {
  return { namespace: 'VOICE', eventType, description, ...(version !== undefined && { version }), payload }
}

function legEvent(kind: string, direction: string): LegEvent | undefined {
  if (kind === 'created') return direction === 'in' ? 'CALL_RECEIVED' : 'CALL_INITIATED'
  if (kind === 'answered') return 'CALL_CONNECTED'
  return kind === 'ended' ? 'CALL_DISCONNECTED' : undefined
}

const callKinds = new Set(['created', 'answered', 'ended'])

export function callTargets({ store, key, settings }: FaceParts, known: VoiceHooksKnown) {
  const ids = new Ids(key)
  const urls = new RecordingUrls(key, settings.publicUrl)

  return function targetsOf(happening: Happening): readonly Target[] | Promise<readonly Target[]> {
    const isCall = happening.noun === 'calls' && callKinds.has(happening.kind)
    if (!isCall && !(happening.noun === 'recordings' && happening.kind === 'ready')) return none
    const found = known.of(happening.account_id)
    if (found instanceof Promise) return found.then((hooks) => told(hooks, happening, isCall))
    return told(found, happening, isCall)
  }

  /** Most accounts have no hooks, and nothing is waited for. */
  function told(found: VoiceHooks, happening: Happening, isCall: boolean): readonly Target[] | Promise<readonly Target[]> {
    const { hooks } = found
    if (!isCall) return hooks.has('VRU') ? ofRecording(found, happening) : none
    return hooks.has('VCS') || (hooks.has('VSS') && happening.kind === 'ended') ? ofCall(found, happening) : none
  }

  /** What is told of one session is told in its order. */
  function target({ hooks, loopback }: VoiceHooks, type: HookType, happening: Happening, session: number, body: object): Target {
    return {
      accountId: happening.account_id,
      endpointId: null,
      face,
      url: hooks.get(type)!.url,
      method: 'POST',
      kind: `voice.${type.toLowerCase()}`,
      noun: 'calls',
      nounId: session,
      subject: { voice: { type, body } } satisfies VoiceSubject,
      loopback,
    }
  }

  async function ofCall(found: VoiceHooks, happening: Happening): Promise<readonly Target[]> {
    const { noun_id: id, kind, account_id: accountId, at_ms: atMs, seq } = happening
    const row = await readCallById(store, id)
    if (!row) return none
    const subAccountId = await ids.subAccountId(store, accountId)
    const targets: Target[] = []
    const status = legEvent(kind, row.direction)
    if (found.hooks.has('VCS') && status) {
      const call = callView(row)
      const isOver = kind === 'ended'
      const stood = isOver ? call : { ...call, endedMs: null, sipStatus: null }
      const payload = legPayload(ids, stood, { subAccountId, status, atMs, eventId: ids.guid('event', seq) })
      targets.push(
        target(found, 'VCS', happening, row.session_id, envelope(eventTypes['VCS']!.name, eventTypes['VCS']!.about, payload)),
      )
    }
    if (kind !== 'ended' || !found.hooks.has('VSS')) return targets
    const legs = await readSession(store, row.session_id)
    if (!isLast(legs, row)) return targets
    const summary = envelope(eventTypes['VSS']!.name, eventTypes['VSS']!.about, sessionPayload(ids, legs, subAccountId), 5)
    targets.push(target(found, 'VSS', happening, row.session_id, summary))
    return targets
  }

  async function ofRecording(found: VoiceHooks, happening: Happening): Promise<readonly Target[]> {
    const row = await readRecordingById(store, happening.noun_id)
    if (!row || row.session_id === null) return none
    const payload = {
      sessionId: ids.guid('callSession', row.session_id),
      subAccountId: await ids.subAccountId(store, row.account_id),
      recordingId: ids.guid('recording', row.id),
      durationSeconds: Math.round(row.duration_ms / 1000),
      filePath: urls.urlOf(row),
      status: 'UPLOAD_COMPLETED',
    }
    return [target(found, 'VRU', happening, row.session_id, envelope(eventTypes['VRU']!.name, eventTypes['VRU']!.about, payload))]
  }
}

interface Ended {
  readonly id: number
  readonly ended_ms: number | null
}

/** Whether nothing of the session is up, and nothing of it ended after this. */
function isLast(legs: readonly Ended[], row: Ended): boolean {
  return legs.every(
    ({ id, ended_ms: ended }) => ended !== null && (ended < row.ended_ms! || (ended === row.ended_ms && id <= row.id)),
  )
}
