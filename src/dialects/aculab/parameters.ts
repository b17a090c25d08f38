// The parameters of an operation: told as a table, read from query and body in the order of the reference's section 3.
// Faults are collected within a stage and told at once; a stage with faults ends the reading.

import type { Pairs } from '#protocols/http/query.ts'
import { Refusal, refusal, refuseAll } from '#reasons/refusal.ts'
import { unescapeName } from './formats.ts'

/** What was sent under each name, the last where it came more than once. */
type Sent = ReadonlyMap<string, string>

export interface Parameter<V> {
  readonly required: boolean | ((sent: Sent) => boolean)
  /** Of a list: what stands between its elements. */
  readonly separator?: string
  /** Of a list: it may come several times too, and all are one list. */
  readonly repeats?: boolean
  /** The value, or what is wrong with its text. */
  read(text: string, name: string): V | Refusal
}

export type ParameterTable = Readonly<Record<string, Parameter<unknown>>>

export type Values<T extends ParameterTable> = {
  readonly [K in keyof T]: T[K] extends Parameter<infer V> ? (T[K]['required'] extends true ? V : V | undefined) : never
}

const required = <V>(one: Parameter<V>): Parameter<V> & { readonly required: true } => ({ ...one, required: true })
const requiredWhere = <V>(when: (sent: Sent) => boolean, one: Parameter<V>): Parameter<V> => ({ ...one, required: when })

export const must = Object.assign(required, { where: requiredWhere })

const maxNameChars = 200

const wrong = (name: string, text: string, expected: string): Refusal =>
  refusal('request.parameter_invalid', {
    parameter: name,
    value: text.length > 100 ? `${text.slice(0, 100)}...` : text,
    expected,
  })

/** A name of a place or the like: letters with what stands between them. `digits` lets figures in. */
export const placeName = ({ digits = false } = {}): Parameter<string> => ({
  required: false,
  read(text, name) {
    const value = unescapeName(text)
    if (value.length > maxNameChars) return wrong(name, value, `at most ${maxNameChars} characters`)
    if (/\p{Cc}/u.test(value) || !value.isWellFormed()) return wrong(name, value, 'a name')
    if (!digits && /\p{Nd}/u.test(value)) return wrong(name, value, 'a name without digits')
    return value
  },
})

export const text = (form: RegExp, expected: string): Parameter<string> => ({
  required: false,
  read: (value, name) => (form.test(value) ? value : wrong(name, value, expected)),
})

/** A number from 1 up. Zero has a code of its own. */
export const count = (max: number): Parameter<number> => ({
  required: false,
  read(value, name) {
    if (/^0+$/.test(value)) return refusal('request.parameter_zero', { parameter: name })
    if (!/^[0-9]{1,15}$/.test(value) || Number(value) > max) return wrong(name, value, `a whole number from 1 to ${max}`)
    return Number(value)
  },
})

/** True, T, 1, False, F, 0; the vendor's own documents write them in lower case too. */
export const flag: Parameter<boolean> = {
  required: false,
  read(value, name) {
    if (/^(?:true|t|1)$/i.test(value)) return true
    if (/^(?:false|f|0)$/i.test(value)) return false
    return refusal('request.boolean_invalid', { parameter: name, value: value.slice(0, 40) })
  },
}

export const choice = <V>(values: ReadonlyMap<string, V>, unknown: (text: string, name: string) => Refusal): Parameter<V> => ({
  required: false,
  read: (value, name) => values.get(value) ?? unknown(value, name),
})

/** Elements divided by `/` unless told otherwise, each read by itself. */
export const list = (
  element: (text: string, name: string) => string | Refusal,
  separator = '/',
): Parameter<readonly string[]> => ({
  required: false,
  separator,
  read(value, name) {
    const elements: string[] = []
    for (const part of value.split(separator)) {
      const read = element(part, name)
      if (typeof read !== 'string') return read
      elements.push(read)
    }
    return elements
  },
})

/** Gives 0029, 0003, then 0001, 0023 and 0024, then what each value's syntax gives. */
export function readParameters(table: ParameterTable, pairs: Pairs): Record<string, unknown> {
  const sent = new Map<string, string>()
  const unknown: Refusal[] = []
  const repeated: Refusal[] = []
  for (const [name, value] of pairs) {
    if (!Object.hasOwn(table, name)) unknown.push(refusal('request.parameter_unknown', { parameter: name.slice(0, 100) }))
    else if (sent.has(name)) {
      const { repeats, separator = '' } = table[name]!
      if (!repeats) repeated.push(refusal('request.parameter_repeated', { parameter: name }))
      else {
        sent.set(name, `${sent.get(name)}${separator}${value}`)
        continue
      }
    }
    sent.set(name, value)
  }
  if (unknown.length > 0) refuseAll(onlyOnce(unknown))
  if (repeated.length > 0) refuseAll(onlyOnce(repeated))

  const incomplete: Refusal[] = []
  for (const name in table) {
    const parameter = table[name]!
    const value = sent.get(name)
    const needed = typeof parameter.required === 'function' ? parameter.required(sent) : parameter.required
    if (value === undefined) {
      if (needed) incomplete.push(refusal('request.parameter_missing', { parameter: name, location: 'parameter' }))
    } else if (value === '') {
      if (needed) incomplete.push(refusal('request.parameter_empty', { parameter: name }))
    } else if (parameter.separator !== undefined) {
      const position = value.split(parameter.separator).indexOf('') + 1
      if (position > 0) incomplete.push(refusal('request.list_element_empty', { parameter: name, position }))
    }
  }
  if (incomplete.length > 0) refuseAll(incomplete)

  const values: Record<string, unknown> = {}
  const faults: Refusal[] = []
  for (const name in table) {
    const value = sent.get(name)
    if (value === undefined || value === '') continue
    const read = table[name]!.read(value, name)
    if (read instanceof Refusal) faults.push(read)
    else values[name] = read
  }
  if (faults.length > 0) refuseAll(faults)
  return values
}

const maxTold = 20

function onlyOnce(faults: readonly Refusal[]): Refusal[] {
  const byName = new Map(faults.map((fault) => [fault.params['parameter'], fault]))
  return [...byName.values()].slice(0, maxTold)
}
