// Reads fields of a query. A parameter that is present but empty counts as absent: the vendor's SDK writes `b=` for undefined.

import type { Pairs } from '#protocols/http/query.ts'
import { refuse } from '#reasons/refusal.ts'
import { parseTime } from './formats.ts'

export function one(query: Pairs, name: string): string | undefined {
  let found: string | undefined
  for (const [key, value] of query) if (key === name && value !== '') found = value
  return found
}

/** A list is given by repeating its name. Gives request.parameter_invalid for a value that is not among those known. */
export function several<const V extends readonly string[]>(query: Pairs, name: string, known: V): V[number][] {
  const values = query.filter(([key, value]) => key === name && value !== '').map(([, value]) => value)
  const strange = values.find((value) => !known.includes(value))
  if (strange !== undefined)
    refuse('request.parameter_invalid', { parameter: name, value: strange.slice(0, 100), expected: `one of ${known.join(', ')}` })
  return values
}

/** Gives request.parameter_invalid. */
export function moment(query: Pairs, name: string): number | undefined {
  const text = one(query, name)
  if (text === undefined) return undefined
  const ms = parseTime(text)
  if (ms === undefined)
    refuse('request.parameter_invalid', { parameter: name, value: text.slice(0, 100), expected: 'a time, ISO 8601' })
  return ms
}

/** Gives request.parameter_invalid. */
export function yesOrNo(query: Pairs, name: string): boolean | undefined {
  const text = one(query, name)?.toLowerCase()
  if (text !== undefined && text !== 'true' && text !== 'false')
    refuse('request.parameter_invalid', { parameter: name, value: text.slice(0, 100), expected: 'true or false' })
  return text === undefined ? undefined : text === 'true'
}
