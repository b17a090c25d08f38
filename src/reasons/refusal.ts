// An expected no: a reason with its values. Everything else that is thrown is a fault of ours.
// Deliberately keeps no stack trace (a refusal must not cost more than an acceptance) and knows no status or vendor code.

import { catalogue } from './catalogue.ts'
import type { ParamsOf, Slug } from './catalogue.ts'

export type ParamValue = string | number | readonly string[] | undefined
export type Params = Readonly<Record<string, ParamValue>>

export interface RefusalDetails {
  /** How long to wait before the same request may succeed; taken from the parameter of this name when there is one. */
  readonly retryAfterMs?: number | undefined
  /** What led to the decision, for the operator's eyes: a raw cause, a number compared. Never a secret, never shown to the caller. */
  readonly evidence?: string | undefined
  readonly cause?: unknown
}

const noParams: Params = Object.freeze({})
const noErrors: readonly Refusal[] = Object.freeze([])

export class Refusal extends Error {
  readonly reason: Slug
  readonly params: Params
  /** All faults found in one request, the first included; empty when there is just this one. */
  readonly errors: readonly Refusal[]
  retryAfterMs?: number
  /** Set at the door, once. */
  errorId?: string
  evidence?: string

  constructor(reason: Slug, params: Params = noParams, more?: RefusalDetails, errors: readonly Refusal[] = noErrors) {
    // Walking the stack costs several times all the rest; the reason says more than the place does.
    const before = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(reason)
    Error.stackTraceLimit = before
    this.reason = reason
    this.params = params
    this.errors = errors
    const retryAfterMs = more?.retryAfterMs ?? params['retryAfterMs']
    if (typeof retryAfterMs === 'number') this.retryAfterMs = retryAfterMs
    if (more?.evidence !== undefined) this.evidence = more.evidence
    if (more?.cause !== undefined) this.cause = more.cause
  }

  override get name(): string {
    return 'Refusal'
  }
}

/** The parameters may be left out where the reason requires none. */
export type RefusalArguments<S extends Slug> = keyof ParamsOf<S> extends never
  ? [params?: Readonly<Record<string, never>>, more?: RefusalDetails]
  : Record<never, never> extends ParamsOf<S>
    ? [params?: ParamsOf<S>, more?: RefusalDetails]
    : [params: ParamsOf<S>, more?: RefusalDetails]

/** Builds a refusal without throwing it. */
export function refusal<S extends Slug>(slug: S, ...[params, more]: RefusalArguments<S>): Refusal {
  return new Refusal(slug, params as Params | undefined, more)
}

/** Throws a refusal: the only throw for an expected no. */
export function refuse<S extends Slug>(slug: S, ...[params, more]: RefusalArguments<S>): never {
  throw new Refusal(slug, params as Params | undefined, more)
}

/** Throws the first of several refusals of one request, carrying them all. */
export function refuseAll(refusals: readonly Refusal[]): never {
  const [first] = refusals
  if (first === undefined) throw new Error('refuseAll needs at least one refusal')
  throw new Refusal(
    first.reason,
    first.params,
    { retryAfterMs: first.retryAfterMs, evidence: first.evidence, cause: first.cause },
    refusals,
  )
}

/** The reason's sentence for this occurrence, in plain text: the place where it lands does the escaping. */
export function detailOf(refused: Refusal): string {
  return fillTemplate(catalogue[refused.reason].detail, refused.params)
}

/** The same where it stands within another sentence. */
export const clauseOf = (refused: Refusal): string => detailOf(refused).replace(/\.$/, '')

/**
 * Puts values into a template. `{name}` is a parameter; a part in square brackets is left out
 * when a parameter named in it has no value.
 */
export function fillTemplate(template: string, params: Params): string {
  let parts = templates.get(template)
  if (parts === undefined) templates.set(template, (parts = partsOf(template)))
  let text = ''
  for (const part of parts) text += filled(part, params)
  return text
}

/** Texts and names by turns; an optional part says nothing when one of its names has no value. */
interface Part {
  readonly pieces: readonly string[]
  readonly optional: boolean
}

// Templates are the catalogue's own, so this grows no further than it. Reading them once keeps braces inside a value text.
const templates = new Map<string, readonly Part[]>()

function partsOf(template: string): Part[] {
  return template.split(/\[([^\]]*)\]/).map((text, index) => ({ pieces: text.split(/\{(\w+)\}/), optional: index % 2 === 1 }))
}

function filled({ pieces, optional }: Part, params: Params): string {
  let text = pieces[0]!
  for (let i = 1; i < pieces.length; i += 2) {
    const name = pieces[i]!
    const value = params[name]
    if ((value ?? undefined) === undefined && optional) return ''
    text += (typeof value === 'number' ? measured(name, value) : shown(value)) + pieces[i + 1]!
  }
  return text
}

/** By the unit that the name ends in. */
function measured(name: string, value: number): string {
  if (name.endsWith('Ms')) return duration(value)
  return name.endsWith('Micros') ? amount(value) : String(value)
}

/** Millionths of a currency as people write them, to the last digit: 7500 is 0.0075, 2000000 is 2.00. */
function amount(micros: number): string {
  const digits = String(Math.abs(micros)).padStart(7, '0')
  const part = digits.slice(-6).replace(/0+$/, '').padEnd(2, '0')
  return `${micros < 0 ? '-' : ''}${digits.slice(0, -6)}.${part}`
}

/** A time as people say it: rounded up, so that whoever waits that long has waited long enough. */
function duration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)} ms`
  if (ms <= 120_000) return `${Math.ceil(ms / 1000)} s`
  return `${Math.ceil(ms / 60_000)} minutes`
}

function shown(value: ParamValue): string {
  return typeof value === 'object' ? value.join(', ') : String(value ?? '')
}
