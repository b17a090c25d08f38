// Who calls (reference section 2.2 and 2.3): a token of ours in `Authorization: Bearer`, or in `api-authorization`, the
// header of the vendor's later collection. A missing, unknown or lapsed token is refused by the gateway, without a `result`.

import { requireAllowedSource } from '#accounts/allowed-sources.ts'
import type { Caller } from '#accounts/caller.ts'
import { refuseAuthorization } from '#accounts/refuse-authorization.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import { bearerToken } from '#protocols/http/authorization.ts'
import type { HttpRequest } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'

/** Does not ask whether the account is active: fields are looked at first (reference section 15, precedence). */
export async function callerOf({ identity }: FaceParts, { headers, source }: HttpRequest): Promise<Caller> {
  const usual = headers['authorization']
  const later = headers['api-authorization']
  const text = bearerToken(usual) ?? bearerToken(later)
  if (text === undefined) {
    const header = usual ?? later
    if (header === undefined) refuse('auth.credentials_invalid', {})
    if (/^bearer\b/i.test(header)) refuse('auth.token_malformed', { fault: 'corrupted' })
    refuseAuthorization(header, 'Bearer')
  }
  const { caller } = await identity.byToken('toku', 'access', text)
  requireAllowedSource(caller, source)
  return caller
}
