// Every route of this face, and the way from a method and a path to one of them. What has been taken away for good, by
// its age or by the operator, is told from what never was.

import FindMyWay from 'find-my-way'
import { decodeSegment } from '#protocols/http/query.ts'
import { refuse } from '#reasons/refusal.ts'
import { accountRoutes } from './accounts.ts'
import { batchRoutes } from './batches.ts'
import { contactRoutes } from './contacts.ts'
import { empty } from './formats.ts'
import { groupRoutes } from './groups.ts'
import type { Method, Route } from './knock.ts'
import { numberRoutes } from './numbers.ts'
import { voiceConfigRoutes } from './voice-config.ts'
import { webhookRoutes } from './webhooks.ts'

/** Old clients ask this one only whether we are there: reference section 18. */
const statusRoute: Route = { method: 'GET', path: '/sms/v1/status', permission: null, answer: async () => empty(204) }

export const routes: readonly Route[] = [
  statusRoute,
  ...accountRoutes,
  ...batchRoutes,
  ...contactRoutes,
  ...groupRoutes,
  ...numberRoutes,
  ...voiceConfigRoutes,
  ...webhookRoutes,
]

const methods: readonly Method[] = ['GET', 'POST', 'PATCH', 'DELETE']
// A real client posts to paths with a slash at the end: reference section 1.
const router = FindMyWay({ ignoreTrailingSlash: true, maxParamLength: 500 })
for (const route of routes) router.on(route.method, route.path.replaceAll(/\{(\w+)\}/g, ':$1'), () => undefined, route)

/** The surface from before the vendor took its name of today: reference section 18. */
const legacy = /^\/(?:(sms|verify|otp|chatapps|ipm|config)\/v1|Send\.asmx)(?=\/|$)/
/** `/api/v0`: before ours. */
const tooOld = /^\/api\/v0*(?:\.\d+)?(?=\/|$)/

/** `path` is what follows the face's prefix. Gives api.version_retired, api.method_not_allowed, api.endpoint_unknown. */
export function findRoute(method: string, path: string, legacyOff: boolean): { route: Route; params: Record<string, string> } {
  const old = (legacyOff ? legacy.exec(path) : null) ?? tooOld.exec(path)
  if (old) refuse('api.version_retired', { version: old[0].slice(1) })
  const found = (methods as readonly string[]).includes(method) ? router.find(method as Method, path) : null
  if (!found) {
    const allowed = methods.filter((one) => router.find(one, path) !== null)
    if (allowed.length > 0) refuse('api.method_not_allowed', { method, allowed })
    refuse('api.endpoint_unknown', { method, path: path.slice(0, 200) })
  }
  const params: Record<string, string> = {}
  for (const name in found.params) {
    const value = found.params[name]
    if (value !== undefined) params[name] = decodeSegment(value)
  }
  return { route: found.store as Route, params }
}
