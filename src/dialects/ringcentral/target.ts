// Whom a path names (reference 2.1, 2.4 steps 7 to 10): `~` is the token's own; another extension is for administrators,
// save for what every colleague may see. Then what application and user may.

import { actFor } from '#accounts/act-for.ts'
import type { Caller } from '#accounts/caller.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import type { RingCentralKnock, Room } from './knock.ts'
import { applicationMay, userMay } from './permissions.ts'

/** Gives resource.not_found, auth.extension_login_required, permission.other_extension. */
export async function resolveTarget(room: Room, knock: RingCentralKnock, ofSeveral = false): Promise<void> {
  const { params } = knock
  const caller = knock.caller!
  const acting = params['accountId'] === undefined ? caller : await accountOf(room, caller, params['accountId'])
  const named = params['extensionId']
  if (named === undefined) {
    knock.target = { caller: acting, userId: caller.user?.id }
    return
  }
  if (!caller.user) refuse('auth.extension_login_required')
  // Of several ids each is resolved when its turn comes.
  const userId = ofSeveral ? undefined : extensionOf(room, knock, caller, named)
  knock.target = { caller: acting, userId }
}

async function accountOf(room: Room, caller: Caller, named: string): Promise<Caller> {
  if (named === '~') return caller
  const id = room.ids.read('account', named)
  if (id === undefined) return accountUnknown(named)
  if (id === caller.account.id) return caller
  try {
    return await actFor(room.parts.store, caller, id)
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'resource.not_found') return accountUnknown(named)
    throw error
  }
}

function accountUnknown(named: string): never {
  refuse('resource.not_found', { noun: 'account', parameter: 'accountId', id: named.slice(0, 40) })
}

export function extensionUnknown(named: string): never {
  refuse('resource.not_found', { noun: 'extension', parameter: 'extensionId', id: named.slice(0, 40) })
}

export function extensionOf(room: Room, knock: RingCentralKnock, caller: Caller, named: string): number {
  if (named === '~') return caller.user!.id
  const id = room.ids.read('user', named)
  if (id === undefined) return extensionUnknown(named)
  if (id !== caller.user!.id && knock.route!.others === 'private' && caller.user!.role !== 'administrator') {
    refuse('permission.other_extension', { extension: named.slice(0, 40) })
  }
  return id
}

/** Gives permission.missing of three kinds: the application's, the administrator's, the user's. */
export function requirePermissions(knock: RingCentralKnock): void {
  const { route, caller, target } = knock
  const { app, user, others } = route!
  if (app !== undefined && !applicationMay(caller!.app!, app))
    refuse('permission.missing', { permission: app, kind: 'application' })
  // Of several, each is asked about when its turn comes; what holds for all is refused for all.
  const foreign = target?.userId !== undefined && target.userId !== caller!.user?.id
  if (others === 'administrator' && foreign && caller!.user?.role !== 'administrator') {
    refuse('permission.missing', { permission: user ?? 'administrator', kind: 'administrator' })
  }
  if (user !== undefined && !userMay(caller!, user)) refuse('permission.missing', { permission: user, kind: 'named' })
}
