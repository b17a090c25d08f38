// Where a sub-account's calls are told and where its recordings go. Reference section 13. What is wrong with the content
// is 422 here, in an envelope of its own. Hooks are told by call-targets.ts and call-script.ts; where recordings
// should be pushed is kept, and they are fetched from here instead.

import { isIP } from 'node:net'
import Type, { type Static, type TSchema } from 'typebox'
import { faultsOf } from '#operations/field-faults.ts'
import { Optional, WebUrl } from '#operations/fields.ts'
import { refuse, refuseAll } from '#reasons/refusal.ts'
import { keepFacets, keptFacets, type Kept } from './facets.ts'
import { json, told } from './formats.ts'
import type { Route, Visit } from './knock.ts'
import { hookTypes, voiceHookPrefix, type KeptVoiceHook } from './voice-hooks.ts'

// Members of no known name are passed over: the vendor's own guides send `active`.
const Hook = Type.Object({
  type: Type.Unsafe<string>({ type: 'string', enum: [...hookTypes] }),
  url: WebUrl('An http or https URL'),
  httpAuthHeader: Optional(
    Type.Union([
      Type.String({ maxLength: 2000, pattern: '^[\\x20-\\x7e]*$', description: 'The value of a header: printable ASCII' }),
      Type.Null(),
    ]),
  ),
  enabled: Optional(Type.Union([Type.Boolean(), Type.Null()])),
})

const done = (message = 'ok') => ({ statusCode: 0, statusMessage: message })

function check(schema: TSchema, body: unknown): void {
  const faults = faultsOf(schema, body)
  if (faults.length > 0) refuseAll(faults)
}

const hookShown = ({ noun, data }: Kept<KeptVoiceHook>): object => ({
  type: noun.slice(voiceHookPrefix.length),
  url: data.url,
  enabled: data.enabled,
  httpAuthHeaderAvailable: data.httpAuthHeader !== undefined,
})

const subAccountOf = ({ parts, ids, caller }: Visit): Promise<string> => ids.subAccountId(parts.store, caller.account.id)

async function listHooks(visit: Visit) {
  const webhooks = (await keptFacets<KeptVoiceHook>(visit, voiceHookPrefix)).map(hookShown)
  return json(200, { subAccountId: await subAccountOf(visit), count: webhooks.length, webhooks, ...done() })
}

async function setHook(visit: Visit) {
  const { parts, caller, body } = visit
  check(Hook, body)
  const { type, url, httpAuthHeader, enabled } = body as Static<typeof Hook>
  const target = new URL(url)
  if (target.username !== '' || target.password !== '')
    refuse('request.unprocessable', { cause: 'credentials belong into httpAuthHeader, not into url' })
  if (target.hash !== '') refuse('request.unprocessable', { cause: 'a URL that is posted to has no fragment' })
  const data: KeptVoiceHook = {
    url,
    enabled: enabled ?? true,
    ...(httpAuthHeader && { httpAuthHeader: parts.key.seal(httpAuthHeader) }),
  }
  await keepFacets(visit, [{ noun: voiceHookPrefix + type, id: caller.account.id, data }])
  return listHooks(visit)
}

async function dropHook(visit: Visit) {
  const noun = voiceHookPrefix + visit.params['type']!.toUpperCase()
  const hook = (await keptFacets<KeptVoiceHook>(visit, voiceHookPrefix)).find((one) => one.noun === noun)
  if (!hook || (await keepFacets(visit, [], [{ noun, id: hook.id }])) === 0) refuse('resource.not_found', { noun: 'webhook' })
  // One hook, and not a list of one.
  return json(200, { subAccountId: await subAccountOf(visit), ...hookShown(hook), ...done('deleted') })
}

const Target = Type.Object({
  protocol: Type.String({ pattern: '^(?:[sS]3|[sS]?[fF][tT][pP])$', description: 'one of S3, SFTP, ftp' }),
  host: Type.String({ minLength: 1, maxLength: 253 }),
  port: Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  username: Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
  password: Optional(Type.Union([Type.String({ maxLength: 2000 }), Type.Null()])),
  path: Optional(Type.Union([Type.String({ maxLength: 1000 }), Type.Null()])),
})

interface KeptTarget {
  readonly protocol: string
  readonly host: string
  readonly port: number
  readonly username: string
  /** Sealed. */
  readonly password?: string
  readonly path: string
}

const targetNoun = 'recording push'
const protocols: Record<string, { name: string; port: number }> = {
  s3: { name: 'S3', port: 443 },
  sftp: { name: 'SFTP', port: 22 },
  ftp: { name: 'ftp', port: 21 },
}

async function targetShown(visit: Visit, target: KeptTarget, message?: string): Promise<object> {
  const { protocol, host, port, username, password, path } = target
  return {
    subAccountId: await subAccountOf(visit),
    protocol,
    host,
    port,
    ...told('username', username),
    passwordSet: password !== undefined,
    ...told('path', path),
    ...done(message),
  }
}

async function targetOf(visit: Visit): Promise<Kept<KeptTarget>> {
  const [kept] = await keptFacets<KeptTarget>(visit, targetNoun)
  if (!kept) refuse('resource.not_found', { noun: 'recording configuration' })
  return kept
}

const readTarget = async (visit: Visit) => json(200, await targetShown(visit, (await targetOf(visit)).data))

const hostPattern = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?$/

async function setTarget(visit: Visit) {
  const { parts, caller, body } = visit
  check(Target, body)
  const given = body as Static<typeof Target>
  const protocol = protocols[given.protocol.toLowerCase()]!
  const { host, port = protocol.port } = given
  const username = given.username ?? ''
  const path = given.path ?? ''
  if (!hostPattern.test(host) && isIP(host) === 0)
    refuse('request.unprocessable', { cause: 'host must be the name or address of a host' })
  if (given.password && username === '') refuse('request.unprocessable', { cause: 'a password needs a username' })
  if (protocol.name === 'S3' && (username === '' || !given.password))
    refuse('request.unprocessable', { cause: 'S3 needs an access key as username and its secret as password' })
  if (path.split('/').includes('..')) refuse('request.unprocessable', { cause: 'path must not lead upwards' })
  const data: KeptTarget = {
    protocol: protocol.name,
    host,
    port,
    username,
    path,
    ...(given.password && { password: parts.key.seal(given.password) }),
  }
  await keepFacets(visit, [{ noun: targetNoun, id: caller.account.id, data }])
  return json(200, await targetShown(visit, data))
}

async function dropTarget(visit: Visit) {
  const { noun, id, data } = await targetOf(visit)
  await keepFacets(visit, [], [{ noun, id }])
  return json(200, { ...(await targetShown(visit, data, 'deleted')), delete: true })
}

const base = '/api/v1/subaccounts/{subAccountId}'
const shape = 'voice_config' as const

export const voiceConfigRoutes: readonly Route[] = [
  { method: 'GET', path: `${base}/webhooks`, permission: 'applications.read', shape, answer: listHooks },
  { method: 'POST', path: `${base}/webhooks`, permission: 'applications.write', shape, answer: setHook },
  { method: 'DELETE', path: `${base}/webhooks/{type}`, permission: 'applications.write', shape, answer: dropHook },
  { method: 'GET', path: `${base}/recording-push-config`, permission: 'applications.read', shape, answer: readTarget },
  { method: 'POST', path: `${base}/recording-push-config`, permission: 'applications.write', shape, answer: setTarget },
  { method: 'DELETE', path: `${base}/recording-push-config`, permission: 'applications.write', shape, answer: dropTarget },
]
