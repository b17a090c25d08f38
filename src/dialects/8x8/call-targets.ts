// Who is told of calls, sessions and recordings by the hooks of voice (reference section 14): each step of a leg (VCS), once the session of
// all legs that is over (VSS), a recording that can be fetched (VRU), and numbers that changed (VNU).

import type { FaceParts } from '#operations/face-parts.ts'
import { readCallById, readSession } from '#store/calls.ts'
import type { Happening } from '#store/happenings.ts'
import { readRecordingById } from '#store/recordings.ts'
import { callView } from '#voice/call-view.ts'
import { RecordingUrls } from '#voice/recording-urls.ts'
import type { Target } from '#webhooks/webhook-form.ts'
import { legPayload, sessionPayload, type LegEvent } from './call-told.ts'
import { Ids } from './ids.ts'
import type { Known } from './known-by-account.ts'
import { numberTargets } from './number-told.ts'
import type { HookType, VoiceHooks, VoiceHooksKnown } from './voice-hooks.ts'
import { voiceEnvelope, voiceTarget } from './voice-target.ts'

const none: readonly Target[] = []

function legEvent(kind: string, direction: string): LegEvent | undefined {
  if (kind === 'created') return direction === 'in' ? 'CALL_RECEIVED' : 'CALL_INITIATED'
  if (kind === 'answered') return 'CALL_CONNECTED'
  return kind === 'ended' ? 'CALL_DISCONNECTED' : undefined
}

/** Which happenings are news to somebody, by noun. */
const watched: Readonly<Record<string, (kind: string) => boolean>> = {
  calls: (kind) => kind === 'created' || kind === 'answered' || kind === 'ended',
  recordings: (kind) => kind === 'ready',
  numbers: (kind) => kind !== 'stocked',
}

export function callTargets(parts: FaceParts, known: VoiceHooksKnown) {
  const { store, key, settings } = parts
  const ids = new Ids(key)
  const urls = new RecordingUrls(key, settings.publicUrl)
  const ofNumber = numberTargets(parts)

  return function targetsOf(happening: Happening): readonly Target[] | Promise<readonly Target[]> {
    if (!watched[happening.noun]?.(happening.kind)) return none
    const found = known.of(happening.account_id)
    return found instanceof Promise ? found.then((hooks) => told(hooks, happening)) : told(found, happening)
  }

  /** Most accounts have no hooks, and nothing is waited for. */
  function told(found: Known<VoiceHooks>, happening: Happening): readonly Target[] | Promise<readonly Target[]> {
    const { hooks } = found
    const { noun, kind } = happening
    if (noun === 'numbers') return hooks.has('VNU') ? ofNumber(found, happening) : none
    if (noun === 'recordings') return hooks.has('VRU') ? ofRecording(found, happening) : none
    return hooks.has('VCS') || (hooks.has('VSS') && kind === 'ended') ? ofCall(found, happening) : none
  }

  function target(found: Known<VoiceHooks>, type: HookType, happening: Happening, session: number, body: object): Target {
    return voiceTarget(found, type, happening, { noun: 'calls', id: session }, body)
  }

  async function ofCall(found: Known<VoiceHooks>, happening: Happening): Promise<readonly Target[]> {
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
      targets.push(target(found, 'VCS', happening, row.session_id, voiceEnvelope('VCS', payload)))
    }
    if (kind !== 'ended' || !found.hooks.has('VSS')) return targets
    const legs = await readSession(store, row.session_id)
    if (!isLast(legs, row)) return targets
    const summary = voiceEnvelope('VSS', sessionPayload(ids, legs, subAccountId), 5)
    targets.push(target(found, 'VSS', happening, row.session_id, summary))
    return targets
  }

  async function ofRecording(found: Known<VoiceHooks>, happening: Happening): Promise<readonly Target[]> {
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
    return [target(found, 'VRU', happening, row.session_id, voiceEnvelope('VRU', payload))]
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
