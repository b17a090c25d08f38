// Versions, health, what the client is, and a code for another application (reference 2.1 and 3.4).

import { lifetimesOf, face, grantsOf, isApplication } from './applications.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import type { Fields } from './json-body.ts'
import { text } from './json-body.ts'
import { apiUri, json, type RingCentralKnock, type Room } from './knock.ts'
import { applicationMay, applicationPermissions, type ApplicationPermission } from './permissions.ts'
import { issueCode, redirectUriOf } from './token-endpoint.ts'
import { answerLanguage } from './formats.ts'

/** The edition of the vendor's API that this face follows. */
const edition = { versionString: '1.0.60', releaseDate: '2024-01-10T00:00:00.000Z', uriString: 'v1.0' }

export async function listVersions(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const uri = apiUri(room, knock)
  return json({
    uri: uri.replace(/v1\.0$/, ''),
    apiVersions: [{ uri, ...edition }],
    serverVersion: edition.versionString,
    serverRevision: 'offhook',
  })
}

export async function readVersion(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  return json({ uri: apiUri(room, knock), ...edition })
}

export async function readStatus(): Promise<HttpAnswer> {
  return { status: 200, headers: {}, body: '' }
}

/** What the client said of itself; the SDK asks this behind a proxy, to see whether it is logged in. */
export async function readClientInfo(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { headers } = knock.request
  const userAgent = headers['rc-user-agent'] ?? headers['x-user-agent'] ?? headers['user-agent'] ?? ''
  const [, appName, appVersion] = /^([^/\s]{1,100})\/([^/\s]{1,100})/.exec(userAgent) ?? []
  const app = knock.caller!.app!
  return json({
    uri: apiUri(room, knock, '/client-info'),
    client: {
      detected: appName !== undefined,
      userAgent: userAgent.slice(0, 500),
      appId: app.clientId,
      appName: appName ?? app.name,
      ...(appVersion !== undefined && { appVersion }),
      locale: answerLanguage(headers['accept-language'], knock.caller!.account.settings.language),
    },
  })
}

/** One application gets a code for another, which must not be granted more than the one that asks. */
export async function generateCode(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const caller = knock.caller!
  if (!caller.user) refuse('auth.extension_login_required')
  const fields = knock.body as Fields
  const clientId = text(fields, 'clientId')
  const redirectUri = text(fields, 'redirectUri')
  if (clientId === undefined) refuse('request.parameter_missing', { parameter: 'clientId', location: 'payload' })
  const known = await room.parts.identity.application(face, clientId)
  if (!known || !isApplication(known.app))
    refuse('resource.not_found', { noun: 'application', parameter: 'clientId', id: clientId.slice(0, 40) })
  const { app } = known
  if (!known.active) refuse('oauth.application_release_invalid')
  if (!grantsOf(app).includes('authorization_code')) refuse('oauth.grant_not_allowed', { grant: 'authorization_code' })
  const names = Object.keys(applicationPermissions) as ApplicationPermission[]
  const wider = names.find((name) => applicationMay(app, name) && !applicationMay(caller.app!, name))
  if (wider !== undefined) refuse('oauth.scope_too_narrow', { scope: wider })
  const uri = redirectUriOf(app, redirectUri)
  const ttl = lifetimesOf(app).codeS
  const code = await issueCode(room, { ...caller, app }, { redirectUri: uri, redirectGiven: redirectUri !== undefined }, ttl)
  return json({ code, clientId, redirectUri: uri, ttl })
}
