// A place where an account keeps something of a person, as it is looked through and emptied (personal-data.ts has them all).

import type { Actor } from '#store/happenings.ts'
import type { Reader, Store } from '#store/store.ts'
import type { Messaging } from './messaging.ts'

export interface Person {
  readonly kind: 'phone' | 'email'
  /** E.164, or an address in lower case. */
  readonly value: string
}

export interface ShowMeans {
  readonly read: Reader
  readonly slow: Reader
  readonly notes: Reader
  readonly nowMs: number
  /** Where a recording can be heard. */
  recordingUrl?(row: { readonly id: number; readonly secret: string }): string
}

/** One thing that is kept about the person. */
export interface PersonalItem {
  readonly noun: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface ShownPart {
  readonly items: readonly PersonalItem[]
  /** Where the place goes on; null when that was all of it. */
  readonly next: number | null
}

export interface EraseMeans {
  readonly store: Store
  /** Leaves a message that is with a carrier, or may be: it is erased once that is over. */
  cancelMessage: Messaging['cancel']
  /** Files of recordings; absent where there are none. */
  readonly recordings?: { removeFile(file: string): Promise<void> } | undefined
}

export interface EraseDeed {
  readonly account: number
  readonly person: Person
  readonly hash: string
  readonly actor: Actor
  readonly now: number
}

export interface ErasedPart {
  readonly erased: number
  /** `again`: something could not go yet, and this part is to be done once more. */
  readonly next: number | null | 'again'
}

export interface PersonalPlace {
  readonly name: string
  readonly kinds: readonly Person['kind'][]
  show(means: ShowMeans, account: number, person: Person, after: number): Promise<ShownPart>
  erase(means: EraseMeans, deed: EraseDeed, after: number): Promise<ErasedPart>
}
