// Turns a schema's verdict on an input into refusals, one for each field at fault, in the words of whoever asked.

import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { Settings } from 'typebox/system'
import { refusal, type Refusal } from '#reasons/refusal.ts'

interface Wording {
  readonly names?: Readonly<Record<string, string>>
  readonly location?: 'payload' | 'parameter'
}

interface Verdict {
  readonly keyword: string
  readonly instancePath: string
  readonly schemaPath: string
  readonly params: Record<string, unknown>
}

// Eight unless told, which unknown fields alone can use up.
Settings.Set({ maxErrors: 100 })

const compiled = new WeakMap<object, Validator>()

function validatorOf(schema: TSchema): Validator {
  let validator = compiled.get(schema)
  if (!validator) {
    validator = Compile(schema) as unknown as Validator
    compiled.set(schema, validator)
  }
  return validator
}

/** Empty when the input fits. A field has one fault at the most: the first that its schema finds. */
export function faultsOf(schema: TSchema, input: unknown, wording: Wording = {}): Refusal[] {
  const validator = validatorOf(schema)
  if (validator.Check(input)) return nulFaults(input, '', wording)
  const faults = new Map<string, Refusal>()
  for (const verdict of verdictsOf(schema, input, '')) {
    for (const [path, fault] of faultsIn(verdict, input, schema, wording)) if (!faults.has(path)) faults.set(path, fault)
  }
  // What does not fit is never let through, also when all verdicts there was room for say nothing by themselves.
  if (faults.size === 0) return [refusal('request.unprocessable', { cause: 'it has too many fields that are unknown' })]
  return [...faults.values()]
}

/** Beyond so many unknown fields none is told. */
const maxStrange = 100

interface ObjectSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, TSchema>>
  readonly required?: readonly string[]
}

/** Keywords that say nothing about what fits. */
const harmless = new Set(['required', 'description', 'title'])

const isClosedObject = (schema: unknown): schema is ObjectSchema => {
  const { type, properties, additionalProperties, ...others } = schema as Record<string, unknown>
  return (
    type === 'object' &&
    properties !== undefined &&
    additionalProperties === false &&
    Object.keys(others).every((name) => harmless.has(name))
  )
}

/**
 * What is wrong, in the validator's order: missing, unknown, then field by field. An object of named fields is walked here,
 * each field with its own compiled check: the validator's own search for errors costs as much as all the rest of a refusal.
 */
function verdictsOf(schema: TSchema, value: unknown, path: string): Verdict[] {
  if (!isClosedObject(schema) || typeof value !== 'object' || value === null || Array.isArray(value)) {
    const verdicts = validatorOf(schema).Errors(value) as unknown as Verdict[]
    return path === '' ? verdicts : verdicts.map((one) => ({ ...one, instancePath: path + one.instancePath }))
  }
  const { properties, required = [] } = schema
  const fields = value as Record<string, unknown>
  const verdict = (keyword: string, params: Record<string, unknown>): Verdict => ({
    keyword,
    instancePath: path,
    schemaPath: '',
    params,
  })
  const verdicts: Verdict[] = []
  const missing = required.filter((name) => !Object.hasOwn(fields, name))
  if (missing.length > 0) verdicts.push(verdict('required', { requiredProperties: missing }))
  const strange = Object.keys(fields).filter((name) => !Object.hasOwn(properties, name))
  if (strange.length > 0 && strange.length <= maxStrange)
    verdicts.push(verdict('additionalProperties', { additionalProperties: strange }))
  for (const [name, field] of Object.entries(properties)) {
    const member = fields[name]
    if (!Object.hasOwn(fields, name) || (member === undefined && !required.includes(name))) continue
    if (!validatorOf(field).Check(member)) verdicts.push(...verdictsOf(field, member, `${path}/${name}`))
  }
  return verdicts
}

/** No store keeps U+0000 in text (PostgreSQL refuses it), and no field means it. */
function nulFaults(value: unknown, path: string, wording: Wording): Refusal[] {
  if (typeof value === 'string') {
    if (!value.includes('\0')) return none
    const plain = path.slice(1)
    return [refusal('request.character_forbidden', { parameter: wording.names?.[plain] ?? plain, character: 'U+0000' })]
  }
  if (typeof value !== 'object' || value === null) return none
  let faults: Refusal[] | undefined
  for (const [name, member] of Object.entries(value)) {
    const found = name.includes('\0')
      ? nulFaults(name, `${path}.${name.replaceAll('\0', '')}`, wording)
      : nulFaults(member, `${path}.${name}`, wording)
    if (found.length > 0) (faults ??= []).push(...found)
  }
  return faults ?? none
}

