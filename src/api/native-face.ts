// The native API under /v1: every operation at its route, JSON in and out, problem details for refusals. Bearer keys or
// sessions. Acting on an account below one's own is asked for with the header Offhook-Account.

import { actFor } from '#accounts/act-for.ts'
import { requireAllowedSource } from '#accounts/allowed-sources.ts'
import { requireActive } from '#accounts/identity.ts'
import { nativeKeyParts } from '#accounts/credential-form.ts'
import { sessionPrefix, type SignInParts } from '#accounts/sign-in.ts'
import { rateHeaders, takeUsualRates } from '#accounts/usual-rates.ts'
import { refuseAuthorization } from '#accounts/refuse-authorization.ts'
import { allOperations } from '#operations/all.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Face, Knock } from '#operations/knock.ts'
import type { Operation } from '#operations/operation.ts'
import { largestMediaBytes } from '#operations/media/create-media.ts'
import { permit, requireFeature } from '#operations/run.ts'
import { bearerToken } from '#protocols/http/authorization.ts'
import { bytesAnswer, type SentFile } from '#protocols/http/bytes-answer.ts'
import { parseJson } from '#protocols/http/json-strict.ts'
import type { HttpRequest } from '#protocols/http/exchange.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import { parseQuery } from '#protocols/http/query.ts'
import { RouteTable } from '#protocols/http/route-table.ts'
import { refuse, refuseAll } from '#reasons/refusal.ts'
import { jsonAnswer } from './json-answer.ts'
import { NativeIds } from './native-ids.ts'
import { problemAnswer } from './problem.ts'
import { sessionRoutes, type SessionRoute } from './sessions.ts'
import { showLog } from './show-log.ts'
import { inward, outward } from './translate.ts'

const nativePrefix = '/v1'

interface NativeRoute {
  readonly operation: Operation
  readonly inward: ReturnType<typeof inward>
  readonly outward: ReturnType<typeof outward>
}

interface NativeKnock extends Knock {
  route: NativeRoute | SessionRoute | undefined
  params: Readonly<Record<string, string>>
  fields: Record<string, unknown>
}

const isSessionRoute = (route: NativeRoute | SessionRoute): route is SessionRoute => 'answer' in route

export function nativeFace(parts: FaceParts, signInParts: SignInParts): Face<NativeKnock> {
  const ids = new NativeIds(parts.key)
  const routes = new RouteTable<NativeRoute | SessionRoute>()
  for (const operation of allOperations) {
    const { method, path } = operation.route
    routes.add(method, `${nativePrefix}${path}`, {
      operation,
      inward: inward(operation.input, ids),
      outward: outward(operation.output, ids),
    })
  }
  for (const route of sessionRoutes(parts, signInParts, ids)) routes.add(route.method, `${nativePrefix}${route.path}`, route)

  async function identify(knock: NativeKnock): Promise<void> {
    if (isSessionRoute(knock.route!) && knock.route.open) return
    const { request } = knock
    const header = request.headers['authorization']
    if (header === undefined) refuse('auth.credentials_invalid', {})
    const text = bearerToken(header)
    if (text === undefined) refuseAuthorization(header, 'Bearer')
    let caller
    if (text.startsWith(sessionPrefix)) caller = (await parts.identity.byToken('api', 'session', text)).caller
    else {
      const key = nativeKeyParts(text)
      if (!key) refuse('auth.credentials_invalid', {})
      caller = await parts.identity.byKey('api', key.publicId, key.secret, { source: request.source })
    }
    requireActive(caller)
    requireAllowedSource(caller, request.source)
    const account = request.headers['offhook-account']
    if (account !== undefined) {
      const id = ids.read('account', account)
      if (id === undefined) refuse('request.header_invalid', { header: 'Offhook-Account', value: account.slice(0, 60) })
      caller = await actFor(parts.store, caller, id)
    }
    knock.caller = caller
  }

  function readFields(knock: NativeKnock): void {
    const { request, params, route } = knock
    // Without a prototype, so that __proto__ is a name like any other, and unknown.
    const fields = Object.create(null) as Record<string, unknown>
    if (request.query !== '') readQuery(request.query, fields, isSessionRoute(route!) ? undefined : route!.operation)
    if (request.body.length > 0) {
      const takesFile = !isSessionRoute(route!) && route!.operation.route.takes === 'bytes'
      Object.assign(fields, takesFile ? (fileIn(request) ?? objectIn(request)) : objectIn(request))
    }
    for (const [name, value] of Object.entries(params)) {
      if (Object.hasOwn(fields, name) && fields[name] !== value)
        refuse('request.values_disagree', { parameter: name, places: 'path_body' })
      fields[name] = value
    }
    knock.fields = fields
  }

  return {
    name: 'api',
    prefixes: [nativePrefix],
    // A file comes as base64 within JSON.
    maxBodyBytes: (path) => (path === `${nativePrefix}/media` ? Math.ceil(largestMediaBytes * 1.4) : undefined),
    steps: {
      route(knock) {
        const { method, path } = knock.request
        const found = routes.find(method, path)
        if (!found) {
          const allowed = routes.methods(path)
          if (allowed.length > 0) refuse('api.method_not_allowed', { method, allowed })
          refuse('api.endpoint_unknown', { method, path: path.slice(0, 200) })
        }
        knock.route = found.route
        knock.params = found.params
      },
      identity: identify,
      async rate(knock) {
        if (knock.caller) knock.rate = await takeUsualRates(parts, knock.caller)
      },
      permission(knock) {
        if (!isSessionRoute(knock.route!)) permit(knock.route!.operation, knock.caller!)
      },
      feature(knock) {
        if (!isSessionRoute(knock.route!)) requireFeature(knock.route!.operation, knock.caller!)
      },
      fields: readFields,
    },
    begin: (request) => ({ request, caller: undefined, rate: undefined, route: undefined, params: {}, fields: {} }),
    async perform(knock) {
      const route = knock.route!
      if (isSessionRoute(route)) return route.answer(knock)
      const { operation } = route
      refuseHidden(operation, knock.fields)
      const { value, faults } = route.inward(knock.fields)
      if (faults.length > 0) refuseAll(faults)
      const idempotencyKey = knock.request.headers['idempotency-key']
      const output = await parts.run(operation, knock.caller!, value, { idempotencyKey })
      if (operation.route.answers === 'bytes') return bytesAnswer(output as SentFile, knock.request.headers['range'])
      return jsonAnswer(operation.route.status ?? 200, showNouns(route.outward(output), operation, ids))
    },
    refused: (refusal, _, errorId) => problemAnswer(refusal, errorId, parts.settings.publicUrl()),
    finish(knock, answer) {
      if (knock.rate) Object.assign(answer.headers, rateHeaders(knock.rate))
    },
  }
}

