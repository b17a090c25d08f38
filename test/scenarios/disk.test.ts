// What the operator sees when something is wrong, and what clients are told: the disk nearly full, the database away; and
// what metrics, proxies and trace ids give away and do not.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startServer } from '../../conformance/server.ts'
import { newFolder, startProgram } from '../program.ts'
import { until } from '../until.ts'

interface Ready {
  readonly ready: boolean
  readonly dependencies: Readonly<Record<string, { ready: boolean; reason?: string }>>
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' })
const create = (url: string, key: string, more: Record<string, string> = {}) =>
  fetch(`${url}/v1/applications`, { method: 'POST', headers: { ...bearer(key), ...more }, body: JSON.stringify({ name: 'x' }) })

test('the disk nearly full: creates are refused, all else goes on, and readyz says why', async (t) => {
  const data = newFolder()
  const first = await startProgram(t, data)
  const { key } = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8')).api
  const made = (await (await create(first.url, key)).json()) as { id: string }
  first.child.kill('SIGTERM')
  await first.ended

  const full = await startProgram(t, data, { OFFHOOK_DISK_RESERVE: '512T' })
  const refused = await create(full.url, key)
  assert.equal(refused.headers.get('offhook-reason'), 'platform.disk_nearly_full')
  assert.equal(refused.status, 507)
  const path = `${full.url}/v1/applications/${made.id}`
  assert.equal((await fetch(path, { headers: bearer(key) })).status, 200)
  assert.equal((await fetch(path, { method: 'PATCH', headers: bearer(key), body: '{"name":"y"}' })).status, 200)
  assert.equal((await fetch(path, { method: 'DELETE', headers: bearer(key) })).status, 200)
  const ready = await fetch(`${full.url}/readyz`)
  assert.equal(ready.status, 503)
  const { dependencies } = (await ready.json()) as Ready
  assert.deepEqual(
    Object.entries(dependencies).map(([name, one]) => [name, one.ready, one.reason]),
    [
      ['store', true, undefined],
      ['disk', false, 'platform.disk_nearly_full'],
      ['clock', true, undefined],
    ],
  )
})

test('the database away: readyz and every answer say so, and it comes back by itself', { timeout: 90_000 }, async () => {
  const server = await startServer({ engine: 'postgres' })
  try {
    const { key } = server.credentials.api
    assert.equal((await create(server.baseUrl, key)).status, 201)
    await server.operator.stopDatabase()
    const away = await create(server.baseUrl, key)
    assert.equal(away.headers.get('offhook-reason'), 'platform.database_unreachable')
    assert.equal(away.status, 503)
    const ready = await fetch(`${server.baseUrl}/readyz`)
    assert.equal(ready.status, 503)
    assert.equal(((await ready.json()) as Ready).dependencies['store']!.reason, 'platform.database_unreachable')
    assert.equal((await fetch(`${server.baseUrl}/healthz`)).status, 200)
    await server.operator.startDatabase()
    await until(
      () => create(server.baseUrl, key),
      ({ status }) => status === 201,
    )
    assert.equal((await fetch(`${server.baseUrl}/readyz`)).status, 200)
  } finally {
    await server.stop()
  }
})

test("a client's address is taken from a proxy that is trusted and from no other; a trace id is kept", async (t) => {
  const data = newFolder()
  const { url, child, ended } = await startProgram(t, data)
  const { key } = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8')).api
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const sourceSeen = async (at: string): Promise<{ source: string; traceId: string }> => {
    const headers = { ...bearer(key), 'x-forwarded-for': '203.0.113.7', traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
    const id = (await fetch(`${at}/v1/users/none`, { headers })).headers.get('offhook-error-id')
    const told = await until(
      () => fetch(`${at}/v1/refusals/${id}`, { headers: bearer(key) }),
      ({ ok }) => ok,
    )
    return (await told.json()) as { source: string; traceId: string }
  }
  assert.deepEqual(await sourceSeen(url).then((seen) => [seen.source, seen.traceId]), ['127.0.0.1', traceId])
  const metrics = await (await fetch(`${url}/metrics`)).text()
  assert.match(metrics, /^offhook_refusals_total\{face="api",reason="resource\.not_found"\} \d+$/m)
  const labels = new Set([...metrics.matchAll(/[{,](\w+)="/g)].map(([, name]) => name))
  for (const label of labels)
    assert.doesNotMatch(label!, /account|number|login|user|source|key|path/, 'metrics are labelled by nobody')
  assert.doesNotMatch(metrics, /acc_|127\.0\.0\.1|203\.0\.113/)
  child.kill('SIGTERM')
  await ended
  const trusting = await startProgram(t, data, { OFFHOOK_TRUSTED_PROXIES: '127.0.0.0/8' })
  assert.equal((await sourceSeen(trusting.url)).source, '203.0.113.7')
})
