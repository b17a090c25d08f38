// HTTP Basic, reference section 2: `cloudID/username` with the account's API access key, or `cloudID/username/service`
// with an outbound service's password. One server stands for every cloud: any well-formed cloud id is taken.

import { createHmac } from 'node:crypto'
import { requireAllowedSource } from '#accounts/allowed-sources.ts'
import type { Caller } from '#accounts/caller.ts'
import type { CredentialForm } from '#accounts/credential-form.ts'
import { requireActive } from '#accounts/identity.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import { basicCredentials } from '#protocols/http/authorization.ts'
import type { HttpRequest } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { BlockIds } from '#values/ids.ts'
import { randomToken, type Key } from '#values/secrets.ts'
import { cloudIdForm } from './ids.ts'

export const faceName = 'aculab'

/** One key a user; a second one comes by rotation, with an overlap. A user's login is the username, which has no slash. */
export const keyForm: CredentialForm = {
  face: faceName,
  make: ({ login }) => ({
    publicId: login !== null && !login.includes('/') ? login : `key-${randomToken(16).toLowerCase()}`,
    secret: randomToken(22),
  }),
  sealed: false,
  limitPerUser: 1,
}

/** Whether the third part of the username is not allowed, allowed or needed. */
export type ServicePart = 'none' | 'may' | 'must'

export interface Known {
  readonly caller: Caller
  /** The outbound service that the caller proved to be, in place of the account. */
  readonly service: string | undefined
}

const longestName = 200

/** Not every database takes every character, and no name holds a control character. */
const fit = (name: string): string => (name.length > longestName || /\p{Cc}/u.test(name) ? '' : name)

export class Login {
  readonly #parts: FaceParts
  readonly #passwords: ServicePasswords

  constructor(parts: FaceParts, passwords: ServicePasswords) {
    this.#parts = parts
    this.#passwords = passwords
  }

  /** Gives api.cloud_id_invalid, auth.credentials_invalid, then account.deactivated, in this order (section 3). */
  async identify(request: HttpRequest, part: ServicePart): Promise<Known> {
    const given = basicCredentials(request.headers['authorization'])
    if (!given) refuse('auth.credentials_invalid', {})
    const [cloud = '', username = '', service, ...more] = given.user.split('/')
    if (!cloudIdForm.test(cloud)) refuse('api.cloud_id_invalid', { value: cloud.slice(0, 40) })
    const unfit = more.length > 0 || (service === undefined ? part === 'must' : part === 'none')
    const proof = { source: request.source }
    // A name that cannot be right is looked up like any other, so that it costs and answers the same.
    const login = unfit ? '' : fit(username).toLowerCase()
    const caller = await (service === undefined
      ? this.#parts.identity.byKey(faceName, login, given.password, proof)
      : this.#byService(login, fit(service), given.password, proof))
    requireActive(caller, 'account.deactivated')
    requireAllowedSource(caller, request.source)
    return { caller, service }
  }

  async #byService(login: string, service: string, password: string, proof: { source: string }): Promise<Caller> {
    const { identity } = this.#parts
    const owner = await identity.byPublicId(faceName, login)
    const active = (owner?.user?.status ?? 'active') === 'active'
    return identity.byKey(
      faceName,
      this.#passwords.publicIdOf((active && owner?.account.id) || 0, service),
      this.#passwords.secretOf(password),
      proof,
    )
  }
}

/** People choose these, so what is kept is a hash that only the holder of the platform's key could try guesses against. */
export class ServicePasswords {
  readonly #key: Buffer
  readonly #ids: BlockIds

  constructor(key: Key) {
    this.#key = key.derive('aculab service password', 32)
    this.#ids = new BlockIds(key, faceName)
  }

  /** A service belongs to the account, so any user's name may stand before it. No login holds a slash: the two never meet. */
  publicIdOf(accountId: number, service: string): string {
    return `${this.#ids.hex('account', accountId)}/${service}`
  }

  /** What stands for the password wherever a secret is kept or compared. */
  secretOf(password: string): string {
    return createHmac('sha256', this.#key).update(password.normalize('NFC')).digest('base64url')
  }
}
