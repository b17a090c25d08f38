// Signing in with a login, a password and, where one is enrolled, a second factor; and the session that comes of it.

import { refuse } from '#reasons/refusal.ts'
import type { Store } from '#store/store.ts'
import { readUser, updateUser } from '#store/users.ts'
import type { Clock } from '#values/clock.ts'
import { randomToken, type Key } from '#values/secrets.ts'
import { actorOf, type Caller } from './caller.ts'
import type { Identity } from './identity.ts'
import type { Lockouts } from './lockouts.ts'
import { matchingStep } from './second-factor.ts'
import type { IssuedToken, Tokens } from './tokens.ts'

const sessionLifeMs = 12 * 60 * 60_000
export const sessionPrefix = 'os_'

export interface SignInParts {
  readonly store: Store
  readonly identity: Identity
  readonly lockouts: Lockouts
  readonly tokens: Tokens
  readonly clock: Clock
  readonly key: Key
}

export interface SignIn {
  readonly face: string
  readonly login: string
  readonly password: string
  /** Six digits, where the user has a second factor. */
  readonly code?: string | undefined
  readonly source: string
}

/** Checks a second factor where one is enrolled. Gives auth.mfa_required, auth.second_factor_invalid, auth.locked. */
export async function requireSecondFactor(
  parts: Omit<SignInParts, 'tokens' | 'identity'>,
  caller: Caller,
  code: string | undefined,
  source: string,
): Promise<void> {
  const { store, lockouts, clock, key } = parts
  const row = caller.user && (await readUser(store, caller.user.id))
  if (!row || row.totp_confirmed === 0 || row.totp_sealed === null) return
  if (code === undefined || code === '') refuse('auth.mfa_required')
  const subject = `second factor ${row.id}`
  await lockouts.checkUser(subject)
  const detail = JSON.parse(row.detail) as { totpStep?: number }
  const step = matchingStep(key.open(row.totp_sealed), code, clock.nowMs(), detail.totpStep ?? 0)
  if (step === undefined) {
    await lockouts.failed(subject, code, source)
    refuse('auth.second_factor_invalid')
  }
  const saved = await store.write(updateUser, {
    row: { ...row, detail: JSON.stringify({ ...detail, totpStep: step }), updated_ms: clock.nowMs() },
    changed: ['lastCode'],
    signOut: false,
    actor: actorOf(caller),
  })
  // Somebody changed the user meanwhile, perhaps by signing in with the same code: looked at anew.
  if (!saved) await requireSecondFactor(parts, caller, code, source)
}

/** Gives auth.credentials_invalid, auth.locked, auth.source_locked, auth.account_state_forbids_login and those of the second factor. */
export async function signIn(
  parts: SignInParts,
  { face, login, password, code, source }: SignIn,
): Promise<IssuedToken & { caller: Caller }> {
  const caller = await parts.identity.byPassword(face, login, password, { source })
  if (caller.account.status !== 'active') refuse('auth.account_state_forbids_login', { state: caller.account.status })
  await requireSecondFactor(parts, caller, code, source)
  const [session] = await parts.tokens.issue(caller, [
    { kind: 'session', lifeMs: sessionLifeMs, text: sessionPrefix + randomToken(43) },
  ])
  return { ...session!, caller }
}
