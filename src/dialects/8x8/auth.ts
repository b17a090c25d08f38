// Who knocks: a bearer key, or the account's id and password by Basic for the oldest clients. Reference section 2.

import type { CredentialForm } from '#accounts/credential-form.ts'
import type { Caller } from '#accounts/caller.ts'
import { requireAllowedSource } from '#accounts/allowed-sources.ts'
import { requireActive } from '#accounts/identity.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import { basicCredentials, bearerToken } from '#protocols/http/authorization.ts'
import type { HttpRequest } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { randomToken } from '#values/secrets.ts'
import { face } from './ids.ts'

const publicChars = 12
const secretChars = 31
const guid = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i

/** The key that an account's password is kept under. */
const passwordId = (account: number): string => `account ${account}`

/**
 * A key is one opaque text whose first characters are its public id, so that it can be looked up; the secret that is
 * shown once is the whole text. With `kind: password` in its detail it is the account's password for Basic.
 */
export const eightKeyForm: CredentialForm = {
  face,
  make({ account, detail, publicId }) {
    if (detail['kind'] === 'password') return { publicId: passwordId(account.id), secret: randomToken(publicChars) }
    const shown = publicId ?? randomToken(publicChars)
    return { publicId: shown, secret: shown + randomToken(secretChars) }
  },
  sealed: false,
}

/** Missing, malformed, wrong, unknown and disabled answer alike: 401, code 1200. */
export async function identify(
  parts: FaceParts,
  accountOf: (guid: string) => number | undefined,
  request: HttpRequest,
): Promise<Caller> {
  const header = request.headers['authorization']
  const key = bearerToken(header)
  if (key !== undefined) return parts.identity.byKey(face, key.slice(0, publicChars), key, { source: request.source })
  const basic = basicCredentials(header)
  if (!basic) refuse('auth.credentials_invalid', {})
  const account = guid.test(basic.user) ? accountOf(basic.user) : undefined
  return parts.identity.byKey(face, account === undefined ? basic.user : passwordId(account), basic.password, {
    source: request.source,
  })
}

/** The account, and the sub-account that is acted on, must be active and reached from where they allow. */
export function admit(caller: Caller, source: string): void {
  requireActive(caller)
  requireAllowedSource({ ...caller, home: caller.account }, source)
}
