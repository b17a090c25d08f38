// The hooks of voice (reference section 13): one of each type for a sub-account, kept as facets. They are asked for at every call, so they
// are kept in memory until one changes.

import { loadAccount } from '#accounts/account.ts'
import { facetsOf } from '#store/facets.ts'
import type { Store } from '#store/store.ts'
import { face } from './ids.ts'

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
  readonly hooks: ReadonlyMap<HookType, KeptVoiceHook>
  readonly loopback: boolean
}

const accountsAtMost = 50_000
/** News of these may change who is told. */
const watched = ['facets', 'accounts', '*']

export class VoiceHooksKnown {
  readonly #store: Store
  readonly #known = new Map<number, VoiceHooks>()
  /** Counts what was forgotten: what was read before is not kept after. */
  #news = 0

  constructor(store: Store) {
    this.#store = store
    store.onChange((nouns) => {
      if (!watched.some((noun) => nouns.has(noun))) return
      this.#news += 1
      this.#known.clear()
    })
  }

  of(account: number): VoiceHooks | Promise<VoiceHooks> {
    return this.#known.get(account) ?? this.#load(account)
  }

  /** One that is switched on. */
  async find(account: number, type: HookType): Promise<KeptVoiceHook | undefined> {
    return (await this.of(account)).hooks.get(type)
  }

  async #load(id: number): Promise<VoiceHooks> {
    const news = this.#news
    const account = await loadAccount(this.#store, id)
    const rows = await facetsOf(this.#store, face, id)
    const hooks = new Map<HookType, KeptVoiceHook>()
    for (const { noun, data } of rows) {
      if (!noun.startsWith(voiceHookPrefix)) continue
      const hook = JSON.parse(data) as KeptVoiceHook
      if (hook.enabled) hooks.set(noun.slice(voiceHookPrefix.length) as HookType, hook)
    }
    const known = { hooks, loopback: account?.settings.features.includes('loopback_urls') ?? false }
    if (news === this.#news) {
      if (this.#known.size >= accountsAtMost) this.#known.clear()
      this.#known.set(id, known)
    }
    return known
  }
}
