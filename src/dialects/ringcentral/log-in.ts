// People proving who they are (reference 3.2, 3.5 and the ladder of 12.6): by e-mail address or login name, or by a
// telephone number of the account and an extension, written apart or as `number*extension`. The password is checked
// before anything is told about the state of account or extension.

import { findLogin } from '#accounts/find-login.ts'
import type { Caller } from '#accounts/caller.ts'
import { requireAllowedSource } from '#accounts/allowed-sources.ts'
import { refusal, refuse } from '#reasons/refusal.ts'
import { face } from './applications.ts'
import type { Room } from './knock.ts'

export interface LoginGiven {
  readonly username: string
  readonly extension: string | undefined
  readonly password: string
  readonly source: string
}

/** E.164 digits of something typed as a telephone number, with `+`; undefined for a login name. */
function numberOf(username: string): string | undefined {
  const digits = username.replaceAll(/[\s().-]/g, '')
  return /^\+?[1-9][0-9]{6,14}$/.test(digits) ? `+${digits.replace('+', '')}` : undefined
}

/**
 * Gives auth.credentials_invalid, auth.extension_unknown, auth.locked, auth.source_locked,
 * auth.extension_state_forbids_login, auth.account_state_forbids_login.
 */
export async function logIn(room: Room, given: LoginGiven): Promise<Caller> {
  const { identity, store } = room.parts
  const star = given.username.indexOf('*')
  const username = star < 0 ? given.username : given.username.slice(0, star)
  const extension = star < 0 ? given.extension : given.username.slice(star + 1)
  const number = numberOf(username)
  const found = number === undefined ? { login: username } : await findLogin(store, number, extension)
  const proof = {
    source: given.source,
    inactive: (state: string) => refusal('auth.extension_state_forbids_login', { state: stateWords[state] ?? state }),
    ...('unknown' in found &&
      found.unknown === 'extension' && { refusal: refusal('auth.extension_unknown', { extension: extension ?? '' }) }),
  }
  // No login has a star, so that what is unknown costs and counts like a wrong password.
  const caller = await identity.byPassword(face, 'unknown' in found ? '*' : found.login, given.password, proof)
  requireLoginState(caller)
  requireAllowedSource(caller, given.source)
  return caller
}

/** Gives auth.account_state_forbids_login, auth.extension_state_forbids_login. */
export function requireLoginState(caller: Caller): void {
  const { account, user } = caller
  if (account.status !== 'active')
    refuse('auth.account_state_forbids_login', { state: account.status === 'suspended' ? 'Suspended' : 'Disabled' })
  if (user && user.status !== 'active')
    refuse('auth.extension_state_forbids_login', { state: stateWords[user.status] ?? user.status })
}

/** Our states of a user in the vendor's words (reference section 5). */
export const stateWords: Readonly<Record<string, string>> = {
  active: 'Enabled',
  inactive: 'Disabled',
  unconfirmed: 'NotActivated',
}
