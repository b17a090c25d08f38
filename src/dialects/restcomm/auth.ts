// Basic authentication (reference 2.1): an account's sid or e-mail address with its auth token or the password, or an
// access key with its secret. The auth token follows the password, as md5 of it; both stay good ways to ask.

import { requireAllowedSource } from '#accounts/allowed-sources.ts'
import type { Caller } from '#accounts/caller.ts'
import { requireSecondFactor } from '#accounts/sign-in.ts'
import { refuseAuthorization } from '#accounts/refuse-authorization.ts'
import { basicCredentials } from '#protocols/http/authorization.ts'
import type { HttpRequest } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { readFacet } from '#store/facets.ts'
import { faceName, sidOfEmail } from './ids.ts'
import type { Means, RestcommKnock } from './knock.ts'

const tokenForm = /^[0-9a-f]{32}$/i

/** What this face keeps of an account: one that waits for its first password is suspended in the core. */
export interface AccountFacet {
  readonly uninitialized?: boolean
}

export const isUninitialized = async ({ parts }: Means, accountId: number): Promise<boolean> =>
  (await readFacet<AccountFacet>(parts.store, faceName, 'account', accountId))?.uninitialized === true

/**
 * Callers found to have no second factor; a change of the user makes a new caller. Basic cannot carry one, so a user who has
 * one asks with an access key.
 */
const withoutSecondFactor = new WeakSet<Caller>()

export async function identify(means: Means, knock: RestcommKnock): Promise<Caller> {
  const { parts } = means
  const { request } = knock
  const caller = await prove(means, request)
  if (caller.account.status !== 'active') await requireUninitialized(means, caller, knock)
  requireAllowedSource(caller, request.source)
  return caller

  async function requireUninitialized(within: Means, who: Caller, { route }: RestcommKnock): Promise<void> {
    const { id, status } = who.account
    if (status === 'suspended' && route?.beforeActive && (await isUninitialized(within, id))) return
    refuse('account.not_active', { state: status })
  }

  async function prove({ parts: { identity } }: Means, { headers, source }: HttpRequest): Promise<Caller> {
    const header = headers['authorization']
    if (header === undefined) refuse('auth.credentials_invalid', {})
    const given = basicCredentials(header)
    if (!given) refuseAuthorization(header, 'Basic')
    const { user, password } = given
    const publicId = user.includes('@') ? sidOfEmail(user) : user
    if (user.startsWith('AK')) return identity.byKey(faceName, publicId, password, { source })
    let found: Caller
    if (tokenForm.test(password)) found = await identity.byKey(faceName, publicId, password.toLowerCase(), { source })
    else {
      const login = user.includes('@') ? user : ((await identity.byPublicId(faceName, user))?.user?.login ?? user)
      // Friendly names and bare login names open nothing here (reference 30, case 30).
      if (!user.includes('@') && !user.startsWith('AC')) refuse('auth.credentials_invalid', {})
      found = await identity.byPassword(faceName, login, password, { source })
    }
    if (withoutSecondFactor.has(found)) return found
    await requireSecondFactor(parts, found, undefined, source)
    withoutSecondFactor.add(found)
    return found
  }
}
