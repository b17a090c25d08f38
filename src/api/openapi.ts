// The OpenAPI 3.1 document of the native API, made from the operations: routes, fields, and the reasons each may give, with
// an example for each. `docs/openapi.json` is this text, checked in; a test compares them.

import type { TSchema } from 'typebox'
import { allOperations } from '#operations/all.ts'
import type { Noun } from '#operations/fields.ts'
import { catalogue, type Slug } from '#reasons/catalogue.ts'
import { statusOfRefusal } from './problem.ts'
import type { SessionRoute } from './sessions.ts'

type Json = Record<string, unknown>

/** What any operation may be answered, whatever it does. */
const everywhere: readonly Slug[] = [
  'auth.credentials_invalid',
  'auth.token_expired',
  'account.not_active',
  'rate.limit_exceeded',
  'request.parameter_invalid',
  'request.parameter_unknown',
  'platform.internal_error',
]

const idPatterns: Partial<Record<Noun, string>> = {
  account: '^acc_[0-9a-f]{32}$',
  user: '^usr_[0-9a-f]{32}$',
  key: '^key_[0-9a-f]{32}$',
  application: '^app_[0-9a-f]{32}$',
  client: '^cli_[0-9a-f]{32}$',
  number: '^num_[0-9a-f]{32}$',
}

/** A core schema as clients see it: ids, cursors and moments as text, what is for other faces left out. */
function shown(schema: Json): Json {
  const { 'x-noun': noun, 'x-noun-of': nounOf, 'x-cursor': cursor, 'x-moment': moment, 'x-hidden': _, ...rest } = schema
  const description = rest['description'] === undefined ? {} : { description: rest['description'] }
  if (noun !== undefined) {
    const pattern = idPatterns[noun as Noun]
    return { type: 'string', ...(pattern && { pattern }), ...description }
  }
  if (nounOf !== undefined) return { type: 'string', description: 'Id of the thing, in the form of its noun.' }
  if (cursor) return { type: 'string', pattern: '^[0-9a-f]{32}$', ...description }
  if (moment) return { type: 'string', format: 'date-time', ...description }
  const out: Json = { ...rest }
  if (out['format'] === 'web-url') out['format'] = 'uri'
  if (out['format'] === 'ip-range') delete out['format']
  if (out['properties']) out['properties'] = membersOf(out['properties'] as Record<string, Json>)
  if (out['items']) out['items'] = shown(out['items'] as Json)
  if (Array.isArray(out['anyOf'])) out['anyOf'] = (out['anyOf'] as Json[]).map(shown)
  return out
}

function membersOf(properties: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) => (schema['x-hidden'] ? [] : [[name, shown(schema)]])),
  )
}

const plain = (schema: TSchema): Json => JSON.parse(JSON.stringify(schema)) as Json

function problemExample(slug: Slug): Json {
  const reason = catalogue[slug]
  return {
    summary: reason.title,
    value: {
      type: `https://offhook.example/reasons/${slug}`,
      title: reason.title,
      status: statusOfRefusal(slug),
      detail: reason.detail,
      reason: slug,
      fault: reason.fault,
      retry: reason.retry,
      params: {},
      errors: [],
      errorId: '00000000-0000-4000-8000-000000000000',
      remedy: reason.remedy,
      help: `https://offhook.example/reasons/${slug}`,
    },
  }
}

function refusals(slugs: readonly Slug[]): Record<string, Json> {
  const byStatus = new Map<number, Slug[]>()
  for (const slug of new Set(slugs)) {
    const status = statusOfRefusal(slug)
    byStatus.set(status, [...(byStatus.get(status) ?? []), slug])
  }
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, found]) => [
        String(status),
        {
          description: found.map((slug) => catalogue[slug].title).join('; '),
          headers: {
            'Offhook-Reason': { $ref: '#/components/headers/Reason' },
            'Offhook-Error-Id': { $ref: '#/components/headers/ErrorId' },
          },
          content: {
            'application/problem+json': {
              schema: { $ref: '#/components/schemas/Problem' },
              examples: Object.fromEntries(found.map((slug) => [slug, { $ref: `#/components/examples/${slug}` }])),
            },
          },
        },
      ]),
  )
}

interface Described {
  readonly name: string
  readonly summary: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly input: TSchema
  readonly output: TSchema
  readonly reasons: readonly Slug[]
  readonly permission?: string | null
  readonly creates?: boolean
  readonly open?: boolean
  readonly answers?: 'bytes' | undefined
  readonly takes?: 'bytes' | undefined
}

