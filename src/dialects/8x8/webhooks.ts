// Where messages' events are told: one hook a scope and kind, set and removed by arrays. Reference section 6.10. They are set
// here; what is told to them: hook-targets.ts.

import Type, { type Static } from 'typebox'
import { faultsOf } from '#operations/field-faults.ts'
import { Optional, WebUrl } from '#operations/fields.ts'
import { refuse, refuseAll } from '#reasons/refusal.ts'
import { empty, json, told } from './formats.ts'
import { keepFacets, keptFacets, type Kept } from './facets.ts'
import { formOf, isAll, nounOf, oldKinds, prefix, type KeptHook } from './hooks.ts'
import type { Route, Visit } from './knock.ts'

const everywhere = '*'
const kinds = ['CADR', 'MSG', 'CABM', ...oldKinds]

const Kind = Optional(Type.Unsafe<string>({ type: 'string', enum: kinds }))
const SubAccountId = Type.String({ minLength: 1, maxLength: 50, description: 'A sub-account, or * for all' })

const Hook = Type.Object({
  subAccountId: SubAccountId,
  type: Kind,
  url: WebUrl('An http or https URL'),
  enabled: Optional(Type.Boolean()),
  version: Optional(Type.Integer({ minimum: 0, maximum: 99 })),
  httpAuthorization: Optional(
    Type.Union([
      Type.String({ maxLength: 2000, pattern: '^[\\x20-\\x7e]*$', description: 'The value of a header: printable ASCII' }),
      Type.Null(),
    ]),
  ),
  oauth: Optional(
    Type.Union([
      Type.Object({
        url: WebUrl('An http or https URL'),
        clientId: Type.String({ minLength: 1, maxLength: 500 }),
        clientSecret: Type.String({ minLength: 1, maxLength: 2000 }),
        credentialsLocation: Type.Unsafe<string>({ type: 'string', enum: ['header', 'body'] }),
        scope: Optional(Type.String({ maxLength: 500 })),
      }),
      Type.Null(),
    ]),
  ),
})
const maxHooks = 100
const Hooks = Type.Array(Hook)
const Dropped = Type.Array(Type.Object({ subAccountId: SubAccountId, type: Kind }))

const hidden = '***'

function check(schema: typeof Hooks | typeof Dropped, body: unknown): void {
  if (!Array.isArray(body) || body.length === 0)
    refuse('request.parameter_invalid', { parameter: 'body', value: typeof body, expected: 'an array with something in it' })
  if (body.length > maxHooks) refuse('request.batch_too_large', { limit: maxHooks })
  const faults = faultsOf(schema, body)
  if (faults.length > 0) refuseAll(faults)
}

/** A hook for all sub-accounts stands beside those of single ones, the account's own among them. */
async function scopeOf({ parts, ids, caller }: Visit, subAccountId: string): Promise<{ scope: 'all' | 'one'; id: number }> {
  if (subAccountId === everywhere) return { scope: 'all', id: caller.account.id }
  return { scope: 'one', id: (await ids.forSubAccount(parts.store, caller, subAccountId)).account.id }
}

async function list(visit: Visit) {
  const { parts, ids } = visit
  const hooks = await keptFacets<KeptHook>(visit, prefix)
  const items = await Promise.all(
    hooks.map(async ({ noun, id, data }) => ({
      subAccountId: isAll(noun) ? everywhere : await ids.subAccountId(parts.store, id),
      ...told('type', data.kind),
      url: data.url,
      enabled: data.enabled,
      ...(data.version !== undefined && { version: data.version, httpContenttype: 'application/json' }),
      ...(data.httpAuthorization !== undefined && { httpAuthorization: hidden }),
      ...(data.oauth && { oauth: { ...data.oauth, clientSecret: hidden } }),
    })),
  )
  return json(200, items)
}

async function set(visit: Visit) {
  const { parts, body } = visit
  check(Hooks, body)
  const there = await keptFacets<KeptHook>(visit, prefix)
  const put: Kept<KeptHook>[] = []
  for (const given of body as Static<typeof Hooks>) {
    const { subAccountId, type: kind = '', url, enabled = true, version, httpAuthorization, oauth } = given
    if (httpAuthorization && oauth) refuse('request.parameters_exclusive', { parameters: ['httpAuthorization', 'oauth'] })
    const { scope, id } = await scopeOf(visit, subAccountId)
    const same = [...there, ...put].filter((hook) => hook.id === id && isAll(hook.noun) === (scope === 'all'))
    const other = same.find(({ data }) => formOf(data.kind, data.version) !== formOf(kind, version))
    if (other) {
      const what = `${other.data.kind || 'without a type'}, ${subAccountId}, version ${other.data.version ?? 'none'}, ${other.data.url}`
      refuse('request.parameter_invalid', {
        parameter: 'type',
        value: kind,
        expected: `the format of the webhook that is there (${what.slice(0, 300)})`,
      })
    }
    const data: KeptHook = {
      kind,
      url,
      enabled,
      ...(version !== undefined && { version }),
      ...(httpAuthorization && { httpAuthorization: parts.key.seal(httpAuthorization) }),
      ...(oauth && { oauth: { ...oauth, clientSecret: parts.key.seal(oauth.clientSecret) } }),
    }
    put.push({ noun: nounOf(scope, kind), id, data })
  }
  await keepFacets(visit, put)
  return empty(200)
}

/** Without a type: the receipts and messages of that scope, whatever form they were set in. */
async function remove(visit: Visit) {
  check(Dropped, visit.body)
  const drop: { noun: string; id: number }[] = []
  for (const { subAccountId, type } of visit.body as Static<typeof Dropped>) {
    const { scope, id } = await scopeOf(visit, subAccountId)
    for (const kind of type === undefined ? ['', 'CADR', 'MSG'] : [type]) drop.push({ noun: nounOf(scope, kind), id })
  }
  if ((await keepFacets(visit, [], drop)) === 0) refuse('resource.not_found', { noun: 'webhook' })
  return empty(200)
}

/** The account's own hooks at the address of today, and at the one that old clients call. */
export const webhookRoutes: readonly Route[] = ['/api/v1/accounts/{accountId}/webhooks', '/config/v1/webhook'].flatMap(
  (path): Route[] => [
    { method: 'GET', path, permission: 'applications.read', answer: list },
    { method: 'POST', path, permission: 'applications.write', answer: set },
    { method: 'DELETE', path, permission: 'applications.write', answer: remove },
  ],
)
