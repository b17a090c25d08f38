// A hook as it is kept: where messages' events of one sub-account, or of all, are told (reference section 6.10), and how we show
// who we are there.

import { facetsOf } from '#store/facets.ts'
import type { Reader } from '#store/store.ts'
import { face } from './ids.ts'

export interface KeptHook {
  readonly kind: string
  readonly url: string
  readonly enabled: boolean
  readonly version?: number
  /** Sealed. */
  readonly httpAuthorization?: string
  readonly oauth?: {
    readonly url: string
    readonly clientId: string
    /** Sealed. */
    readonly clientSecret: string
    readonly credentialsLocation: string
    readonly scope?: string
  }
}

/** Kinds of the older form of configuration; the others, and no kind at all, are of the form of today. */
export const oldKinds = ['DR', 'MO', 'EV', '*']
export const prefix = 'webhook '

export const nounOf = (scope: 'all' | 'one', kind: string): string => `${prefix}${scope} ${kind}`
export const isAll = (noun: string): boolean => noun.startsWith(`${prefix}all`)

export function formOf(kind: string, version: number | undefined): 'old' | 'new' {
  return oldKinds.includes(kind) || version !== undefined ? 'old' : 'new'
}

/** Those that tell of an account's messages: its own, and those for all that it or an account above it set. `path`: ids from the root. */
export async function hooksFor(read: Reader, account: number, path: readonly number[]): Promise<KeptHook[]> {
  const hooks: KeptHook[] = []
  for (const setter of path) {
    for (const { noun, id, data } of await facetsOf(read, face, setter)) {
      if (!noun.startsWith(prefix) || (!isAll(noun) && id !== account)) continue
      const hook = JSON.parse(data) as KeptHook
      if (hook.enabled) hooks.push(hook)
    }
  }
  return hooks
}
