// The catalogue and the dictionaries as plain data, for GET /v1/reasons, /v1/reasons/{slug}, /v1/codes and /v1/codes/{system}/{code}.
// undefined where there is nothing of that name: the caller refuses.

import { catalogue, isSlug } from '#reasons/catalogue.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { codesOf } from '#reasons/dictionary.ts'
import type { Capability, Channel, Evidence, Rendering } from '#reasons/dictionary.ts'
import type { Fault, ParameterTypes, Reason, ReasonClass, Retry } from '#reasons/reason.ts'
import { dictionaries, isSystem, systems } from './dictionaries.ts'
import type { System } from './dictionaries.ts'
import { equivalentsOf } from './explain.ts'
import { nameOfCode } from './match.ts'

export interface ReasonRow {
  readonly reason: Slug
  readonly fault: Fault
  readonly retry: Retry
  readonly class: ReasonClass
  readonly http: number
  readonly sip: number | null
  readonly q850: number | null
  readonly smpp: number | null
  readonly title: string
  readonly detail: string
  readonly remedy: string
  readonly params: ParameterTypes
  /** The vendors' own codes. */
  readonly codes: Readonly<Record<System, readonly string[]>>
}

export interface ReasonView extends ReasonRow {
  /** What each vendor's client sees, with a fallback where there is no code (`exact: false`). */
  readonly equivalents: Readonly<Record<System, Rendering>>
}

export interface CodeRow {
  readonly system: System
  readonly code: string
  /** The vendor's status, or the reason's own where the vendor has none. */
  readonly http: number
  readonly title: string
  readonly reason: Slug
  readonly channel: Channel
  readonly capability: Capability
  readonly evidence: Evidence
}

export interface CodeView extends CodeRow {
  readonly fault: Fault
  readonly retry: Retry
  readonly condition: string
  readonly remedy: string
  /** The values of the reason's parameters for which this code is chosen among several. */
  readonly when?: Readonly<Record<string, string>>
  readonly equivalents: Readonly<Record<System, Rendering>>
}

function reasonRow(slug: Slug): ReasonRow {
  const { fault, retry, class: reasonClass, http, sip, q850, smpp, title, detail, remedy, params }: Reason = catalogue[slug]
  const codes = Object.fromEntries(systems.map((system) => [system, codesOf(dictionaries[system], slug)])) as Record<
    System,
    string[]
  >
  return { reason: slug, fault, retry, class: reasonClass, http, sip, q850, smpp, title, detail, remedy, params, codes }
}

export function reasonRows(): ReasonRow[] {
  return (Object.keys(catalogue) as Slug[]).map(reasonRow)
}

export function reasonView(slug: string): ReasonView | undefined {
  return isSlug(slug) ? { ...reasonRow(slug), equivalents: equivalentsOf(slug) } : undefined
}

function codeRow(system: System, code: string): CodeRow {
  const { http, message, reason, channel, capability, evidence } = dictionaries[system].entries[code]!
  return { system, code, http: http ?? catalogue[reason].http, title: message, reason, channel, capability, evidence }
}

/** All codes, or those of one system; undefined when there is no such system. */
export function codeRows(system?: string): CodeRow[] | undefined {
  if (system === undefined)
    return systems.flatMap((one) => Object.keys(dictionaries[one].entries).map((code) => codeRow(one, code)))
  return isSystem(system) ? Object.keys(dictionaries[system].entries).map((code) => codeRow(system, code)) : undefined
}

export function codeView(system: string, code: string): CodeView | undefined {
  const name = isSystem(system) ? nameOfCode(system, code) : undefined
  if (!isSystem(system) || name === undefined) return undefined
  const { condition, remedy, when, reason } = dictionaries[system].entries[name]!
  const { fault, retry }: Reason = catalogue[reason]
  return {
    ...codeRow(system, name),
    fault,
    retry,
    condition,
    remedy,
    ...(when ? { when } : {}),
    equivalents: equivalentsOf(reason),
  }
}
