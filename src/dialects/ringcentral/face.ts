// The door itself: its steps, their order, and what is put on every answer.

import { rateHeaders, takeUsualRates } from '#accounts/usual-rates.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Face, StepName } from '#operations/knock.ts'
import { requireFeature } from '#operations/run.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { parseQuery } from '#protocols/http/query.ts'
import { refuse } from '#reasons/refusal.ts'
import { face as name } from './applications.ts'
import { isBatch, performBatch } from './batch.ts'
import { identifyUser } from './bearer.ts'
import { proveClient } from './client-proof.ts'
import { addCors, preflight } from './cors.ts'
import { refused } from './errors.ts'
import { RingCentralIds } from './ids.ts'
import { checkHeaders, readBody } from './json-body.ts'
import type { RingCentralKnock, Room } from './knock.ts'
import { oauthForm } from './oauth-form.ts'
import { one } from './query-fields.ts'
import { groupHeaders, takeGroup } from './rate-groups.ts'
import { openRoutes } from './routes.ts'
import { requirePermissions, resolveTarget } from './target.ts'
import { subjectOf } from './token-endpoint.ts'

/** Reference 2.4: headers are looked at after the rate, the media type and body after the permissions. */
const order: readonly StepName[] = ['route', 'identity', 'rate', 'framing', 'permission', 'feature', 'fields']

const tunnelled = new Set(['GET', 'PUT', 'PATCH', 'DELETE'])

/** Where files are sent; enough to tell which of them is too large, in base64 too. Elsewhere the operator's limit holds. */
const maxFilesBytes = 8 * 1024 * 1024
const takesFiles = /\/[sm]ms$/

/** What names the site that answered; there is one. */
const routingKey = 'OH01P01'

const nothing: ReadonlyMap<string, string> = new Map()

export function ringcentralFace(parts: FaceParts): Face<RingCentralKnock> {
  const room: Room = { parts, ids: new RingCentralIds(parts.key) }
  const find = openRoutes()

  /** Step 2 of reference 2.4. Gives request.parameter_invalid. */
  function untunnel(knock: RingCentralKnock): void {
    const { request, query } = knock
    if (request.method === 'HEAD') knock.method = 'GET'
    if (request.method !== 'POST') return
    const header = request.headers['x-http-method-override']?.toUpperCase()
    const inQuery = one(query, '_method')?.toUpperCase()
    const wanted = header ?? inQuery
    if (wanted === undefined || wanted === '' || wanted === 'POST') return
    if ((header !== undefined && inQuery !== undefined && header !== inQuery) || !tunnelled.has(wanted)) {
      refuse('request.parameter_invalid', { parameter: '_method', value: wanted.slice(0, 40), expected: 'one method' })
    }
    knock.method = wanted
  }

  async function rateOfUser(knock: RingCentralKnock): Promise<void> {
    const caller = knock.caller!
    const app = caller.app!
    const named = knock.request.headers['client-id']
    // identity let pass what it knows; any other name has no limits (reference 2.6).
    if (named !== undefined && named !== '' && named !== app.clientId)
      refuse('rate.application_unknown', { application: named.slice(0, 60) })
    const subject = caller.user ? `user ${caller.user.id}` : `account ${caller.account.id}`
    await takeGroup(parts.rates, app, knock.route!.group ?? 'light', subject, (state) => (knock.group = state))
    knock.rate = await takeUsualRates(parts, caller)
  }

  return {
    name,
    prefixes: ['/ringcentral', '/restapi'],
    maxBodyBytes: (path) => (takesFiles.test(path) ? maxFilesBytes : undefined),
    order,
    steps: {
      route(knock) {
        const { request, base } = knock
        knock.query = request.query === '' ? [] : parseQuery(request.query)
        if (request.method === 'OPTIONS') return
        untunnel(knock)
        const path = request.path.slice(base.length)
        const found = find(knock.method, path)
        if (!found) refuse('api.endpoint_unknown', { method: request.method, path: request.path.slice(0, 200) })
        knock.route = found.route
        knock.params = found.params
      },
      identity(knock) {
        if (knock.route?.door === 'user') return identifyUser(room, knock)
        if (knock.route?.door !== 'client') return
        knock.form = oauthForm(knock)
        return proveClient(room, knock).then((app) => void (knock.app = app))
      },
      rate(knock) {
        if (knock.route?.door === 'user') return rateOfUser(knock)
        if (knock.route?.door !== 'client') return
        return takeGroup(
          parts.rates,
          knock.app!,
          'auth',
          subjectOf(knock.form, knock.request.source),
          (state) => (knock.group = state),
        )
      },
      framing(knock) {
        if (knock.route?.door === 'user') checkHeaders(knock)
      },
      async permission(knock) {
        if (knock.route?.door !== 'user') return
        await resolveTarget(room, knock, isBatch(knock))
        requirePermissions(knock)
      },
      feature(knock) {
        if (knock.route?.feature !== undefined) requireFeature(knock.route as { feature: string }, knock.target!.caller)
      },
      fields(knock) {
        if (knock.route?.door === 'user') readBody(knock, isBatch(knock))
      },
    },
    begin: (request) => ({
      request,
      caller: undefined,
      rate: undefined,
      base: request.path.startsWith('/ringcentral') ? '/ringcentral' : '',
      method: request.method,
      route: undefined,
      params: {},
      query: [],
      app: undefined,
      form: nothing,
      group: undefined,
      target: undefined,
      body: undefined,
      tokenShown: false,
      page: undefined,
    }),
    async perform(knock): Promise<HttpAnswer> {
      if (!knock.route) return preflight(knock.request)
      return isBatch(knock) ? performBatch(room, knock) : knock.route.perform(room, knock)
    },
    refused: (refusal, knock) => refused(refusal, knock, parts.settings.options()['statuses'] === 'live'),
    finish(knock, answer) {
      const { headers } = answer
      headers['rcrequestid'] = crypto.randomUUID()
      headers['routingkey'] = routingKey
      // Our words are English; what was put into another language says so itself.
      if (answer.body.length > 0) headers['content-language'] ??= 'en-US'
      if (knock.group) Object.assign(headers, groupHeaders(knock.group))
      if (knock.rate) Object.assign(headers, rateHeaders(knock.rate))
      if (knock.request.headers['origin'] !== undefined && knock.route?.door !== 'page') addCors(knock.request, headers)
    },
  }
}
