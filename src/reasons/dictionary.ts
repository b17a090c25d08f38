// How a face says a reason: a sparse dictionary of codes, with an honest fallback for what has no code of its own.
// Knows no vendor, no envelope and no escaping; a dialect's codes.ts is one of these, and the dialect writes the answer.

import { catalogue } from './catalogue.ts'
import type { Slug } from './catalogue.ts'
import type { Reason, ReasonClass } from './reason.ts'
import type { Params, ParamValue, Refusal } from './refusal.ts'

export type Channel = 'http' | 'sip' | 'record' | 'log'

/**
 * How sure a code's place is. confirmed: a public source ties code and place together; listed: the published list tells the
 * condition, the place is ours; derived: the condition or the status is our own reading.
 */
export type Evidence = 'confirmed' | 'listed' | 'derived'

/** The part of the platform that a code needs. */
export type Capability = 'foundation' | 'messaging' | 'voice' | 'later'

export interface Entry {
  /** The status in this dialect; null where the code lives outside HTTP answers, so that the reason's own one is used. */
  readonly http: number | null
  /** Further statuses that the list allows for the same code. */
  readonly alsoHttp?: readonly number[]
  /** Short words on the wire; `${name}` or `{name}` is a placeholder, see `placeholders`. */
  readonly message: string
  readonly condition: string
  readonly remedy: string
  readonly reason: Slug
  /** Chooses between codes of one reason by a parameter: values separated by `|`, `*` for all others. */
  readonly when?: Readonly<Record<string, string>>
  readonly channel: Channel
  readonly evidence: Evidence
  readonly capability: Capability
  /** The number in the body, where it is another one than the code. */
  readonly body?: number
}

/** What is said where no entry fits. */
export interface Fallback {
  /** `{http}` stands for the status; null: no code of this vendor says this honestly, so status and words go alone. */
  readonly code: string | null
  /** null: the reason's own status. */
  readonly http: number | null
  readonly body?: number
}

/** A finer body number for some parameters of a reason; the first rule that fits is taken. */
export interface BodyRule {
  readonly reason: Slug
  readonly when?: Readonly<Record<string, string>>
  readonly body: number
}

export interface Dictionary {
  readonly system: string
  readonly entries: Readonly<Record<string, Entry>>
  /** Complete by type. */
  readonly fallback: Readonly<Record<ReasonClass, Fallback>>
  /** Where the class would say less than is known, or something false. */
  readonly overrides: Readonly<Partial<Record<Slug, Fallback>>>
  /** The vendor's placeholder names, each with the parameter of ours that fills it; others are filled by their own name. */
  readonly placeholders?: Readonly<Record<string, string>>
  readonly bodies?: readonly BodyRule[]
}

export interface Rendering {
  readonly code: string | null
  readonly http: number
  /** Unescaped. The dictionary's words when `exact`, else the reason's title. */
  readonly message: string
  /** False for a fallback. */
  readonly exact: boolean
  readonly body?: number
}

/** The few facts of a refusal that choose its code. */
export type Refused = Pick<Refusal, 'reason' | 'params'>

interface Choice {
  readonly code: string
  readonly entry: Entry
}

const indexes = new WeakMap<Dictionary, Map<Slug, Choice[]>>()

function indexOf(dictionary: Dictionary): Map<Slug, Choice[]> {
  let index = indexes.get(dictionary)
  if (index === undefined) {
    index = new Map()
    for (const [code, entry] of Object.entries(dictionary.entries)) {
      const choices = index.get(entry.reason)
      if (choices === undefined) index.set(entry.reason, [{ code, entry }])
      else choices.push({ code, entry })
    }
    indexes.set(dictionary, index)
  }
  return index
}

export function entryOf(dictionary: Dictionary, code: string): Entry | undefined {
  return Object.hasOwn(dictionary.entries, code) ? dictionary.entries[code] : undefined
}

/** 422 where a reason's own status is that of reading what ended with it, a call or a message: a refusal is no success. */
export const refusedStatus = (http: number): number => (http < 400 ? 422 : http)

/** The codes that stand for a reason, the most particular first. */
export function codesOf(dictionary: Dictionary, reason: Slug): readonly string[] {
  return (indexOf(dictionary).get(reason) ?? []).map((choice) => choice.code)
}

/** A refusal in the words of a dictionary: exact, or the fallback. */
export function codeOf(dictionary: Dictionary, refused: Refused): Rendering {
  const reason: Reason = catalogue[refused.reason]
  const choices = indexOf(dictionary).get(refused.reason)
  const choice = choices && choose(choices, refused.params)
  if (choice !== undefined) {
    const { code, entry } = choice
    const message = fillMessage(entry.message, refused.params, dictionary.placeholders)
    return { code, http: entry.http ?? reason.http, message, exact: true, ...bodyOf(dictionary, refused, entry.body) }
  }
  const override = dictionary.overrides[refused.reason]
  // An outcome without a code is told by its status or its record alone.
  if (override === undefined && reason.http < 300) return { code: null, http: reason.http, message: reason.title, exact: false }
  const fallback = override ?? dictionary.fallback[reason.class]
  const http = fallback.http ?? reason.http
  const code = fallback.code === null ? null : fallback.code.replace('{http}', String(http))
  return { code, http, message: reason.title, exact: false, ...bodyOf(dictionary, refused, fallback.body) }
}

function choose(choices: readonly Choice[], params: Params): Choice | undefined {
  let byDefault: Choice | undefined
  for (const choice of choices) {
    const fit = fits(choice.entry.when, params)
    if (fit === 'exactly') return choice
    if (fit === 'by default') byDefault ??= choice
  }
  return byDefault
}

function fits(when: Readonly<Record<string, string>> | undefined, params: Params): 'exactly' | 'by default' | 'not' {
  let fit: 'exactly' | 'by default' = 'exactly'
  for (const name in when) {
    const values = when[name]!.split('|')
    if (values.includes(String(params[name]))) continue
    if (!values.includes('*')) return 'not'
    fit = 'by default'
  }
  return fit
}

function bodyOf(dictionary: Dictionary, refused: Refused, usual: number | undefined): { body?: number } {
  const rule = dictionary.bodies?.find((one) => one.reason === refused.reason && fits(one.when, refused.params) === 'exactly')
  const body = rule?.body ?? usual
  return body === undefined ? {} : { body }
}

/** Fills a wire message; brackets and parentheses left empty by an absent value are dropped. */
export function fillMessage(message: string, params: Params, names: Readonly<Record<string, string>> = {}): string {
  if (!message.includes('{')) return message
  const parts = message.split(/\$?\{(\w+)\}/)
  let text = parts[0]!
  let missing = false
  for (let i = 1; i < parts.length; i += 2) {
    const value = shown(params[names[parts[i]!] ?? parts[i]!])
    let after = parts[i + 1]!
    if (value === '') {
      missing = true
      const open = text.at(-1)
      const close = after[0]
      if ((open === '[' && close === ']') || (open === '(' && close === ')')) {
        text = text.slice(0, -1).trimEnd()
        after = after.slice(1)
      }
    }
    text += value + after
  }
  return missing ? text.replace(/^ /, '').replace(/ {2,}/g, ' ').replace(/: ?$/, '') : text
}

function shown(value: ParamValue): string {
  return typeof value === 'object' ? value.join(', ') : String(value ?? '')
}
