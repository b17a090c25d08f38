import { test } from 'node:test'
import assert from 'node:assert/strict'
import { refusal } from '#reasons/refusal.ts'
import type { HttpRequest } from '#protocols/http/exchange.ts'
import { handClock } from '#values/clock.ts'
import { healthMount, type HealthParts } from './health.ts'

const clock = handClock()

function ask(path: string, more: Partial<HealthParts> = {}, method = 'GET') {
  const mount = healthMount({
    version: '1',
    clock,
    probeStore: async () => undefined,
    reasonOf: () => 'platform.database_unreachable',
    diskNearlyFull: () => false,
    clockFault: () => undefined,
    draining: () => false,
    metrics: async () => ({ type: 'text/plain; version=0.0.4', text: 'x 1\n' }),
    ...more,
  })
  const request: HttpRequest = {
    method,
    path,
    query: '',
    headers: {},
    body: Buffer.alloc(0),
    source: '::1',
    secure: false,
    receivedAtMs: 0,
    traceId: '',
  }
  return { mount, request, answer: mount.answer(request) }
}

test('healthy and ready when everything is', async () => {
  assert.deepEqual(JSON.parse(String((await ask('/healthz').answer).body)), { healthy: true, version: '1' })
  const ready = await ask('/readyz').answer
  assert.equal(ready.status, 200)
  assert.deepEqual(JSON.parse(String(ready.body)), {
    ready: true,
    dependencies: { store: { ready: true }, disk: { ready: true }, clock: { ready: true } },
  })
  assert.equal((await ask('/metrics').answer).body, 'x 1\n')
})

test('each dependency that fails has its reason', async () => {
  const cases: [Partial<HealthParts>, string, string][] = [
    [{ probeStore: () => Promise.reject(new Error('gone')) }, 'store', 'platform.database_unreachable'],
    [{ diskNearlyFull: () => true }, 'disk', 'platform.disk_nearly_full'],
    [{ clockFault: () => 'set back' }, 'clock', 'platform.server_info_invalid'],
  ]
  for (const [more, name, reason] of cases) {
    const { status, body } = await ask('/readyz', more).answer
    assert.equal(status, 503)
    const { ready, dependencies } = JSON.parse(String(body)) as {
      ready: boolean
      dependencies: Record<string, { ready: boolean; reason?: string }>
    }
    assert.equal(ready, false)
    for (const [other, { ready: fine, reason: told }] of Object.entries(dependencies)) {
      assert.equal(fine, other !== name)
      assert.equal(told, other === name ? reason : undefined)
    }
  }
})

test('a store that does not answer is not ready', async () => {
  const { answer } = ask('/readyz', { probeStore: () => new Promise(() => undefined) })
  await new Promise((resolve) => setImmediate(resolve))
  clock.advance(2000)
  assert.equal((await answer).status, 503)
})

test('while draining it is not ready', async () => {
  const { status, body } = await ask('/readyz', { draining: () => true }).answer
  assert.equal(status, 503)
  assert.equal((JSON.parse(String(body)) as { reason: string }).reason, 'platform.draining')
})

test('what is not there is refused with its reason', async () => {
  const post = await ask('/healthz', {}, 'POST').answer
  assert.equal(post.status, 405)
  assert.equal(post.headers['allow'], 'GET, HEAD')
  const { mount, request, answer } = ask('/healthz/x')
  assert.equal((await answer).headers['offhook-reason'], 'api.endpoint_unknown')
  assert.equal(mount.refused(refusal('request.body_too_large', { limitBytes: 5 }), request).status, 413)
})
