// The face: Restcomm's REST API of 2012-04-24. XML unless asked otherwise (reference 1).

import { rateHeaders, takeUsualRates } from '#accounts/usual-rates.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Face } from '#operations/knock.ts'
import { permit, requireFeature } from '#operations/run.ts'
import type { HttpRequest } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { identify } from './auth.ts'
import { allowOrigin, isPreflight, preflightHeaders } from './cors.ts'
import { refused } from './errors.ts'
import { readFields, requireKnownType } from './fields.ts'
import { apiVersion } from './formats.ts'
import { faceName, Sids } from './ids.ts'
import type { Means, RestcommKnock } from './knock.ts'
import { hearRecording, isSoundPath } from './recordings.ts'
import { openRouter } from './routes.ts'
import { targetOf } from './target.ts'

export const prefixes = [`/restcomm/${apiVersion}`, `/api/${apiVersion}`]

/** Reference 1. */
const maxBodyBytes = 10_000_000

/** Any segment may carry a suffix that asks for a form; without one it is Accept that does (reference 1). */
function pathOf(path: string): { path: string; json: boolean } {
  const prefix = prefixes.find((one) => path.startsWith(one)) ?? ''
  const rest = path.slice(prefix.length) || '/'
  if (!/\.(?:json|xml)(?:\/|$)/.test(rest)) return { path: rest, json: false }
  return { path: rest.replaceAll(/\.(?:json|xml)(?=\/|$)/g, ''), json: /\.json(?:\/|$)/.test(rest) }
}

/** Answered without a login. */
const isOpen = ({ preflight, sound }: RestcommKnock): boolean => preflight !== undefined || sound

export function restcommFace(parts: FaceParts): Face<RestcommKnock> {
  const means: Means = { parts, sids: new Sids(parts.key, parts.store) }
  const table = openRouter()

  return {
    name: faceName,
    prefixes,
    maxBodyBytes,
    begin(request: HttpRequest): RestcommKnock {
      const { path, json } = pathOf(request.path)
      const accept = request.headers['accept']
      return {
        request,
        caller: undefined,
        rate: undefined,
        path,
        json: json || accept?.includes('json') === true,
        route: undefined,
        params: {},
        fields: undefined,
        preflight: undefined,
        sound: false,
      }
    },
    steps: {
      route(knock) {
        const { method } = knock.request
        knock.sound = (method === 'GET' || method === 'HEAD') && isSoundPath(knock.path)
        if (knock.sound) return
        const found = table.find(method, knock.path)
        if (!found) {
          const allowed = table.methods(knock.path)
          if (isPreflight(knock.request) && allowed.length > 0) {
            knock.preflight = allowed
            return
          }
          if (allowed.length > 0) refuse('api.method_not_allowed', { method: method.slice(0, 20), allowed })
          refuse('api.endpoint_unknown', { method: method.slice(0, 20), path: knock.request.path.slice(0, 200) })
        }
        knock.route = found.route
        knock.params = found.params
      },
      framing(knock) {
        if (!isOpen(knock)) requireKnownType(knock.request, knock.route!.takesJson === true)
      },
      async identity(knock) {
        if (!isOpen(knock)) knock.caller = await identify(means, knock)
      },
      async rate(knock) {
        if (knock.caller) knock.rate = await takeUsualRates(parts, knock.caller)
      },
      permission(knock) {
        if (knock.caller) permit(knock.route!.operation, knock.caller)
      },
      feature(knock) {
        if (knock.caller) requireFeature(knock.route!.operation, knock.caller)
      },
      fields(knock) {
        if (!isOpen(knock)) knock.fields = readFields(knock.request, knock.route!.lists)
      },
    },
    async perform(knock) {
      if (knock.preflight) return { status: 204, headers: preflightHeaders(knock.preflight), body: '' }
      if (knock.sound) return hearRecording(means, knock.path, knock.request.headers['range'])
      const self = knock.caller!
      const { params } = knock
      const caller = params['account'] === undefined ? self : await targetOf(means, self, params['account'])
      return knock.route!.perform({
        means,
        caller,
        self,
        accountSid: await means.sids.ofAccount(caller.account.id),
        params,
        fields: knock.fields!,
        json: knock.json,
        idempotencyKey: knock.request.headers['idempotency-key'],
      })
    },
    refused(refusal, knock) {
      const links = parts.settings.helpLinks()
      return refused(refusal, knock, links === undefined ? undefined : `${links}/reasons/${refusal.reason}`)
    },
    finish(knock, answer) {
      if (knock.rate) Object.assign(answer.headers, rateHeaders(knock.rate))
      allowOrigin(knock.request, parts.settings.options(), answer)
    },
  }
}
