// What all hooks of voice have in common: the envelope, and where it goes.

import type { Happening } from '#store/happenings.ts'
import type { Target } from '#webhooks/webhook-form.ts'
import { face } from './ids.ts'
import type { Known } from './known-by-account.ts'
import type { HookType, VoiceHooks } from './voice-hooks.ts'

/** What the form renders: the whole of it, made when the log was read. */
export interface VoiceSubject {
  readonly voice: { readonly type: HookType; readonly body: object }
}

const eventTypes: Readonly<Record<Exclude<HookType, 'VCA'>, { readonly name: string; readonly about: string }>> = {
  VCS: { name: 'CALL_STATUS', about: 'status of a call' },
  VSS: { name: 'SESSION_SUMMARY', about: 'summary of a session' },
  VRU: { name: 'CALL_RECORDING_STATUS', about: 'a recording is ready' },
  VNU: { name: 'VIRTUAL_NUMBER_UPDATE', about: 'numbers changed' },
}

export function envelope(eventType: string, description: string, payload: object, version?: number): object {
  return { namespace: 'VOICE', eventType, description, ...(version !== undefined && { version }), payload }
}

export function voiceEnvelope(type: keyof typeof eventTypes, payload: object, version?: number): object {
  const { name, about } = eventTypes[type]
  return envelope(name, about, payload, version)
}

/** What is told of one thing is told in its order. */
export function voiceTarget(
  { hooks, loopback }: Known<VoiceHooks>,
  type: HookType,
  happening: Happening,
  of: { readonly noun: string; readonly id: number },
  body: object,
): Target {
  return {
    accountId: happening.account_id,
    endpointId: null,
    face,
    url: hooks.get(type)!.url,
    method: 'POST',
    kind: `voice.${type.toLowerCase()}`,
    noun: of.noun,
    nounId: of.id,
    subject: { voice: { type, body } } satisfies VoiceSubject,
    loopback,
  }
}
