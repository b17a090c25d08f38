// Between the core's values and the native API's JSON, by schema: ids and cursors as text, moments as RFC 3339. Made once
// for each schema; parts that hold none of these are handed through untouched.

import type { TSchema } from 'typebox'
import type { Noun } from '#operations/fields.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { NativeIds } from './native-ids.ts'

type Change = (value: unknown, path: string, faults: Refusal[]) => unknown
type Step = Change | undefined

interface AnySchema {
  readonly type?: string
  readonly properties?: Record<string, AnySchema>
  readonly items?: AnySchema
  readonly anyOf?: readonly AnySchema[]
  readonly 'x-noun'?: Noun
  readonly 'x-noun-of'?: string
  readonly 'x-cursor'?: boolean
  readonly 'x-moment'?: boolean
  readonly 'x-hidden'?: boolean
}

const maxShownChars = 100

const wrong = (parameter: string, value: unknown, expected: string): Refusal =>
  refusal('request.parameter_invalid', { parameter, value: shown(value), expected })

/** Never String(): a value may bring a toString of its own. */
const shown = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, maxShownChars)

function leafInward(schema: AnySchema, ids: NativeIds): Step {
  const noun = schema['x-noun']
  if (noun !== undefined) {
    return (value, path, faults) => {
      const id = typeof value === 'string' ? ids.read(noun, value) : undefined
      if (id === undefined)
        faults.push(
          path === 'id' ? refusal('resource.not_found', { noun, parameter: path }) : wrong(path, value, `id of a ${noun}`),
        )
      return id ?? 0
    }
  }
  if (schema['x-cursor']) {
    return (value, path, faults) => {
      const id = typeof value === 'string' ? ids.readCursor(value) : undefined
      if (id === undefined) faults.push(refusal('request.cursor_invalid', { parameter: path }))
      return id ?? 0
    }
  }
  if (schema['x-moment']) {
    return (value, path, faults) => {
      const ms =
        typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value)
          ? Date.parse(value)
          : NaN
      if (Number.isNaN(ms)) faults.push(refusal('request.date_invalid', { parameter: path, value: shown(value) }))
      return Number.isNaN(ms) ? 0 : ms
    }
  }
  return undefined
}

function leafOutward(schema: AnySchema, ids: NativeIds): Step {
  // For other faces' eyes.
  if (schema['x-hidden']) return () => undefined
  const noun = schema['x-noun']
  if (noun !== undefined) return (value) => ids.show(noun, value as number)
  if (schema['x-cursor']) return (value) => ids.showCursor(value as number)
  if (schema['x-moment']) return (value) => new Date(value as number).toISOString()
  return undefined
}

function stepOf(schema: AnySchema, leaf: (schema: AnySchema) => Step): Step {
  const change = leaf(schema)
  if (change) return change
  if (schema.anyOf) {
    const step = schema.anyOf.map((one) => stepOf(one, leaf)).find((one) => one !== undefined)
    return step && ((value, path, faults) => (value === null ? null : step(value, path, faults)))
  }
  if (schema.items) {
    const step = stepOf(schema.items, leaf)
    return (
      step &&
      ((value, path, faults) => (Array.isArray(value) ? value.map((one, index) => step(one, `${path}.${index}`, faults)) : value))
    )
  }
  if (schema.properties) return membersOf(schema.properties, leaf)
  return undefined
}

function membersOf(properties: Record<string, AnySchema>, leaf: (schema: AnySchema) => Step): Step {
  const steps = Object.entries(properties).flatMap(([name, schema]) => {
    const step = stepOf(schema, leaf)
    return step ? [[name, step] as const] : []
  })
  if (steps.length === 0) return undefined
  return (value, path, faults) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const changed: Record<string, unknown> = { ...value }
    for (const [name, step] of steps) {
      const member = changed[name]
      if (member !== undefined) changed[name] = step(member, path === '' ? name : `${path}.${name}`, faults)
    }
    return changed
  }
}

/** JSON of a client to the core's input; what cannot be read is told in `faults`. */
export function inward(schema: TSchema, ids: NativeIds): (value: unknown) => { value: unknown; faults: Refusal[] } {
  const step = stepOf(schema as AnySchema, (one) => leafInward(one, ids))
  if (!step) return (value) => ({ value, faults: [] })
  return (value) => {
    const faults: Refusal[] = []
    return { value: step(value, '', faults), faults }
  }
}

/** The core's output to JSON. */
export function outward(schema: TSchema, ids: NativeIds): (value: unknown) => unknown {
  const step = stepOf(schema as AnySchema, (one) => leafOutward(one, ids))
  return step ? (value) => step(value, '', []) : (value) => value
}
