// Who asks on an API call (reference 2.4 steps 3 and 4): the access token in the header or in the query, its application,
// and the `Client-Id` that the SDK sends along.

import { requireAllowedSource } from '#accounts/allowed-sources.ts'
import { requireActive } from '#accounts/identity.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { face, isApplication } from './applications.ts'
import type { RingCentralKnock, Room } from './knock.ts'
import { one } from './query-fields.ts'
import { readTokenDetail, settleRefresh, tokenPattern } from './session-tokens.ts'

/**
 * Gives auth.header_invalid, auth.method_unsupported, auth.token_malformed, auth.token_expired,
 * oauth.application_release_invalid, oauth.application_wrong, account.not_active, permission.denied.
 */
export async function identifyUser(room: Room, knock: RingCentralKnock): Promise<void> {
  const { request } = knock
  const text = tokenText(request.headers['authorization'], knock)
  knock.tokenShown = true
  if (!tokenPattern.test(text)) refuse('auth.token_malformed', { fault: 'unparsable' })
  const { identity } = room.parts
  const { caller, token } = await identity.byToken(face, 'access', text).catch((error: unknown) => explain(room, text, error))
  const { app } = caller
  if (!app || !isApplication(app)) refuse('auth.token_malformed', { fault: 'corrupted' })
  requireActive(caller)
  requireAllowedSource(caller, request.source)
  knock.caller = caller
  knock.app = app
  const named = request.headers['client-id']
  // An application that nobody knows is for the limiter to refuse, which is asked next.
  if (named !== undefined && named !== '' && named !== app.clientId && (await identity.application(face, named)))
    refuse('oauth.application_wrong')
  const waiting = settleRefresh(room.parts, token)
  if (waiting) await waiting
}

function tokenText(header: string | undefined, knock: RingCentralKnock): string {
  if (header === undefined || header === '') {
    const inQuery = one(knock.query, 'access_token')
    if (inQuery === undefined) refuse('auth.header_invalid', { part: 'header' })
    return inQuery
  }
  const space = header.indexOf(' ')
  const scheme = (space < 0 ? header : header.slice(0, space)).toLowerCase()
  // Basic is a way to authorise, but of applications, at the token endpoint.
  if (scheme === 'basic') refuse('auth.method_unsupported', { method: 'Basic' })
  if (scheme !== 'bearer' || space < 0) refuse('auth.header_invalid', { part: 'header' })
  return header.slice(space + 1).trim()
}

/** A token of an application that was switched off is sound; the application is not. */
async function explain(room: Room, text: string, error: unknown): Promise<never> {
  if (error instanceof Refusal && error.reason === 'auth.token_malformed') {
    const row = await room.parts.tokens.find(face, 'access', text)
    const client = row && readTokenDetail(row).client
    const known = client === undefined ? undefined : await room.parts.identity.application(face, client)
    if (known && !known.active) refuse('oauth.application_release_invalid')
  }
  throw error
}
