// How an application proves itself at the token endpoints (reference 3.2): Basic, an assertion signed with its secret
// (RFC 7523 2.2), its secret in the body, or its id alone when it is a public one.

import { createHmac } from 'node:crypto'
import type { CallerApp } from '#accounts/caller.ts'
import type { Application } from '#accounts/identity.ts'
import { basicCredentials } from '#protocols/http/authorization.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { refusal, refuse } from '#reasons/refusal.ts'
import { sameSecret } from '#values/secrets.ts'
import { face, isApplication, isPublic } from './applications.ts'
import type { Room, RingCentralKnock } from './knock.ts'
import { readJwt } from './jwt.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Gives auth.header_invalid, oauth.application_id_wrong, auth.client_credentials_invalid, oauth.application_wrong,
 * oauth.application_release_invalid, auth.source_locked.
 */
export async function proveClient(room: Room, knock: RingCentralKnock): Promise<CallerApp> {
  const { form, request } = knock
  const header = request.headers['authorization']
  const named = form.get('client_id')
  if (header !== undefined) {
    const basic = basicCredentials(header)
    if (!basic) refuse('auth.header_invalid', { part: 'value', value: header.split(' ')[0]!.slice(0, 20) })
    const id = decoded(basic.user)
    // One client package sends its id in both places.
    if (named !== undefined && named !== id) refuse('oauth.application_wrong')
    return bySecret(room, knock, id, decoded(basic.password))
  }
  const assertion = form.get('client_assertion')
  if (assertion !== undefined) return byAssertion(room, knock, assertion, named)
  if (named === undefined) refuse('auth.header_invalid', { part: 'value' })
  const secret = form.get('client_secret')
  if (secret !== undefined) return bySecret(room, knock, named, secret)
  const known = await lookUp(room, knock, named)
  if (!isPublic(known.app)) refuse('auth.header_invalid', { part: 'value' })
  return active(known)
}

/** RFC 6749 2.3.1 form-encodes both halves; clients of this vendor do not, and ids and secrets have nothing to encode. */
const decoded = (text: string): string => {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text
  } catch {
    return text
  }
}

async function lookUp(room: Room, knock: RingCentralKnock, id: string): Promise<Application> {
  room.parts.lockouts.checkSource(knock.request.source)
  const known = await room.parts.identity.application(face, id)
  if (!known || !isApplication(known.app)) return failed(room, knock, 'oauth.application_id_wrong', id)
  return known
}

async function bySecret(room: Room, knock: RingCentralKnock, id: string, secret: string): Promise<CallerApp> {
  const known = await lookUp(room, knock, id)
  if (!known.hasSecret(secret)) return failed(room, knock, 'auth.client_credentials_invalid', `${id} ${secret}`)
  return active(known)
}

async function byAssertion(
  room: Room,
  knock: RingCentralKnock,
  assertion: string,
  named: string | undefined,
): Promise<CallerApp> {
  const jwt = readJwt(assertion)
  const id = jwt?.claims['iss']
  if (!jwt || typeof id !== 'string' || knock.form.get('client_assertion_type') !== assertionType)
    refuse('auth.header_invalid', { part: 'value' })
  if (named !== undefined && named !== id) refuse('oauth.application_wrong')
  const known = await lookUp(room, knock, id)
  const { exp, sub } = jwt.claims
  const secret = known.secretSealed === null ? undefined : room.parts.key.open(known.secretSealed)
  const signature =
    secret === undefined || jwt.header['alg'] !== 'HS256'
      ? ''
      : createHmac('sha256', secret).update(jwt.signed).digest('base64url')
  const inTime = typeof exp === 'number' && exp * 1000 > room.parts.clock.nowMs()
  if (!sameSecret(signature, jwt.signature) || !inTime || sub !== id)
    return failed(room, knock, 'auth.client_credentials_invalid', assertion)
  return active(known)
}

function active(known: Application): CallerApp {
  if (!known.active) refuse('oauth.application_release_invalid')
  return known.app
}

/** Guesses are counted by where they come from. */
async function failed(
  room: Room,
  knock: RingCentralKnock,
  slug: Slug & ('oauth.application_id_wrong' | 'auth.client_credentials_invalid'),
  proof: string,
): Promise<never> {
  await room.parts.lockouts.failed(undefined, `${face} ${proof}`, knock.request.source)
  throw refusal(slug, {})
}
