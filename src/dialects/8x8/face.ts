// The steps of this face, and its answers. The order of checks is the usual one: the reference shows no other.

import { rateHeaders, takeUsualRates } from '#accounts/usual-rates.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Face } from '#operations/knock.ts'
import { permit } from '#operations/run.ts'
import { parseJson } from '#protocols/http/json-strict.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import { parseQuery } from '#protocols/http/query.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { admit, identify } from './auth.ts'
import { refusedAnswer } from './errors.ts'
import { face, Ids } from './ids.ts'
import type { EightKnock, Visit } from './knock.ts'
import { findRoute } from './routes.ts'

export const prefix = '/8x8'

/** Contact files (reference section 19); a form needs some room around one. */
const maxUploadBytes = 30 * 1024 * 1024 + 64 * 1024
/** Ten thousand messages, with room for what else they say. */
const maxBatchBytes = 16 * 1024 * 1024
const maxBodyBytes = 1024 * 1024

const jsonTypes = ['application/json', 'text/json', 'application/json-patch+json']
const noQuery: ReadonlyMap<string, string> = new Map()

/** Values of the operator's switches: `legacy` keeps or ends the old paths. */
function isOff(parts: FaceParts, name: string): boolean {
  const value = parts.settings.options()[name]
  return value === false || value === 'off'
}

export function openEight(parts: FaceParts): Face<EightKnock> {
  const ids = new Ids(parts.key)
  const accountOf = (guid: string): number | undefined => ids.readGuid('account', 'accountId', guid)

  return {
    name: face,
    prefixes: [prefix],
    maxBodyBytes: bodyBytesFor,
    begin: (request) => ({
      request,
      caller: undefined,
      rate: undefined,
      route: undefined,
      params: {},
      query: noQuery,
      body: undefined,
    }),
    steps: {
      route(knock) {
        const { method, path } = knock.request
        const { route, params } = findRoute(method, path.slice(prefix.length) || '/', isOff(parts, 'legacy'))
        knock.route = route
        knock.params = params
      },
      framing(knock) {
        const { body, headers } = knock.request
        if (body.length === 0 || knock.route!.upload) return
        const header = headers['content-type']
        const type = mediaType(header)
        // The oldest clients send none.
        if (header !== undefined && !jsonTypes.includes(type?.type ?? '')) {
          refuse('request.content_type_invalid', { contentType: header.slice(0, 100), allowed: jsonTypes })
        }
      },
      async identity(knock) {
        if (knock.route!.permission === null) return
        knock.caller = await identify(parts, accountOf, knock.request)
        admit(knock.caller, knock.request.source)
      },
      async rate(knock) {
        if (knock.caller) knock.rate = await takeUsualRates(parts, knock.caller)
      },
      permission(knock) {
        if (knock.caller) permit(knock.route!, knock.caller)
      },
      fields(knock) {
        const { query, body } = knock.request
        if (query !== '') knock.query = queryOf(query)
        if (knock.route!.upload) return
        if (body.length > 0) knock.body = parseJson(body)
      },
    },
    async perform(knock) {
      const { route, params, query, body, request } = knock
      const visit: Visit = {
        parts,
        ids,
        caller: knock.caller!,
        knock,
        params,
        query,
        body,
        idempotencyKey: request.headers['idempotency-key'],
      }
      if (!knock.caller) return route!.answer(visit)
      const caller = await actingCaller(knock)
      if (caller === knock.caller) return route!.answer(visit)
      admit(caller, request.source)
      return route!.answer({ ...visit, caller })
    },
    refused: (refusal, knock, errorId) => refusedAnswer(refusal, knock.route?.shape ?? 'connect', errorId, parts.clock.nowMs()),
    finish(knock, answer) {
      if (knock.rate) Object.assign(answer.headers, rateHeaders(knock.rate))
    },
  }

  /** The caller on the account or the sub-account of the path. */
  async function actingCaller({ caller, params, route }: EightKnock) {
    const { accountId, subAccountId } = params
    if (accountId !== undefined) return ids.forAccount(parts.store, caller!, accountId)
    if (subAccountId === undefined) return caller!
    // Voice answers 404 where the others answer 400: reference section 2.
    if (route!.shape === undefined) return ids.forSubAccount(parts.store, caller!, subAccountId)
    return ids.forSubAccount(parts.store, caller!, subAccountId).catch((error: unknown) => {
      if (error instanceof Refusal && error.reason === 'request.parameter_invalid')
        refuse('resource.not_found', { noun: 'sub-account' })
      throw error
    })
  }
}

const manyMessages = /\/messages\/batch\/?$|^\/8x8\/sms\/v1\/[^/]+\/many(?:\/compact)?\/?$/

function bodyBytesFor(path: string): number {
  if (path.endsWith('/contacts/batches/createContacts')) return maxUploadBytes
  return manyMessages.test(path) ? maxBatchBytes : maxBodyBytes
}

/** Gives request.parameter_repeated, request.encoding_mismatch. */
function queryOf(raw: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>()
  for (const [name, value] of parseQuery(raw)) {
    if (query.has(name)) refuse('request.parameter_repeated', { parameter: name.slice(0, 60) })
    query.set(name, value)
  }
  return query
}
