// Who is asking: turns what a client shows (key and secret, login and password, token) into a caller. Strangers learn
// nothing: an unknown name costs and answers like a wrong secret.

import { refuse, refusal, type Refusal } from '#reasons/refusal.ts'
import { readCredential, readCredentialById, type CredentialRow } from '#store/credentials.ts'
import { readToken, type TokenRow } from '#store/tokens.ts'
import { readUser, readUserByLogin, type UserRow } from '#store/users.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import { hashToken, passwordMatches, sameHash } from '#values/secrets.ts'
import { loadAccount, type Account } from './account.ts'
import type { Caller, CallerApp, CallerUser } from './caller.ts'
import { isDepartment } from './department.ts'
import type { Lockouts } from './lockouts.ts'
import { isPermission, permissions, permissionsOf, type Permission, type Role } from './permissions.ts'

export interface Proof {
  /** The client's address. */
  readonly source: string
  /** What a wrong proof answers; auth.credentials_invalid unless told otherwise. */
  readonly refusal?: Refusal
  /** Told to a user who is not active but whose password is right; like a wrong one unless given. */
  readonly inactive?: (state: string) => Refusal
}

/** A client application, known by the id that it shows in clear; nothing of it is proven yet. */
export interface Application {
  readonly app: CallerApp
  readonly account: Account
  /** Neither switched off nor past its time. */
  readonly active: boolean
  /** Present where the face keeps secrets to compute with. */
  readonly secretSealed: string | null
  /** Compares in constant time. */
  hasSecret(secret: string): boolean
}

interface Known {
  readonly caller: Caller
  readonly credential: CredentialRow
}

/** Callers by credential are kept until an account, user or credential changes anywhere. */
const cachedNouns = ['accounts', 'users', 'credentials']
const maxCached = 20_000

export class Identity {
  readonly #store: Store
  readonly #clock: Clock
  readonly #lockouts: Lockouts
  readonly #known = new Map<string, Known>()
  /** By face, kind and hash; tokens that ended are told as changes of tokens. */
  readonly #tokens = new Map<string, { caller: Caller; token: TokenRow }>()
  /** Grows with each change that empties the cache: what was read before it is not kept after it. */
  #changes = 0
  /** Passwords found right, by a hash of login, password and stored hash, so that Basic callers pay scrypt once. */
  readonly #rightPasswords = new Set<string>()
  /** By user, settled when the password being looked at has been counted. */
  readonly #turns = new Map<number, Promise<void>>()

  constructor(store: Store, clock: Clock, lockouts: Lockouts) {
    this.#store = store
    this.#clock = clock
    this.#lockouts = lockouts
    store.onChange((nouns) => {
      const callers = nouns.has('*') || cachedNouns.some((noun) => nouns.has(noun))
      if (!callers && !nouns.has('tokens')) return
      this.#changes += 1
      this.#tokens.clear()
      if (callers) this.#known.clear()
    })
  }

  /**
   * A key and its secret, or a client id and its secret. Does not ask whether the account is active: see `requireActive`.
   * Gives auth.credentials_invalid (or `proof.refusal`), auth.source_locked, auth.extension_type_forbids_login.
   */
  async byKey(face: string, publicId: string, secret: string, proof: Proof): Promise<Caller> {
    const known = await this.#byPublicId(face, publicId)
    const now = this.#clock.nowMs()
    const hash = hashToken(secret)
    const credential = known?.credential
    const right = sameHash(hash, credential?.secret_hash ?? '')
    const previous = sameHash(hash, credential?.previous_hash ?? '')
    const valid =
      known !== undefined &&
      known.credential.status === 'active' &&
      (known.credential.expires_ms ?? Infinity) > now &&
      (known.caller.user?.status ?? 'active') === 'active' &&
      (right || (previous && (known.credential.previous_until_ms ?? 0) > now))
    if (valid) return loggingIn(known.caller)
    this.#lockouts.checkSource(proof.source)
    await this.#lockouts.failed(undefined, `${face} ${publicId} ${secret}`, proof.source)
    throw proof.refusal ?? refusal('auth.credentials_invalid', {})
  }

