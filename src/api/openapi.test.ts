import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { openApi } from './openapi.ts'
import { sessionRoutes } from './sessions.ts'
import { version } from '#values/version.ts'

const file = new URL('../../docs/openapi.json', import.meta.url)
const document = openApi(version, sessionRoutes({} as never, {} as never, {} as never))
const text = `${JSON.stringify(document, null, 2)}\n`

test('the document that is checked in is the one the operations make', () => {
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, text)
  assert.equal(readFileSync(file, 'utf8'), text, 'run UPDATE_GOLDEN=1 node --test src/api/openapi.test.ts')
})

test('an independent validator finds it valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate(structuredClone(document) as Record<string, unknown>)
  assert.deepEqual(result.errors ?? [], [])
  assert.equal(result.valid, true)
})

test('the validator can tell: a document without paths and info is refused', async () => {
  const result = await new Validator().validate({ openapi: '3.1.0' })
  assert.equal(result.valid, false)
})

test('every operation stands in it once, with an answer and its refusals', () => {
  const paths = document['paths'] as Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>
  const found = Object.values(paths).flatMap((item) => Object.values(item))
  assert.equal(new Set(found.map((one) => one.operationId)).size, found.length)
  for (const one of found) assert.ok(Object.keys(one.responses).length > 3, one.operationId)
})
