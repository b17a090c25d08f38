// What a vendor's or a network's "no" means: the reason behind it, who must act, and how the other systems would say it.
// A library without dependencies, for servers and browsers alike: nothing is fetched, nothing is remembered.

import { catalogue, isSlug } from '#reasons/catalogue.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { codeOf } from '#reasons/dictionary.ts'
import type { Dictionary, Rendering } from '#reasons/dictionary.ts'
import type { Fault, Reason, ReasonClass, Retry } from '#reasons/reason.ts'
import { q850Causes, sipStatuses } from '#reasons/network-causes.ts'
import { fillTemplate } from '#reasons/refusal.ts'
import { dictionaries, isSystem, systems } from './dictionaries.ts'
import type { System } from './dictionaries.ts'
import { oauthWords } from './further-codes.ts'
import { codeMatch, codeMatches, networkMatch, smppMatch } from './match.ts'
import type { Confidence, Match } from './match.ts'
import { httpStatuses, receiptErrors, receiptStates } from './network.ts'
import { header, readAnswer } from './read-answer.ts'
import type { Answer } from './read-answer.ts'

// The package's users import both from here.
export { lookup } from './lookup.ts'
export type { Lookup } from './lookup.ts'
export type { Confidence, Match } from './match.ts'
export type { Answer } from './read-answer.ts'

export interface Explanation {
  readonly reason: Slug
  readonly fault: Fault
  readonly retry: Retry
  readonly class: ReasonClass
  readonly title: string
  /** This occurrence in one sentence, when the answer told enough for it. */
  readonly detail?: string
  readonly remedy: string
  /** The answer's own sentence. */
  readonly words?: string
  /** Everything that pointed to a reason, the strongest first. */
  readonly matches: readonly Match[]
  /** More than one reason is possible. */
  readonly ambiguous: boolean
  /** Reasons that the same code is also given for. */
  readonly alternatives: readonly Slug[]
  readonly equivalents: Readonly<Record<System, Rendering>>
  readonly network: { readonly sip: number | null; readonly q850: number | null; readonly smpp: number | null }
}

/** What may be explained, by who said it. */
export interface Said extends Readonly<Record<System, Answer>> {
  /** The status and the Reason header (RFC 3326). */
  readonly sip: Answer
  readonly q850: { readonly cause: number | string }
  readonly smpp: { readonly commandStatus: number | string }
  /** `stat` and `err` of a delivery receipt. */
  readonly receipt: { readonly stat?: string; readonly err?: string | number }
}

/** undefined: nothing in it points to a reason. */
export function explain<From extends keyof Said>(from: From, said: Said[From]): Explanation | undefined {
  if (isSystem(from)) return explainVendor(from, said as Answer)
  if (from === 'sip') return explainSip(said as Answer)
  if (from === 'q850') return explained(networkMatch('q850', String((said as Said['q850']).cause), q850Causes))
  if (from === 'smpp') return explained(smppMatch((said as Said['smpp']).commandStatus))
  if (from === 'receipt') return explainReceipt(said as Said['receipt'])
  return undefined
}

function explainVendor(system: System, answer: Answer): Explanation | undefined {
  const dictionary = dictionaries[system]
  const hints = readAnswer(system, answer)
  const matches: Match[] = []
  const status = answer.status === undefined ? '' : String(answer.status)
  const add = (code: string, confidence: Confidence): void => {
    const match = codeMatch(system, code, confidence)
    if (match) matches.push(match)
  }
  if (hints.reason !== undefined) {
    matches.push({
      system: 'offhook',
      code: hints.reason,
      reason: hints.reason,
      confidence: 'certain',
      name: catalogue[hints.reason].title,
    })
  }
  for (const code of hints.codes) add(code, 'certain')
  if (hints.bodyCode !== undefined) add(hints.bodyCode, 'certain')
  if (matches.length === 0 && hints.oauth !== undefined && Object.hasOwn(oauthWords, hints.oauth)) {
    matches.push({ system, code: hints.oauth, reason: oauthWords[hints.oauth]!, confidence: 'likely', name: hints.oauth })
  }
  if (hints.words !== undefined && matches.length === 0)
    for (const code of codesWithWords(dictionary, hints.words)) add(code, 'likely')
  if (system === '8x8' && status in dictionary.entries) add(status, matches.length === 0 ? 'likely' : 'guess')
  const shown =
    /^HTTP (\d{3})$/.exec(hints.codes[0] ?? '')?.[1] ?? (/^[1-9]\d\d$/.test(hints.codes[0] ?? '') ? hints.codes[0] : undefined)
  const byStatus = shown ?? status
  if (matches.length === 0 && Object.hasOwn(httpStatuses, byStatus)) {
    const reason = httpStatuses[byStatus]!
    matches.push({
      system,
      code: shown === undefined ? `HTTP ${status}` : hints.codes[0]!,
      reason,
      confidence: 'guess',
      name: `HTTP ${byStatus}`,
    })
  }
  return explained(matches, hints.params, hints.words)
}

