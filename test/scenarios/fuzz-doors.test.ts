// A bounded part of the fuzz (test/fuzz/run.ts) at every door: what nobody should ask is refused with a documented reason,
// and nothing is a fault of ours. The judge itself is judged first.

import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { startServer, type RunningServer } from '../../conformance/server.ts'
import { doorNames, liftLimits, openDoor } from '../fuzz/doors.ts'
import { faultsCounted } from '../fuzz/faults-counted.ts'
import { faultOf, fuzzDoor, isWellFormed } from '../fuzz/fuzz-door.ts'

const seed = 20260101
const requests = 2000

const answer = (status: number, headers: Record<string, string>, body: string) => ({ status, headers, body: Buffer.from(body) })
const refused = (reason: string) => ({
  'offhook-reason': reason,
  'offhook-error-id': crypto.randomUUID(),
  'content-type': 'application/json',
})

test('the judge sees each kind of fault', () => {
  assert.equal(faultOf(answer(200, { 'content-type': 'application/json' }, '{}'), false), undefined)
  assert.equal(faultOf(answer(404, refused('resource.not_found'), '{}'), false), undefined)
  assert.match(faultOf(answer(404, {}, ''), false)!, /without a reason/)
  assert.match(faultOf(answer(404, refused('resource.lost'), ''), false)!, /not in the catalogue/)
  assert.match(faultOf(answer(404, { 'offhook-reason': 'resource.not_found' }, ''), false)!, /without an error id/)
  assert.match(faultOf(answer(500, refused('platform.internal_error'), ''), false)!, /fault of ours/)
  assert.match(faultOf(answer(503, refused('platform.database_unreachable'), ''), false)!, /answered 503/)
  assert.match(faultOf(answer(200, { 'x-injected': '1' }, ''), false)!, /smuggled/)
  assert.match(faultOf(answer(200, { 'content-type': 'application/json' }, '{"a":'), false)!, /does not parse/)
  assert.match(faultOf(answer(200, { 'content-type': 'text/html' }, '<p><img src=x onerror=alert(4)></p>'), false)!, /as it was/)
  assert.match(faultOf(answer(200, { 'content-type': 'text/xml' }, '<a><b></a>'), false)!, /not well-formed/)
  assert.ok(isWellFormed('<?xml version="1.0"?>\n<a x="1"><b/>&lt;&#39;</a>\n'))
  for (const bad of ['<a>&</a>', '<a>\u0000</a>', '<a/><b/>', '<a', '', 'text', '<a x=1/>']) assert.ok(!isWellFormed(bad), bad)
})

let server: RunningServer
before(async () => {
  server = await startServer()
  await liftLimits(server)
})
after(async () => void (await server?.stop()))

for (const name of doorNames) {
  test(`${name}: only documented refusals`, async (t) => {
    const door = await openDoor(server, name)
    if (!door) return t.skip('not a door of this server')
    const { findings, statuses } = await fuzzDoor(Number(new URL(server.baseUrl).port), door, { seed, requests })
    const shown = findings.map((one) => `${one.fault}\n${one.request}\n-> ${one.answer}`).join('\n\n')
    assert.equal(findings.length, 0, `node test/fuzz/run.ts --door ${name} --requests ${requests} --seed ${seed}\n${shown}`)
    assert.equal(await faultsCounted(server.baseUrl), 0, server.lines())
    assert.ok(
      Object.keys(statuses).some((status) => status.startsWith('2')),
      `something was let in: ${JSON.stringify(statuses)}`,
    )
  })
}

test('the server is as alive as before', async () => {
  assert.equal((await fetch(`${server.baseUrl}/readyz`)).status, 200)
  const metrics = await (await fetch(`${server.baseUrl}/metrics`)).text()
  assert.doesNotMatch(metrics, /alert\(4\)|kkkk|(?:account|number|login)="/)
  assert.equal(await server.stop(), 0)
})
