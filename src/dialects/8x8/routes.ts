// Every route of this face, and the way from a method and a path to one of them. What has been taken away for good, by
// its age or by the operator, is told from what never was. A real client posts to paths with a slash at the end
// (reference section 1).

import { RouteTable } from '#protocols/http/route-table.ts'
import { refuse } from '#reasons/refusal.ts'
import { accountRoutes } from './accounts.ts'
import { batchRoutes } from './batches.ts'
import { callflowRoutes } from './callflows.ts'
import { contactRoutes } from './contacts.ts'
import { exportRoutes } from './exports.ts'
import { empty } from './formats.ts'
import { groupRoutes } from './groups.ts'
import type { Route } from './knock.ts'
import { messageRoutes } from './messages.ts'
import { numberRoutes } from './numbers.ts'
import { priceRoutes } from './prices.ts'
import { voiceConfigRoutes } from './voice-config.ts'
import { webhookRoutes } from './webhooks.ts'

/** Old clients ask this one only whether we are there: reference section 18. */
const statusRoute: Route = { method: 'GET', path: '/sms/v1/status', permission: null, answer: async () => empty(204) }

export const routes: readonly Route[] = [
  statusRoute,
  ...accountRoutes,
  ...batchRoutes,
  ...callflowRoutes,
  ...contactRoutes,
  ...exportRoutes,
  ...groupRoutes,
  ...messageRoutes,
  ...numberRoutes,
  ...priceRoutes,
  ...voiceConfigRoutes,
  ...webhookRoutes,
]

const table = new RouteTable<Route>()
for (const route of routes) table.add(route.method, route.path, route)

/** The surface from before the vendor took its name of today: reference section 18. */
const legacy = /^\/(?:(sms|verify|otp|chatapps|ipm|config)\/v1|Send\.asmx)(?=\/|$)/
/** `/api/v0`: before ours. */
const tooOld = /^\/api\/v0*(?:\.\d+)?(?=\/|$)/

/** `path` is what follows the face's prefix. Gives api.version_retired, api.method_not_allowed, api.endpoint_unknown. */
export function findRoute(method: string, path: string, legacyOff: boolean): { route: Route; params: Record<string, string> } {
  const old = (legacyOff ? legacy.exec(path) : null) ?? tooOld.exec(path)
  if (old) refuse('api.version_retired', { version: old[0].slice(1) })
  const found = table.find(method, path)
  if (found) return found
  const allowed = table.methods(path)
  if (allowed.length > 0) refuse('api.method_not_allowed', { method, allowed })
  refuse('api.endpoint_unknown', { method, path: path.slice(0, 200) })
}
