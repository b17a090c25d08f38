import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '#reasons/refusal.ts'
import type { ApplicationRow } from '#store/applications.ts'
import { freshNumber, type NumberRow } from '#store/numbers.ts'
import type { Reader } from '#store/store.ts'
import { inboundTarget, type Use } from './inbound-target.ts'

const number: NumberRow = {
  ...freshNumber,
  id: 1,
  account_id: 7,
  number: '+14155550100',
  form: 'e164',
  country: 'US',
  type: 'local',
  state: 'California',
  region: 'San Francisco',
  capabilities: '{"voice":true,"sms":true,"mms":true,"fax":false}',
  application_id: null,
  face: 'api',
  name: '',
  detail: '{}',
  price_micro: 0,
  currency: 'USD',
  bought_ms: 1,
  updated_ms: 1,
  version: 1,
}

const application: ApplicationRow = {
  id: 9,
  account_id: 7,
  name: 'night',
  kind: '',
  detail: '{"scriptUrl":"https://app.example/night","scriptMethod":"GET","fallbackUrl":"https://app.example/else"}',
  created_ms: 1,
  updated_ms: 1,
  version: 1,
}

/** A store that holds one number and one application. */
function holding(row: NumberRow | undefined, app: ApplicationRow | undefined): Reader {
  const one = (_: unknown, params: Record<string, unknown>) => {
    if ('number' in params) return params['number'] === row?.number ? row : undefined
    return app && (params['id'] === app.id || params['name'] === app.name) ? app : undefined
  }
  return { one, all: () => [] } as unknown as Reader
}

const nowMs = 1_000_000
const serve = (row: Partial<NumberRow>, use: Use = 'sms', app: Partial<ApplicationRow> | null = {}) =>
  inboundTarget(holding({ ...number, ...row }, app === null ? undefined : { ...application, ...app }), number.number, use, nowMs)

const why = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.fail('it is served'),
    (error: unknown) => {
      assert.ok(error instanceof Refusal, String(error))
      return [error.reason, error.params['context'] ?? error.params['object'] ?? null]
    },
  )

const detail = (value: object): { detail: string } => ({ detail: JSON.stringify(value) })

test('the URL of the use serves, else the application of the use, the named service or the one for everything', async () => {
  const own = await serve({ application_id: 9, ...detail({ smsUrl: 'https://app.example/sms', smsMethod: 'GET' }) })
  assert.deepEqual([own.script, own.application], [{ url: 'https://app.example/sms', method: 'GET' }, null])
  const attached = await serve({ application_id: 9 })
  assert.deepEqual(attached.script, { url: 'https://app.example/night', method: 'GET' })
  assert.deepEqual(attached.fallback, { url: 'https://app.example/else', method: 'POST' })
  const chosen = await serve(detail({ smsUrl: 'https://app.example/sms', smsApplicationId: 9 }))
  assert.equal(chosen.application?.name, 'night')
  const service = await serve(detail({ service: 'night' }), 'voice', { kind: 'inbound', detail: '{}' })
  assert.deepEqual([service.script, service.application?.kind], [null, 'inbound'])
})

test('what serves nothing says why, by context and object', async () => {
  assert.deepEqual(await why(inboundTarget(holding(undefined, undefined), '+1', 'sms', nowMs)), ['number.not_found', null])
  assert.deepEqual(await why(serve({ account_id: null })), ['number.not_found', null])
  assert.deepEqual(await why(serve({})), ['number.not_bound', 'Sms'])
  assert.deepEqual(await why(serve(detail({ smsUrl: 'https://app.example/sms' }), 'voice')), ['number.not_bound', 'Voice'])
  assert.deepEqual(await why(serve({ application_id: 9 }, 'sms', null)), ['application.not_found', null])
  assert.deepEqual(await why(serve(detail({ service: 'night' }), 'sms', null)), ['application.not_found', null])
  assert.deepEqual(await why(serve({ detail: '{"smsUrl":' })), ['provisioning.data_invalid', 'number'])
  assert.deepEqual(await why(serve(detail({ smsUrl: 'gopher:x' }))), ['provisioning.data_invalid', 'number'])
  assert.deepEqual(await why(serve({ application_id: 9 }, 'sms', { detail: '{}' })), ['provisioning.data_invalid', 'application'])
})

test('a number that may not be used serves nothing', async () => {
  assert.deepEqual(await why(serve({ status: 'blocked' })), ['number.blocked', null])
  assert.deepEqual(await why(serve({ status: 'inactive' })), ['number.not_active', null])
  assert.deepEqual(await why(serve({ expires_ms: nowMs })), ['number.expired', null])
  assert.deepEqual(await why(serve({ expires_ms: nowMs + 1 })), ['number.not_bound', 'Sms'])
})