const none: Refusal[] = []

function faultsIn(verdict: Verdict, input: unknown, schema: TSchema, wording: Wording): [string, Refusal][] {
  const { keyword, params } = verdict
  const at = verdict.instancePath
  const name = (path: string) => {
    const plain = path.slice(1).replaceAll('/', '.')
    return wording.names?.[plain] ?? plain
  }
  if (keyword === 'required') {
    const missing = params['requiredProperties'] as string[]
    const location = wording.location ?? 'payload'
    return missing.map((field) => [
      `${at}/${field}`,
      refusal('request.parameter_missing', { parameter: name(`${at}/${field}`), location }),
    ])
  }
  if (keyword === 'additionalProperties') {
    const strange = params['additionalProperties'] as string[]
    return strange.map((field) => [`${at}/${field}`, refusal('request.parameter_unknown', { parameter: name(`${at}/${field}`) })])
  }
  if (keyword === 'boolean' && verdict.schemaPath.endsWith('additionalProperties')) return []
  if (at === '') return [['', refusal('request.unprocessable', { cause: 'an object with named fields is expected' })]]
  const parameter = name(at)
  const value = shownValue(valueAt(input, at))
  return [[at, faultOf(keyword, params, parameter, value, schemaAt(schema, at))]]
}

function faultOf(
  keyword: string,
  params: Record<string, unknown>,
  parameter: string,
  value: string,
  field: Record<string, unknown>,
): Refusal {
  const limit = Number(params['limit'])
  if (keyword === 'minLength' && value === '') return refusal('request.parameter_empty', { parameter })
  if (keyword === 'maxLength') return refusal('request.parameter_too_long', { parameter, maxLengthChars: limit })
  if (keyword === 'minLength') return refusal('request.length_invalid', { parameter, minLengthChars: limit })
  if (keyword === 'minimum' || keyword === 'exclusiveMinimum') {
    if (value === '0' && limit === 1) return refusal('request.parameter_zero', { parameter })
    return refusal('request.number_out_of_range', { parameter, value, min: limit })
  }
  if (keyword === 'maximum' || keyword === 'exclusiveMaximum')
    return refusal('request.number_out_of_range', { parameter, value, max: limit })
  if (keyword === 'format' && params['format'] === 'web-url') return refusal('request.url_invalid', { parameter, value })
  const strange = keyword === 'pattern' ? strangeCharacter(field['x-characters'], value) : undefined
  if (strange !== undefined) return refusal('request.character_forbidden', { parameter, character: strange })
  if (keyword === 'type' && params['type'] === 'boolean') return refusal('request.boolean_invalid', { parameter, value })
  return refusal('request.parameter_invalid', { parameter, value, expected: expectedOf(keyword, params, field) })
}

/** The first character outside those that the field takes, shown as itself or by its number; a pattern may fail otherwise too. */
function strangeCharacter(characters: unknown, value: string): string | undefined {
  if (typeof characters !== 'string') return undefined
  const allowed = new RegExp(characters, 'u')
  const strange = Array.from(value).find((character) => !allowed.test(character))
  if (strange === undefined || !/^\p{C}$/u.test(strange)) return strange
  return `U+${strange.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}

function expectedOf(keyword: string, params: Record<string, unknown>, field: Record<string, unknown>): string {
  if (Array.isArray(field['enum'])) return `one of ${(field['enum'] as unknown[]).join(', ')}`
  if (keyword === 'type') return String(params['type'])
  if (keyword === 'pattern') return String(field['description'] ?? `text like ${String(params['pattern'])}`)
  if (keyword === 'maxItems') return `at most ${String(params['limit'])} items`
  if (keyword === 'minItems') return `at least ${String(params['limit'])} items`
  return String(field['description'] ?? keyword)
}

function valueAt(input: unknown, path: string): unknown {
  let value = input
  for (const part of path.slice(1).split('/')) value = (value as Record<string, unknown> | undefined)?.[part]
  return value
}

function schemaAt(schema: TSchema, path: string): Record<string, unknown> {
  let at = schema as unknown as Record<string, any> | undefined
  for (const part of path.slice(1).split('/'))
    at = (at?.['properties']?.[part] ?? at?.['items']) as Record<string, any> | undefined
  return at ?? {}
}

const maxShownChars = 100

/** A value as it may be quoted back: short, and text as it came. */
function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > maxShownChars ? `${text.slice(0, maxShownChars)}...` : text
}
