// OAuth client applications and JWT credentials: keys of this face. What an application may and how long its tokens live
// stands in the key's detail, written by `keys.create` and `keys.update` of any face.

import { createHmac, randomBytes } from 'node:crypto'
import type { CallerApp } from '#accounts/caller.ts'
import type { CredentialForm } from '#accounts/credential-form.ts'
import { randomToken } from '#values/secrets.ts'

export const face = 'ringcentral'

/** Short names in an application's `grants`, by the word that a token request sends. */
export const grantNames: Readonly<Record<string, string>> = {
  password: 'password',
  authorization_code: 'authorization_code',
  refresh_token: 'refresh_token',
  client_credentials: 'client_credentials',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'jwt',
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export const applicationForm: CredentialForm = {
  face,
  // Sealed, so that an application may prove itself by an assertion signed with its secret (RFC 7523 2.2).
  sealed: true,
  make({ login, detail, publicId = randomToken(22) }) {
    if (detail['kind'] !== 'jwt') return { publicId, secret: randomToken(43) }
    // A user's JWT credential is signed with a key that is thrown away: it is recognised as a whole, by its hash.
    const body = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ iss: 'offhook', jti: publicId, sub: login ?? '' })}`
    const signature = createHmac('sha256', randomBytes(32)).update(body).digest('base64url')
    return { publicId, secret: `${body}.${signature}` }
  },
}

/** Whether this key is an application, not a user's JWT credential. */
export const isApplication = (app: CallerApp): boolean => app.detail['kind'] !== 'jwt'

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

/** An application without a list gets what the vendor gives a new one. */
export const grantsOf = (app: CallerApp): readonly string[] =>
  Array.isArray(app.detail['grants']) ? texts(app.detail['grants']) : ['authorization_code', 'refresh_token']

export const redirectUrisOf = (app: CallerApp): readonly string[] => texts(app.detail['redirectUris'])

/** Kept on somebody's own machine: it has no secret that anybody would trust. */
export const isPublic = (app: CallerApp): boolean => app.detail['public'] === true

export interface Lifetimes {
  readonly codeS: number
  /** Bounds what a client may ask for. */
  readonly maxAccessS: number
  readonly maxRefreshS: number
  /** A token of a synchronisation of calls. */
  readonly syncTokenS: number
  /** False when the application has lifetimes of its own, below what clients may usually ask for. */
  readonly usual: boolean
}

const seconds = (value: unknown, usual: number): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? Math.min(value, usual) : usual

/** Reference 3.1 and 3.2: 60 s, an hour, a week, 30 days; `lifetimes` of an application may be shorter. */
export function lifetimesOf(app: CallerApp): Lifetimes {
  const own = app.detail['lifetimes']
  const detail = (typeof own === 'object' && own !== null ? own : {}) as Record<string, unknown>
  return {
    codeS: seconds(detail['codeSeconds'], 60),
    maxAccessS: seconds(detail['accessSeconds'], 3600),
    maxRefreshS: seconds(detail['refreshSeconds'], 604_800),
    syncTokenS: seconds(detail['syncTokenSeconds'], 2_592_000),
    usual: detail['accessSeconds'] === undefined,
  }
}