function pathItem(one: Described): Json {
  const input = shown(plain(one.input))
  const properties = (input['properties'] ?? {}) as Record<string, Json>
  const required = (input['required'] ?? []) as string[]
  const inPath = [...one.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
  const others = Object.keys(properties).filter((name) => !inPath.includes(name))
  const inQuery = one.method === 'GET' || one.method === 'DELETE'
  const parameter = (name: string, where: string): Json => {
    const { description, ...schema } = properties[name]!
    return {
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      ...(description !== undefined && { description }),
      schema,
    }
  }
  const parameters = [
    ...inPath.map((name) => parameter(name, 'path')),
    ...(inQuery ? others.map((name) => parameter(name, 'query')) : []),
    ...(one.open ? [] : [{ $ref: '#/components/parameters/Account' }]),
    ...(one.creates ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
  ]
  const body = {
    type: 'object',
    properties: Object.fromEntries(others.map((name) => [name, properties[name]])),
    required: required.filter((name) => others.includes(name)),
    additionalProperties: false,
  }
  return {
    operationId: one.name,
    summary: one.summary,
    tags: [one.name.split('.')[0]],
    ...(one.permission && { description: `Needs the permission ${one.permission}.` }),
    ...(one.open && { security: [] }),
    parameters,
    ...(!inQuery &&
      others.length > 0 && {
        requestBody: {
          required: body.required.length > 0,
          content: { 'application/json': { schema: body }, ...(one.takes && { '*/*': {} }) },
        },
      }),
    responses: {
      [String(one.status)]: { description: 'Done.', content: contentOf(one) },
      ...refusals([...one.reasons, ...everywhere, ...(one.permission ? (['permission.missing'] as const) : [])]),
    },
  }
}

const contentOf = ({ answers, output }: Described): Json =>
  answers === 'bytes' ? { '*/*': {} } : { 'application/json': { schema: shown(plain(output)) } }

/** `sessions` are the routes that are not operations. */
export function openApi(version: string, sessions: readonly SessionRoute[]): Json {
  const described: Described[] = [
    ...sessions,
    ...allOperations.map((operation) => ({
      ...operation,
      method: operation.route.method,
      path: operation.route.path,
      status: operation.route.status ?? 200,
      answers: operation.route.answers,
      takes: operation.route.takes,
      creates: operation.creates ?? false,
    })),
  ]
  const given = new Set([...everywhere, 'permission.missing' as const, ...described.flatMap((one) => one.reasons)])
  const paths: Record<string, Json> = {}
  for (const one of described) {
    const path = `/v1${one.path}`
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: pathItem(one) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Offhook',
      version,
      description: 'The native API. Every refusal says why, whose fault it is, whether to retry, and what to do.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A key (ok_...) or a session (os_...).' } },
      parameters: {
        Account: {
          name: 'Offhook-Account',
          in: 'header',
          required: false,
          description: "Acts on an account below one's own.",
          schema: { type: 'string', pattern: idPatterns.account },
        },
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description: 'The first answer under a key is given again for 24 hours, also when it was a refusal.',
          schema: { type: 'string', minLength: 1, maxLength: 255 },
        },
      },
      headers: {
        Reason: { description: 'The reason, also in the body.', schema: { type: 'string' } },
        ErrorId: { description: 'The id under which the refusal can be looked up.', schema: { type: 'string', format: 'uuid' } },
      },
      schemas: { Problem: problemSchema },
      examples: Object.fromEntries([...given].toSorted().map((slug) => [slug, problemExample(slug)])),
    },
  }
}

const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'detail', 'reason', 'fault', 'retry', 'params', 'errors', 'errorId', 'remedy', 'help'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    reason: { type: 'string', description: 'Stable; never renamed, never reused.' },
    fault: {
      type: 'string',
      enum: ['caller', 'recipient', 'carrier', 'application', 'platform', 'operator-policy', 'none', 'unknown'],
    },
    retry: { type: 'string', enum: ['never', 'after-change', 'later'] },
    retryAfterMs: { type: 'integer' },
    params: { type: 'object' },
    errors: {
      type: 'array',
      description: 'All faults of the request, when several were found.',
      items: {
        type: 'object',
        properties: { reason: { type: 'string' }, detail: { type: 'string' }, params: { type: 'object' } },
      },
    },
    errorId: { type: 'string', format: 'uuid' },
    remedy: { type: 'string' },
    help: { type: 'string', format: 'uri' },
  },
}
