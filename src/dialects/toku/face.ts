// The face: its steps, their order, and the three parts of every route. Resources stand in files of their own.

import type { Caller } from '#accounts/caller.ts'
import { requireActive } from '#accounts/identity.ts'
import { rateHeaders, takeUsualRates } from '#accounts/usual-rates.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Face, StepName } from '#operations/knock.ts'
import { permit } from '#operations/run.ts'
import { bytesAnswer } from '#protocols/http/bytes-answer.ts'
import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import { parseJson } from '#protocols/http/json-strict.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import { parseQuery } from '#protocols/http/query.ts'
import { refusal, refuse } from '#reasons/refusal.ts'
import { callerOf } from './auth.ts'
import { checkFields, type Call, type Fields, type TokuKnock } from './call.ts'
import { echo, jsonAnswer, refusedAnswer } from './errors.ts'
import { TokuIds } from './ids.ts'
import { optionsFrom, requireUsable } from './options.ts'
import { findRoute } from './routes.ts'
import { answerToken } from './token.ts'

export const prefix = '/toku'
const tokenPath = /^\/toku\/token\/?$/
const withBody = new Set(['POST', 'PUT', 'PATCH', 'QUERY'])
const noFields: Fields = Object.freeze({})
const maxReferenceChars = 128

/** Reference section 15: the gateway's 401 comes before any code, and the state of the account after the fields. */
const order: readonly StepName[] = ['identity', 'rate', 'route', 'framing', 'permission', 'fields', 'feature']

export function tokuFace(parts: FaceParts): Face<TokuKnock> {
  const ids = new TokuIds(parts.key)
  const options = () => optionsFrom(parts.settings.options())

  function callFrom(knock: TokuKnock): Call {
    const caller = knock.caller as Caller
    const idempotencyKey = knock.request.headers['idempotency-key']
    return {
      parts,
      ids,
      caller,
      params: knock.params,
      query: knock.query,
      body: knock.body,
      nowMs: knock.request.receivedAtMs,
      idempotencyKey,
      check: checkFields,
      ask: (operation, input, options) => parts.run(operation, caller, input, { idempotencyKey, ...options }),
    }
  }

  return {
    name: 'toku',
    prefixes: [prefix],
    order,
    steps: {
      async identity(knock) {
        if (!knock.atToken) knock.caller = await callerOf(parts, knock.request)
      },
      async rate(knock) {
        if (!knock.atToken) knock.rate = await takeUsualRates(parts, knock.caller!)
      },
      route(knock) {
        const { method, path } = knock.request
        if (knock.atToken) {
          if (method !== 'POST') refuse('api.method_not_allowed', { method: method.slice(0, 40), allowed: ['POST'] })
          return
        }
        requireUsable(options())
        const found = findRoute(method, path.slice(prefix.length))
        knock.route = found.route
        knock.params = found.params
      },
      framing(knock) {
        if (!knock.atToken) readFraming(knock)
      },
      permission(knock) {
        for (const operation of knock.route?.needs ?? []) permit(operation, knock.caller!)
      },
      fields(knock) {
        if (knock.route) knock.input = knock.route.read(callFrom(knock))
      },
      feature(knock) {
        if (knock.route) requireActive(knock.caller!)
      },
    },
    begin: (request) => ({
      request,
      caller: undefined,
      rate: undefined,
      atToken: tokenPath.test(request.path),
      route: undefined,
      params: {},
      query: noFields,
      body: noFields,
      referenceId: undefined,
      input: undefined,
      phase: 'checks',
    }),
    async perform(knock) {
      if (!knock.route) return answerToken(parts, knock)
      const { route } = knock
      const call = callFrom(knock)
      knock.phase = 'resource'
      const result: unknown = await route.perform(call, knock.input)
      knock.phase = 'answer'
      if (route.file) return bytesAnswer(route.file(call, result), knock.request.headers['range'])
      const answer = jsonAnswer(200, { result: 0, result_desc: 'success', ...route.write(call, result), ...echo(knock) })
      if (route.made) answer.headers['location'] = gateway() + route.made(call, result)
      if (route.allows) answer.headers['allow'] = route.allows(call, result).join(', ')
      return answer
    },
    refused: (refused, knock) => refusedAnswer(refused, knock, options().always200),
    finish(knock: TokuKnock, answer: HttpAnswer) {
      if (knock.rate) Object.assign(answer.headers, rateHeaders(knock.rate))
    },
    fault(_, knock) {
      if (knock.atToken) return refusal('platform.internal_error')
      // Section 15: -200 to -206 in a resource, by its verb; -210 where only the outermost guard stops it; -1 for the rest.
      if (knock.phase === 'resource') return refusal('platform.resource_handler_failed', { method: knock.request.method })
      return refusal(knock.phase === 'checks' ? 'platform.exception' : 'platform.internal_error')
    },
  }

  function gateway(): string {
    return options().gateway ?? `${parts.settings.publicUrl()}${prefix}`
  }
}

function readFraming(knock: TokuKnock): void {
  const { request } = knock
  const query: Record<string, unknown> = {}
  for (const [name, value] of request.query === '' ? [] : parseQuery(request.query)) {
    if (Object.hasOwn(query, name)) refuse('request.parameter_repeated', { parameter: name.slice(0, 100) })
    query[name] = value
  }
  knock.query = query
  if (withBody.has(request.method) && request.body.length > 0) {
    knock.body = bodyOf(request)
    if (request.method === 'QUERY') knock.query = { ...query, ...knock.body }
  }
  knock.referenceId = referenceIdIn(knock.body['reference_id'] ?? query['reference_id'])
}

function bodyOf({ headers, body }: HttpRequest): Fields {
  const type = headers['content-type']
  if (mediaType(type)?.type !== 'application/json') {
    refuse('request.content_type_invalid', { contentType: type?.slice(0, 100) ?? '', allowed: ['application/json'] })
  }
  const value = parseJson(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('request.unparsable', { fault: 'an object with named keys is expected' })
  }
  return value as Fields
}

/** The client's own id, which every answer repeats (reference section 4). */
function referenceIdIn(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const parameter = 'reference_id'
  if (typeof value !== 'string' && typeof value !== 'number') {
    refuse('request.parameter_invalid', { parameter, value: JSON.stringify(value).slice(0, 60), expected: 'text' })
  }
  const text = String(value)
  if (text.length > maxReferenceChars) refuse('request.parameter_too_long', { parameter, maxLengthChars: maxReferenceChars })
  return text
}
