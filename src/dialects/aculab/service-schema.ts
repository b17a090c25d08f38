// The JSON Schema of a service's configuration, served to clients and used to validate. What depends on another field
// stands in `allOf` as rules; each is checked by itself, so that its faults can be told field by field.

import { Compile } from 'typebox/schema'
import { refusal, type Refusal } from '#reasons/refusal.ts'

export type Direction = 'inbound' | 'outbound'
export type Configuration = { readonly [key: string]: unknown }

interface Schema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: false
  readonly default?: unknown
  readonly [keyword: string]: unknown
}

interface Rule {
  readonly description: string
  /** The schema's keywords `if` and `then`. */
  readonly when: Schema
  readonly must: Schema
}

const group = (properties: Record<string, Schema>): Schema => ({ type: 'object', additionalProperties: false, properties })

const address = { type: 'string', minLength: 1, maxLength: 2048, description: 'Absolute or relative address of the page.' }
const pageMethod = { type: 'string', enum: ['GET', 'POST'], default: 'POST' }
const page: Schema = group({ address, method: pageMethod })
/** No call gives it a place to be relative to. */
const notificationPage: Schema = group({
  address: { ...address, pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#]+\\S*$', description: 'Absolute address of the page.' },
  method: pageMethod,
})
const switchedOff: Schema = { type: 'boolean', default: false }

const common: Record<string, Schema> = {
  uas: group({
    application_name: {
      type: ['null', 'string'],
      minLength: 1,
      maxLength: 200,
      default: null,
      description: 'Null for a REST service.',
    },
  }),
  rest: group({
    first_page: page,
    final_page: page,
    error_page: page,
    api_version: { type: 'string', enum: ['1.0', '2.0'], default: '2.0' },
  }),
  extra_channels: { type: 'integer', minimum: 0, maximum: 100, default: 0 },
  fax: group({ send: group({ enabled: switchedOff }), receive: group({ enabled: switchedOff }) }),
  tts_voice: { type: ['null', 'string'], maxLength: 200, default: null },
  call_recording: group({
    enabled: switchedOff,
    encryption: switchedOff,
    eliminate_dtmf: { type: 'boolean', default: true },
    mode: { type: 'string', enum: ['mixed', 'separate'], default: 'mixed' },
  }),
  application_parameters: { type: 'string', maxLength: 5000, default: '' },
}

const properties: Record<Direction, Record<string, Schema>> = {
  inbound: {
    ...common,
    early_media: switchedOff,
    messages: group({ notification_page: notificationPage }),
  },
  outbound: {
    service_password: { type: 'string', minLength: 1, maxLength: 200, writeOnly: true, description: 'Never shown again.' },
    ...common,
  },
}

/** The rules that the published example of a refused configuration shows. */
const uasRule: Rule = {
  description: 'for a UAS service',
  when: {
    required: ['uas'],
    properties: { uas: { required: ['application_name'], properties: { application_name: { not: { type: 'null' } } } } },
  },
  must: {
    required: ['service_password'],
    properties: { uas: { properties: { application_name: { type: 'string' } } }, service_password: { type: 'string' } },
  },
}
const faxRule: Rule = {
  description: 'unless extra_channels is 0',
  when: { required: ['extra_channels'], properties: { extra_channels: { not: { const: 0 } } } },
  must: { properties: { fax: { properties: { send: { properties: { enabled: { const: false } } } } } } },
}
const applicationRule: Rule = {
  description: 'for a service without a UAS application',
  when: { not: uasRule.when },
  must: {
    required: ['rest'],
    properties: { rest: { required: ['first_page'], properties: { first_page: { required: ['address'] } } } },
  },
}
const passwordRule: Rule = {
  description: 'for an outbound service',
  when: { not: uasRule.when },
  must: { required: ['service_password'] },
}

const rules: Record<Direction, readonly Rule[]> = {
  inbound: [faxRule],
  outbound: [uasRule, applicationRule, passwordRule, faxRule],
}

export const schemaOf = (direction: Direction): Schema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: `Configuration of an ${direction} service`,
  ...group(properties[direction]),
  allOf: rules[direction].map(({ description, when, must }) =>
    Object.fromEntries([
      ['description', description],
      ['if', when],
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      ['then', must],
    ]),
  ),
})

interface Verdict {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
}

interface Check {
  fits(value: unknown): boolean
  /** Slow: only for what does not fit. */
  faults(value: unknown): readonly Verdict[]
}

function check(schema: Schema): Check {
  const validator = Compile(schema)
  return {
    fits: (value) => validator.Check(value),
    faults: (value) => validator.Errors(value)[1] as unknown as readonly Verdict[],
  }
}

const checksOf = (direction: Direction) => ({
  shape: check(group(properties[direction])),
  rules: rules[direction].map((rule) => ({ when: check(rule.when), must: check(rule.must), why: rule.description })),
})

const checks = { inbound: checksOf('inbound'), outbound: checksOf('outbound') }

const maxTold = 50

