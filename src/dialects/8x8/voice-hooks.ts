// The hooks of voice (reference section 13): one of each type for a sub-account, kept as facets.

import { facetsOf } from '#store/facets.ts'
import type { Store } from '#store/store.ts'
import { face } from './ids.ts'
import { KnownByAccount } from './known-by-account.ts'

export const hookTypes = ['VCA', 'VCS', 'VSS', 'VRU', 'VNU'] as const
export type HookType = (typeof hookTypes)[number]

export interface KeptVoiceHook {
  readonly url: string
  readonly enabled: boolean
  /** Sealed. */
  readonly httpAuthHeader?: string
}

export const voiceHookPrefix = 'voice webhook '

export interface VoiceHooks {
  /** Those that are switched on. */
  readonly hooks: ReadonlyMap<HookType, KeptVoiceHook>
}

export type VoiceHooksKnown = KnownByAccount<VoiceHooks>

export const voiceHooksKnown = (store: Store): VoiceHooksKnown =>
  new KnownByAccount(store, async (id) => ({ hooks: await hooksOf(store, id) }))

export const voiceHook = async (known: VoiceHooksKnown, account: number, type: HookType): Promise<KeptVoiceHook | undefined> =>
  (await known.of(account)).hooks.get(type)

async function hooksOf(store: Store, account: number): Promise<ReadonlyMap<HookType, KeptVoiceHook>> {
  const hooks = new Map<HookType, KeptVoiceHook>()
  for (const { noun, data } of await facetsOf(store, face, account)) {
    if (!noun.startsWith(voiceHookPrefix)) continue
    const hook = JSON.parse(data) as KeptVoiceHook
    if (hook.enabled) hooks.set(noun.slice(voiceHookPrefix.length) as HookType, hook)
  }
  return hooks
}