/** RFC 3326: `Reason: Q.850;cause=17;text="..."`, several of them separated by commas or sent as several headers. */
function explainSip(answer: Answer): Explanation | undefined {
  const matches: Match[] = []
  let words: string | undefined
  const told = header(answer, 'offhook-reason')
  if (told !== undefined && isSlug(told))
    matches.push({ system: 'offhook', code: told, reason: told, confidence: 'certain', name: catalogue[told].title })
  for (const value of reasonValues(header(answer, 'reason') ?? '')) {
    words ??= value.text
    if (value.cause === undefined) continue
    if (value.protocol === 'CPAAS') matches.unshift(...codeMatches('restcomm', value.cause))
    else if (value.protocol === 'Q.850') matches.push(...networkMatch('q850', value.cause, q850Causes))
    else if (value.protocol === 'SIP') matches.push(...networkMatch('sip', value.cause, sipStatuses))
  }
  if (answer.status !== undefined)
    matches.push(...networkMatch('sip', String(answer.status), sipStatuses).map(weakerBeside(matches)))
  return explained(matches, {}, words)
}

function explainReceipt({ stat, err }: Said['receipt']): Explanation | undefined {
  const error = err === undefined ? '' : String(err).padStart(3, '0')
  const byError = error === '' || error === '000' ? [] : networkMatch('receipt', error, receiptErrors)
  const byState = stat === undefined ? [] : networkMatch('receipt', stat.trim().toUpperCase().slice(0, 7), receiptStates)
  // A delivered message is delivered, whatever stands in err.
  return explained(byState[0]?.reason === 'outcome.success' ? byState : [...byError, ...byState])
}

/** A status is a summary of the reason given beside it. */
function weakerBeside(others: readonly Match[]): (match: Match) => Match {
  return (match) => (others.length === 0 ? match : { ...match, confidence: 'guess' })
}

function* reasonValues(value: string): Generator<{ protocol: string; cause?: string; text?: string }> {
  for (const [one] of value.matchAll(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g)) {
    const protocol = /^\s*([^\s;]+)/.exec(one)?.[1]
    if (protocol === undefined) continue
    const cause = /;\s*cause\s*=\s*(\d+)/i.exec(one)?.[1]
    const text = /;\s*text\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(one)?.[1]?.replace(/\\(.)/g, '$1')
    yield { protocol: protocol.toUpperCase(), ...(cause === undefined ? {} : { cause }), ...(text === undefined ? {} : { text }) }
  }
}

/** The codes whose words these are, whatever stands in the place of the placeholders. */
function codesWithWords(dictionary: Dictionary, words: string): string[] {
  const said = words.trim().replace(/\.$/, '').toLowerCase()
  return Object.entries(dictionary.entries)
    .filter(([, entry]) => {
      const parts = entry.message
        .replace(/\.$/, '')
        .toLowerCase()
        .split(/\$?\{\w+\}/)
      return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.{0,200}')}$`).test(said)
    })
    .map(([code]) => code)
}

const strength: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, guess: 2 }

function explained(
  found: readonly Match[],
  params: Readonly<Record<string, string>> = {},
  words?: string,
): Explanation | undefined {
  const matches = found.toSorted((a, b) => strength[a.confidence] - strength[b.confidence])
  const [first] = matches
  if (first === undefined) return undefined
  const reason: Reason = catalogue[first.reason]
  const rivals = matches
    .filter((match) => match.confidence === first.confidence && match.reason !== first.reason)
    .map((match) => match.reason)
  const alternatives = [...new Set([...rivals, ...(first.system === 'offhook' ? [] : alsoGivenFor(first))])]
  const known = Object.fromEntries(Object.entries(params).filter(([name]) => reason.params[name]?.startsWith('text')))
  const complete = Object.entries(reason.params).every(([name, type]) => type.endsWith('?') || name in known)
  return {
    reason: first.reason,
    fault: reason.fault,
    retry: reason.retry,
    class: reason.class,
    title: reason.title,
    ...(complete ? { detail: fillTemplate(reason.detail, known) } : {}),
    remedy: reason.remedy,
    ...(words === undefined ? {} : { words }),
    matches,
    ambiguous: alternatives.length > 0,
    alternatives,
    equivalents: equivalentsOf(first.reason, known),
    network: { sip: reason.sip, q850: reason.q850, smpp: reason.smpp },
  }
}

/** The reasons that a vendor's code is deliberately shown for besides its own. A general code is shown for too many to name. */
function alsoGivenFor(match: Match): Slug[] {
  if (!isSystem(match.system)) return []
  const others = Object.entries(dictionaries[match.system].overrides).filter(([, fallback]) => fallback.code === match.code)
  return others.length > 5 ? [] : others.map(([slug]) => slug as Slug)
}

/** How each of the five says a reason. */
export function equivalentsOf(reason: Slug, params: Readonly<Record<string, string>> = {}): Record<System, Rendering> {
  return Object.fromEntries(systems.map((system) => [system, codeOf(dictionaries[system], { reason, params })])) as Record<
    System,
    Rendering
  >
}
