// Turns one code, cause or status into what it points to. Ranks nothing; explain.ts does.

import { catalogue } from '#reasons/catalogue.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { NetworkCause } from '#reasons/network-causes.ts'
import { dictionaries } from './dictionaries.ts'
import type { System } from './dictionaries.ts'
import { furtherCodes } from './further-codes.ts'
import { smppKey, smppStatuses } from './network.ts'

/** certain: told outright; likely: the usual meaning; guess: from the status or the words alone. */
export type Confidence = 'certain' | 'likely' | 'guess'

export interface Match {
  /** A vendor, or `sip`, `q850`, `smpp`, `receipt`, `offhook`. */
  readonly system: string
  readonly code: string
  readonly reason: Slug
  readonly confidence: Confidence
  /** The published words or the specification's name. */
  readonly name: string
}

/** What a code of a vendor stands for, also one that its list does not name. */
export function codeMatch(system: System, code: string, confidence: Confidence = 'certain'): Match | undefined {
  const known = nameOfCode(system, code)
  if (known !== undefined) {
    const entry = dictionaries[system].entries[known]!
    return { system, code: known, reason: entry.reason, confidence, name: entry.message }
  }
  const further = furtherCodes[system]
  if (!Object.hasOwn(further, code)) return undefined
  const reason = further[code]!
  return { system, code, reason, confidence: confidence === 'certain' ? 'likely' : confidence, name: catalogue[reason].title }
}

export function codeMatches(system: System, code: string): Match[] {
  const match = codeMatch(system, code)
  return match ? [match] : []
}

/** A code as its dictionary writes it: letters in upper case. */
export function nameOfCode(system: System, code: string): string | undefined {
  const { entries } = dictionaries[system]
  return [code, code.toUpperCase()].find((name) => Object.hasOwn(entries, name))
}

export function networkMatch(system: string, code: string, table: Readonly<Record<string, NetworkCause>>): Match[] {
  if (!Object.hasOwn(table, code)) return []
  const cause = table[code]!
  return [
    { system, code, reason: cause.reason, confidence: cause.confidence === 'sure' ? 'certain' : 'likely', name: cause.name },
  ]
}

export function smppMatch(commandStatus: number | string): Match[] {
  const key = smppKey(commandStatus)
  return networkMatch('smpp', key, smppStatuses).map((match) => ({ ...match, code: `0x${key}` }))
}