/** Every fault, in the order of the schema. `passwordKept`: the service has one already, which a change may leave out. */
export function faultsOfConfiguration(direction: Direction, value: unknown, { passwordKept = false } = {}): Refusal[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [
      refusal('request.parameter_invalid', {
        parameter: 'configuration',
        path: '$',
        value: shown(value, '$'),
        expected: 'an object',
      }),
    ]
  }
  const faults = new Map<string, Refusal>()
  const { shape, rules: conditional } = checks[direction]
  const add = (verdicts: readonly Verdict[], why: string): void => {
    for (const verdict of verdicts) {
      for (const { path, expected, unknown } of readVerdict(verdict)) {
        if (passwordKept && path === '$.service_password' && valueAt(value, path) === undefined) continue
        const key = `${path} ${expected} ${why}`
        if (faults.has(key)) continue
        const parameter = path.slice(2)
        if (unknown) faults.set(key, refusal('request.parameter_unknown', { parameter, path }))
        else {
          const found = valueAt(value, path)
          faults.set(
            key,
            refusal('request.parameter_invalid', {
              parameter,
              path,
              ...(found !== undefined && { value: shown(found, path) }),
              expected: why === '' ? expected : `${expected} ${why}`,
            }),
          )
        }
      }
    }
  }
  if (!shape.fits(value)) add(shape.faults(value), '')
  for (const { when, must, why } of conditional) if (when.fits(value) && !must.fits(value)) add(must.faults(value), why)
  return [...faults.values()].slice(0, maxTold)
}

interface Finding {
  readonly path: string
  readonly expected: string
  readonly unknown?: boolean
}

function readVerdict({ keyword, instancePath, params }: Verdict): Finding[] {
  const path = jsonPath(instancePath)
  switch (keyword) {
    case 'required':
      return (params['requiredProperties'] as string[]).map((name) => ({
        path: `${path}${step(name)}`,
        expected: name === 'service_password' ? "of type 'string'" : 'given',
      }))
    case 'additionalProperties':
      return (params['additionalProperties'] as string[]).map((name) => ({
        path: `${path}${step(name)}`,
        expected: '',
        unknown: true,
      }))
    // The twin of additionalProperties, for the same field.
    case 'boolean':
      return []
    case 'type':
      return [
        {
          path,
          expected: `of type ${[params['type']]
            .flat()
            .map((name) => `'${String(name)}'`)
            .join(' or ')}`,
        },
      ]
    case 'minLength':
      return [{ path, expected: `at least ${String(params['limit'])} character long (minLength)` }]
    case 'maxLength':
      return [{ path, expected: `at most ${String(params['limit'])} characters long (maxLength)` }]
    case 'enum':
      return [{ path, expected: `one of ${(params['allowedValues'] as unknown[]).map((one) => `'${String(one)}'`).join(', ')}` }]
    case 'const':
      return [{ path, expected: String(params['allowedValue']) }]
    case 'pattern':
      return [{ path, expected: 'an absolute http or https address' }]
    case 'minimum':
      return [{ path, expected: `at least ${String(params['limit'])}` }]
    case 'maximum':
      return [{ path, expected: `at most ${String(params['limit'])}` }]
    default:
      return [{ path, expected: keyword }]
  }
}

const maxNameChars = 60

function step(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name) && name.length <= maxNameChars) return `.${name}`
  return `[${JSON.stringify(name.slice(0, maxNameChars))}]`
}

function jsonPath(pointer: string): string {
  // RFC 6901 3: ~ and / are escaped in a pointer.
  const steps = pointer.split('/').slice(1)
  return `$${steps.map((one) => step(one.replaceAll('~1', '/').replaceAll('~0', '~'))).join('')}`
}

function valueAt(value: unknown, path: string): unknown {
  let at = value
  for (const name of path.slice(2).split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    at = (at as Record<string, unknown>)[name]
  }
  return at
}

/** A value as it may be quoted back: short, and never a password. */
function shown(value: unknown, path: string): string {
  if (path === '$.service_password') return typeof value === 'string' ? "'...'" : typeof value
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 100)}...` : text
}

/** The configuration with the default of every option left out. The password is not part of it. */
export function withDefaults(direction: Direction, configuration: Configuration): Configuration {
  return fill({ properties: properties[direction] }, configuration) as Configuration
}

const isPage = (schema: Schema): boolean => schema === page || schema === notificationPage

function fill(schema: Schema, value: unknown): unknown {
  if (!schema.properties) return value === undefined ? schema.default : value
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const filled: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(schema.properties)) {
    if (inner['writeOnly'] === true) continue
    const one = fill(inner, Object.hasOwn(given, name) ? given[name] : undefined)
    // A page without an address is no page.
    if (one !== undefined && !(isPage(inner) && !('address' in (one as object)))) filled[name] = one
  }
  return filled
}

/** Options of `change` over those of `base`, group by group. */
export function merged(base: Configuration, change: Configuration): Configuration {
  const isGroup = (value: unknown): value is Configuration => typeof value === 'object' && value !== null && !Array.isArray(value)
  const names = new Set([...Object.keys(base), ...Object.keys(change)])
  // fromEntries makes own members of any name, where an assignment to __proto__ would not.
  return Object.fromEntries(
    [...names].map((name) => {
      const before = Object.hasOwn(base, name) ? base[name] : undefined
      if (!Object.hasOwn(change, name)) return [name, before]
      const after = change[name]
      return [name, isGroup(before) && isGroup(after) ? merged(before, after) : after]
    }),
  )
}
