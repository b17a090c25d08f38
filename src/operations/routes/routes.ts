// Routes: which carrier takes what. The longest prefix goes first, then a route for the sender, the account, the kind, then rank, then cost.

import Type from 'typebox'
import { loadAccount } from '#accounts/account.ts'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { createRoute, deleteRoute, listRoutes, readRoute, updateRoute, type RouteRow } from '#store/routes.ts'
import type { Reader } from '#store/store.ts'
import { Done, Id, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { isEmergencyAnywhere } from '#voice/emergency.ts'
import { operation, type Means } from '../operation.ts'
import { routeFields, routeView, RouteView } from './route-view.ts'

const { carrierId, accountId, prefix, sender, kind, rank, costMicro } = routeFields
const optionalFields = {
  accountId: Optional(accountId),
  prefix: Optional(prefix),
  sender: Optional(sender),
  kind: Optional(kind),
  rank: Optional(rank),
  costMicro: Optional(costMicro),
}

/** Gives resource.not_found. */
async function requireAccount(read: Reader, id: number | null | undefined): Promise<void> {
  if (id !== null && id !== undefined && !(await loadAccount(read, id))) refuse('resource.not_found', { noun: 'account' })
}

/**
 * Recipients are compared as E.164, so that a prefix as a country writes it would never match; only numbers for help are dialled as they are, and
 * only by calls. Gives request.parameter_invalid.
 */
function requirePrefix({ prefix: value, kind: of }: Pick<RouteRow, 'prefix' | 'kind'>): void {
  if (value === '' || /^\+\d{0,15}$/.test(value) || (of === 'voice' && isEmergencyAnywhere(value))) return
  const help = isEmergencyAnywhere(value) ? `kind voice for ${value}, or ` : ''
  const expected = `${help}+ and the country code, such as +49 or +4930; without + only a number for help, such as 112, in a route of kind voice`
  refuse('request.parameter_invalid', { parameter: 'prefix', value, expected })
}

function shown(_: Means, { noCarrier, row }: { noCarrier: boolean; row: RouteRow }) {
  if (noCarrier) refuse('message.gateway_not_found', {})
  return routeView(row)
}

export const createRouteOperation = operation({
  name: 'routes.create',
  summary: 'Add a route',
  permission: 'operator',
  input: Type.Object({ carrierId, ...optionalFields }, { additionalProperties: false }),
  output: RouteView,
  reasons: ['message.gateway_not_found', 'request.parameter_invalid', 'resource.not_found'],
  creates: true,
  route: { method: 'POST', path: '/routes', status: 201 },
  async run(means, given) {
    const { caller, read, nextId, clock } = means
    requirePrefix({ prefix: given.prefix ?? '', kind: given.kind ?? '' })
    await requireAccount(read, given.accountId)
    const now = clock.nowMs()
    const row: RouteRow = {
      id: nextId(),
      carrier_id: given.carrierId,
      account_id: given.accountId ?? null,
      prefix: given.prefix ?? '',
      sender: given.sender ?? '',
      kind: given.kind ?? '',
      rank: given.rank ?? 100,
      cost_micro: given.costMicro ?? 0,
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    return shown(means, await means.write(createRoute, { row, accountId: caller.account.id, actor: actorOf(caller) }))
  },
  shown,
})

export const listRoutesOperation = operation({
  name: 'routes.list',
  summary: 'List routes',
  permission: 'operator',
  input: PageOf({ carrierId: Optional(carrierId), prefix: Optional(prefix) }),
  output: Page(RouteView),
  reasons: [],
  route: { method: 'GET', path: '/routes' },
  async run({ read }, { limit: asked, after, skip, oldestFirst, carrierId: carrier, prefix: start }) {
    const limit = pageLimit(asked)
    const rows = await listRoutes(read, { after, skip, oldestFirst, limit: limit + 1, where: { carrier, prefix: start } })
    return pageFrom(rows, limit, routeView)
  },
})

export const readRouteOperation = operation({
  name: 'routes.read',
  summary: 'Read a route',
  permission: 'operator',
  input: Type.Object({ id: Id('route') }, { additionalProperties: false }),
  output: RouteView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/routes/{id}' },
  run: async ({ read }, { id }) => routeView((await readRoute(read, id)) ?? refuse('resource.not_found', { noun: 'route' })),
})

/** Messages that are queued already go the way they were given. */
export const updateRouteOperation = operation({
  name: 'routes.update',
  summary: 'Change a route',
  permission: 'operator',
  input: Type.Object({ id: Id('route'), carrierId: Optional(carrierId), ...optionalFields }, { additionalProperties: false }),
  output: RouteView,
  reasons: ['resource.not_found', 'resource.conflict', 'message.gateway_not_found', 'request.parameter_invalid'],
  route: { method: 'PATCH', path: '/routes/{id}' },
  async run(means, { id, ...given }) {
    const { caller, read, clock } = means
    const row = await readRoute(read, id)
    if (!row) refuse('resource.not_found', { noun: 'route' })
    requirePrefix({ prefix: given.prefix ?? row.prefix, kind: given.kind ?? row.kind })
    await requireAccount(read, given.accountId)
    const changed = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
    const updated = await means.write(updateRoute, {
      row: {
        ...row,
        carrier_id: given.carrierId ?? row.carrier_id,
        account_id: given.accountId === undefined ? row.account_id : given.accountId,
        prefix: given.prefix ?? row.prefix,
        sender: given.sender ?? row.sender,
        kind: given.kind ?? row.kind,
        rank: given.rank ?? row.rank,
        cost_micro: given.costMicro ?? row.cost_micro,
      },
      changed,
      accountId: caller.account.id,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (updated.noCarrier) refuse('message.gateway_not_found', {})
    return routeView(updated.row ?? refuse('resource.conflict', { noun: 'route' }))
  },
})

export const deleteRouteOperation = operation({
  name: 'routes.delete',
  summary: 'Remove a route',
  permission: 'operator',
  input: Type.Object({ id: Id('route') }, { additionalProperties: false }),
  output: Done,
  reasons: ['resource.not_found'],
  route: { method: 'DELETE', path: '/routes/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const input = { id, accountId: caller.account.id, actor: actorOf(caller), now: clock.nowMs() }
    if (!(await means.write(deleteRoute, input))) refuse('resource.not_found', { noun: 'route' })
    return { done: true }
  },
})