/** Gives request.content_type_invalid, request.unprocessable, and what parseJson gives. */
function objectIn({ headers, body }: HttpRequest): object {
  if (mediaType(headers['content-type'])?.type !== 'application/json') {
    refuse('request.content_type_invalid', { contentType: headers['content-type'] ?? '', allowed: ['application/json'] })
  }
  const value = parseJson(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse('request.unprocessable', { cause: 'an object with named fields is expected' })
  return value
}

/** The body as a file; undefined when it is JSON or says nothing of its type. */
function fileIn({ headers, body }: HttpRequest): object | undefined {
  const type = mediaType(headers['content-type'])?.type
  return type === undefined || type === 'application/json' ? undefined : { content: body.toString('base64'), type }
}

/** Query values are text; what the schema wants as a number or truth value is read as that when it looks like one. */
function readQuery(raw: string, fields: Record<string, unknown>, operation: Operation | undefined): void {
  const properties = ((operation?.input as { properties?: Record<string, Record<string, unknown>> } | undefined)?.properties ??
    {}) as Record<string, Record<string, unknown>>
  for (const [name, value] of parseQuery(raw)) {
    if (Object.hasOwn(fields, name)) refuse('request.parameter_repeated', { parameter: name })
    const schema = Object.hasOwn(properties, name) ? properties[name]! : {}
    const plainNumber =
      schema['type'] === 'integer' && !('x-noun' in schema) && !('x-cursor' in schema) && !('x-moment' in schema)
    if (plainNumber && /^-?\d{1,15}$/.test(value)) fields[name] = Number(value)
    else if (schema['type'] === 'boolean' && (value === 'true' || value === 'false')) fields[name] = value === 'true'
    else fields[name] = value
  }
}

/** Fields that only other faces use are unknown here. */
function refuseHidden(operation: Operation, fields: Record<string, unknown>): void {
  const properties = (operation.input as unknown as { properties: Record<string, Record<string, unknown>> }).properties
  for (const name of Object.keys(fields)) {
    if (Object.hasOwn(properties, name) && properties[name]!['x-hidden'] === true)
      refuse('request.parameter_unknown', { parameter: name })
  }
}

interface OfNoun {
  readonly noun: string
  readonly nounId: number
}

/** Of a timeline, or without `what` of an audit. */
interface Step {
  readonly what?: string
  readonly actor: Readonly<Record<string, unknown>> | null
  readonly data: unknown
}

/** Whose life they tell, and which of their entries hold ids and reasons as the log does. */
const timelines: Readonly<Record<string, string>> = { 'messages.timeline': 'messages', 'calls.timeline': 'calls' }
const fromLog: ReadonlySet<string> = new Set(['happening', 'request', 'verb'])

/** Ids whose noun stands in another member of the row, and those in what the log says. */
function showNouns(value: unknown, operation: Operation, ids: NativeIds): unknown {
  if (operation.name.startsWith('webhook_deliveries.')) {
    const told = (row: OfNoun): object => ({ ...row, nounId: ids.showOf(row.noun, row.nounId) })
    const { items } = value as { items?: OfNoun[] }
    if (items) return { ...(value as object), items: items.map(told) }
    return 'nounId' in (value as object) ? told(value as OfNoun) : value
  }
  const shown = showLog(ids)
  const noun = timelines[operation.name]
  if (noun !== undefined) {
    const { items, ...rest } = value as { items: Step[] }
    return { ...rest, items: items.map((step) => (fromLog.has(step.what ?? '') ? shown(noun, step) : step)) }
  }
  if (operation.name !== 'audit.list') return value
  const page = value as { items: (OfNoun & Step)[] }
  return { ...page, items: page.items.map((row) => ({ ...shown(row.noun, row), nounId: ids.showOf(row.noun, row.nounId) })) }
}