  /** The caller behind a public id, its secret not asked for: for a token whose owner is proven already. */
  async byPublicId(face: string, publicId: string): Promise<Caller | undefined> {
    return (await this.#byPublicId(face, publicId))?.caller
  }

  /** A client application by its public id, or undefined when there is none. */
  async application(face: string, publicId: string): Promise<Application | undefined> {
    const known = await this.#byPublicId(face, publicId)
    if (!known) return undefined
    const { credential, caller } = known
    const now = this.#clock.nowMs()
    return {
      app: appOf(credential),
      account: caller.account,
      active: credential.status === 'active' && (credential.expires_ms ?? Infinity) > now,
      secretSealed: credential.secret_sealed,
      hasSecret(secret) {
        const hash = hashToken(secret)
        const right = sameHash(hash, credential.secret_hash)
        const previous = sameHash(hash, credential.previous_hash ?? '')
        return right || (previous && (credential.previous_until_ms ?? 0) > now)
      },
    }
  }

  /**
   * A user and password, under lock-out. Gives auth.credentials_invalid (or `proof.refusal`), auth.locked,
   * auth.source_locked, auth.extension_type_forbids_login. Asks neither for the state of the account nor for a second factor.
   */
  async byPassword(face: string, login: string, password: string, proof: Proof): Promise<Caller> {
    this.#lockouts.checkSource(proof.source)
    const user = await readUserByLogin(this.#store, login)
    if (!user || (!this.#turns.has(user.id) && this.#isKnownRight(user, password)))
      return this.#checkPassword(face, user, password, proof)
    // One after another, so that of many guesses made at once no more are looked at than of as many in a row.
    while (this.#turns.has(user.id)) await this.#turns.get(user.id)
    const checked = this.#checkPassword(face, user, password, proof)
    this.#turns.set(
      user.id,
      checked
        .then(
          () => undefined,
          () => undefined,
        )
        .finally(() => this.#turns.delete(user.id)),
    )
    return checked
  }

  async #checkPassword(face: string, user: UserRow | undefined, password: string, proof: Proof): Promise<Caller> {
    const subject = user && `user ${user.id}`
    if (subject) await this.#lockouts.checkUser(subject)
    const right = (await this.#passwordRight(user, password)) && user !== undefined
    if (right && user.status !== 'active' && proof.inactive) throw proof.inactive(user.status)
    if (!right || user.status !== 'active') {
      await this.#lockouts.failed(subject, password, proof.source)
      throw proof.refusal ?? refusal('auth.credentials_invalid', {})
    }
    await this.#lockouts.succeeded(subject!)
    const caller = await this.byUserId(face, user.id)
    if (!caller) throw proof.refusal ?? refusal('auth.credentials_invalid', {})
    return loggingIn(caller)
  }

  /** The caller that a proven user is, optionally through a client application. */
  async byUserId(face: string, userId: number, app: CallerApp | null = null): Promise<Caller | undefined> {
    const row = await readUser(this.#store, userId)
    const account = row && (await loadAccount(this.#store, row.account_id))
    if (!row || !account) return undefined
    return callerOf(face, account, row, null, app)
  }

  /** An application that asks for itself, for an account and none of its users. */
  async byAccountId(face: string, accountId: number, app: CallerApp | null): Promise<Caller | undefined> {
    const account = await loadAccount(this.#store, accountId)
    return account && callerOf(face, account, null, null, app)
  }

  /**
   * A token of ours by its text. Gives auth.token_malformed when there is none of that face and kind (also after it
   * was revoked), auth.token_expired when its time is over.
   */
  async byToken(face: string, kind: string, token: string): Promise<{ caller: Caller; token: TokenRow }> {
    const hash = hashToken(token)
    const heldAs = `${face} ${kind} ${hash}`
    const held = this.#tokens.get(heldAs)
    if (held) {
      if (held.token.expires_ms <= this.#clock.nowMs()) refuse('auth.token_expired', {})
      return held
    }
    const changes = this.#changes
    const row = await readToken(this.#store, hash)
    if (!row || row.face !== face || row.kind !== kind || !sameHash(row.hash, hash)) {
      refuse('auth.token_malformed', { fault: 'corrupted' })
    }
    if (row.expires_ms <= this.#clock.nowMs()) refuse('auth.token_expired', {})
    const key = `token ${face} ${row.user_id} ${row.credential_id} ${row.account_id}`
    let caller = this.#known.get(key)?.caller
    if (!caller) {
      const credential = row.credential_id === null ? undefined : await readCredentialById(this.#store, row.credential_id)
      if (row.credential_id !== null && credential?.status !== 'active') refuse('auth.token_malformed', { fault: 'corrupted' })
      const app = credential ? appOf(credential) : null
      caller = await (row.user_id === 0 ? this.byAccountId(face, row.account_id, app) : this.byUserId(face, row.user_id, app))
      if (!caller || (caller.user?.status ?? 'active') !== 'active') refuse('auth.token_malformed', { fault: 'corrupted' })
      this.#keep(key, { caller, credential: credential! }, changes)
    }
    const found = { caller, token: row }
    if (changes === this.#changes) {
      if (this.#tokens.size >= maxCached) this.#tokens.clear()
      this.#tokens.set(heldAs, found)
    }
    return found
  }

  #isKnownRight(user: UserRow, password: string): boolean {
    return this.#rightPasswords.has(hashToken(`${user.password_hash}\n${password}`))
  }

  async #passwordRight(user: UserRow | undefined, password: string): Promise<boolean> {
    if (user && this.#isKnownRight(user, password)) return true
    const right = await passwordMatches(password, user?.password_hash ?? undefined)
    if (right && user) {
      if (this.#rightPasswords.size >= maxCached) this.#rightPasswords.clear()
      this.#rightPasswords.add(hashToken(`${user.password_hash}\n${password}`))
    }
    return right
  }

  async #byPublicId(face: string, publicId: string): Promise<Known | undefined> {
    const key = `${face}\n${publicId}`
    const held = this.#known.get(key)
    if (held) return held
    const changes = this.#changes
    const credential = await readCredential(this.#store, face, publicId)
    if (!credential) return undefined
    const account = await loadAccount(this.#store, credential.account_id)
    if (!account) return undefined
    const user = credential.user_id === null ? undefined : await readUser(this.#store, credential.user_id)
    const known = { caller: callerOf(face, account, user ?? null, credential, null), credential }
    this.#keep(key, known, changes)
    return known
  }

  #keep(key: string, known: Known, changes: number): void {
    if (changes !== this.#changes) return
    if (this.#known.size >= maxCached) this.#known.clear()
    this.#known.set(key, known)
  }
}

/** Gives auth.extension_type_forbids_login, to whoever has proven to know the secret. */
function loggingIn(caller: Caller): Caller {
  if (caller.user && isDepartment(caller.user.detail))
    refuse('auth.extension_type_forbids_login', { extensionType: 'Department' })
  return caller
}

const allPermissions: ReadonlySet<Permission> = new Set(permissions)

/** A client application as its credential row tells it. */
function appOf(credential: CredentialRow): CallerApp {
  return {
    credentialId: credential.id,
    clientId: credential.public_id,
    name: credential.name,
    // Without a list of its own it may what its user may.
    permissions: credential.permissions === null ? allPermissions : permissionSet(credential.permissions),
    detail: JSON.parse(credential.detail) as Record<string, unknown>,
  }
}

function permissionSet(json: string | null): ReadonlySet<Permission> {
  return new Set(((json === null ? [] : JSON.parse(json)) as string[]).filter(isPermission))
}

export function userOf(row: UserRow): CallerUser {
  return {
    id: row.id,
    accountId: row.account_id,
    login: row.login,
    name: row.name,
    role: row.role as Role,
    status: row.status,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  }
}

function callerOf(
  face: string,
  account: Account,
  user: UserRow | null,
  credential: CredentialRow | null,
  app: CallerApp | null,
): Caller {
  const role = (user?.role ?? 'administrator') as Role
  const ofRole = permissionsOf(role, account.parentId === null)
  const granted = credential?.permissions ?? null
  const scoped = granted === null ? ofRole : new Set([...permissionSet(granted)].filter((permission) => ofRole.has(permission)))
  return {
    face,
    account,
    home: account,
    user: user && userOf(user),
    credentialId: credential?.id ?? app?.credentialId ?? null,
    app,
    permissions: scoped,
    keyName: credential ? `key ${credential.id}` : `user ${user?.id} ${app?.credentialId ?? ''}`,
  }
}

/** Gives `slug` when the account, or one above it, is not active. */
export function requireActive(caller: Caller, slug: 'account.not_active' | 'account.deactivated' = 'account.not_active'): void {
  if (caller.account.status !== 'active') refuse(slug, {})
}
