// The route table below this face's prefix, on find-my-way: an unknown path, a wrong method and a path whose capability is
// not built are told apart. The last are the vendor's own resources, which answer with -212 (reference section 15).

import FindMyWay, { type HTTPMethod } from 'find-my-way'
import { refuse } from '#reasons/refusal.ts'
import { accountRoutes } from './account.ts'
import { methods, type Method, type Route } from './call.ts'
import { callRoutes } from './calls.ts'
import { creditRoutes } from './credit.ts'
import { flowRoutes } from './flows.ts'
import { maskingRoutes } from './masking.ts'
import { messageRoutes } from './messages.ts'
import { numberRoutes } from './numbers.ts'
import { recordingRoutes } from './recordings.ts'
import { recordRoutes } from './records.ts'
import { sessionRoutes } from './sessions.ts'
import { voipRoutes } from './voip.ts'

const routes: readonly Route[] = [
  ...accountRoutes,
  ...creditRoutes,
  ...numberRoutes,
  ...messageRoutes,
  ...callRoutes,
  ...flowRoutes,
  ...maskingRoutes,
  ...recordRoutes,
  ...recordingRoutes,
  ...sessionRoutes,
  ...voipRoutes,
]

/** Declared by the vendor, with nothing in the core that could do it. */
const declared: readonly (readonly [methods: readonly Method[], path: string])[] = [
  [['POST'], '/otp/v1/requests'],
  [['POST'], '/otp/v1/requests/:session_id/verify'],
  [['POST'], '/task/v1/tasks'],
  [['GET', 'PUT', 'DELETE'], '/task/v1/tasks/:task_id'],
  [['POST'], '/v1/agent/change-status'],
]

const router = FindMyWay({ ignoreTrailingSlash: true, maxParamLength: 500 })
// Its types do not know QUERY yet; the router does.
const verb = (method: Method) => method as HTTPMethod
for (const one of routes) router.on(verb(one.method), one.path, () => undefined, one)
for (const [verbs, path] of declared) router.on(verbs.map(verb), path, () => undefined, null)

export interface FoundRoute {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** `path` below the prefix, percent-encoded. Gives api.endpoint_unknown, api.method_not_allowed, platform.not_implemented. */
export function findRoute(method: string, path: string): FoundRoute {
  // A HEAD is a GET whose body stays behind (RFC 9110 9.3.2).
  const asked = method === 'HEAD' ? 'GET' : method
  const found = isMethod(asked) ? router.find(verb(asked), path) : null
  if (found === null) {
    const allowed = methods.filter((one) => router.find(verb(one), path) !== null)
    if (allowed.length > 0) refuse('api.method_not_allowed', { method: method.slice(0, 40), allowed })
    refuse('api.endpoint_unknown', { method: method.slice(0, 40), path: path.slice(0, 200) })
  }
  if (found.store === null) refuse('platform.not_implemented', { operation: `${asked} ${path.slice(0, 200)}` })
  return { route: found.store as Route, params: found.params as Record<string, string> }
}

const isMethod = (text: string): text is Method => (methods as readonly string[]).includes(text)
