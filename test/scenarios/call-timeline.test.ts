// The timeline of a call: what was asked, decided, sent and received, and who was told, in order and for each leg. The called party is sipp, which
// asks for a password first; the carrier before it refuses.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { methodOf } from '../../conformance/sip-text.ts'
import { openCallPlace, rcml, type CallPlace } from '../call-place.ts'
import { answer, answerWithin, isThere, receive, runSipp } from '../fakes/sipp.ts'
import { freePort } from '../ports.ts'
import { sharedCluster } from '../postgres-cluster.ts'
import { newFolder } from '../program.ts'
import { until } from '../until.ts'

interface Entry {
  readonly at: string
  readonly callId: string
  readonly what: string
  readonly kind: string
  readonly data: any
}

/** The place of the first entry that fits. */
function placeOf(items: readonly Entry[], what: string, kind: string, data: (data: any) => boolean = () => true): number {
  const at = items.findIndex((one) => one.what === what && one.kind === kind && data(one.data))
  assert.notEqual(at, -1, `${what} ${kind} in ${items.map((one) => `${one.what} ${one.kind}`).join(', ')}`)
  return at
}

async function timeline(place: CallPlace, id: string, query = ''): Promise<{ items: Entry[]; legs: any[] }> {
  return await place.api('GET', `/calls/${id}/timeline${query}`)
}

const databases = { sqlite: undefined, postgres: await (await sharedCluster()).newDatabase() }
const places: [string, CallPlace][] = []
for (const [engine, database] of Object.entries(databases))
  places.push([
    engine,
    await openCallPlace({ data: newFolder(), settings: database === undefined ? {} : { OFFHOOK_DATABASE: database } }),
  ])

for (const [engine, place] of places) {
  place.pages.set('/wait', rcml('<Gather timeout="60"/>'))
  place.pages.set('/short', rcml('<Pause length="1"/>'))
  describe(`timeline of a call (${engine})`, { timeout: 40_000 }, () => {
    test('a call that one carrier refuses and the next one takes', async () => {
      const prefix = '+1212556'
      const own = await place.number('/wait')
      const bad = await place.route(prefix, { rank: 1 })
      const invited = bad.peer.invited()
      const localPort = await freePort()
      const { id: carrierId } = await place.operator('POST', '/carriers', {
        name: 'second',
        kind: 'sip-trunk',
        detail: { gateways: `127.0.0.1:${localPort}`, inbound: 'none', optionsSeconds: 0, username: 'us' },
        secret: 'a-password',
      })
      await place.operator('POST', '/routes', { carrierId, prefix, kind: 'voice', rank: 2 })
      await until(
        () => place.operator('GET', `/carriers/${carrierId}`),
        ({ trunk }) => trunk?.state === 'up',
      )
      const sipp = runSipp({
        localPort,
        scenario: [
          receive('INVITE'),
          answer('407 Proxy Authentication Required', ['Proxy-Authenticate: Digest realm="far", nonce="n1", algorithm=MD5']),
          receive('ACK'),
          receive('INVITE'),
          answer('180 Ringing'),
          answer('200 OK', [], true),
          receive('ACK'),
          receive('BYE'),
          answerWithin('200 OK'),
        ],
      })
      await isThere(localPort)
      const { id } = await place.api('POST', '/calls', { from: own, to: `${prefix}0001`, url: `${place.url}/short` })
      ;(await invited).refuse(503, 'Service Unavailable')
      const { code, trouble } = await sipp
      assert.equal(code, 0, trouble)
      await place.ended({ to: `${prefix}0001` })
      // What is kept goes to the disk a moment later.
      const { items, legs } = await until(
        () => timeline(place, id),
        ({ items: all }) =>
          all.some(({ kind }) => kind === '200 BYE') &&
          all.some(({ what, data }) => what === 'webhook' && data.attempt) &&
          all.some(({ what, kind, data }) => what === 'webhook' && kind === 'call.ended' && data.state === 'delivered'),
      )
      assert.ok(items.every(({ callId }) => callId === id))
      const order = [
        placeOf(items, 'request', 'out'),
        placeOf(items, 'step', 'route.taken', ({ route }) => route === 1),
        placeOf(items, 'wire', 'INVITE', ({ direction }) => direction === 'out'),
        placeOf(items, 'wire', '503 INVITE', ({ direction }) => direction === 'in'),
        placeOf(items, 'step', 'route.failed', ({ cause }) => /503/.test(cause)),
        placeOf(items, 'step', 'route.taken', ({ route }) => route === 2),
        placeOf(items, 'step', 'gateway.taken', ({ gateway }) => gateway.includes(`${localPort}`)),
        placeOf(items, 'wire', '407 INVITE'),
        placeOf(items, 'wire', 'INVITE', ({ text }) => /Proxy-Authorization/.test(text)),
        placeOf(items, 'wire', '180 INVITE'),
        placeOf(items, 'wire', '200 INVITE'),
        placeOf(items, 'page', 'POST', ({ status }) => status === 200),
        placeOf(items, 'wire', 'BYE'),
        placeOf(items, 'wire', '200 BYE'),
      ]
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      )
      // Both answers may come in the same millisecond.
      assert.ok(placeOf(items, 'wire', '180 INVITE') < placeOf(items, 'happening', 'ringing'), 'it rings when that is heard')
      const attempted = placeOf(items, 'webhook', 'call.ended', ({ attempt }) => attempt === 1)
      const delivered = placeOf(items, 'webhook', 'call.ended', ({ state }) => state === 'delivered')
      assert.ok(attempted < delivered, 'delivered is what came of the attempt')
      const paused = items[placeOf(items, 'verb', 'pause')]!
      assert.deepEqual([paused.data.how, paused.data.line, paused.data.element], ['finished', 1, 'Pause'])
      assert.ok(paused.data.tookMs >= 1000)
      const authorized = items[order[8]!]!.data.text as string
      assert.match(authorized, /Proxy-Authorization: Digest username="us", realm="far".*, \*\*\*/)
      assert.doesNotMatch(JSON.stringify(items), /response=\\"/)
      assert.equal(legs.length, 1)
      assert.deepEqual([legs[0].reason.slug, legs[0].reason.fault, legs[0].endedBy], ['markup.ended', 'none', 'application'])
      assert.equal(legs[0].media.sent.packets >= 0, true)
    })

    test('both legs of a session in one, and a stranger sees nothing', async () => {
      const to = await place.route('+1212557')
      place.pages.set('/dial', rcml('<Dial>+12125570001</Dial>'))
      const number = await place.number('/dial')
      const { peer, server } = await place.party()
      const invited = to.peer.invited()
      const caller = await peer.call({ server, from: '+13105557001', to: number })
      const called = await invited
      called.refuse(486, 'Busy Here')
      const { record } = await place.ended({ to: '+12125570001' })
      assert.equal(methodOf(await caller.ended()), 'BYE')
      const { record: first } = await place.ended({ to: number })
      const { items, legs } = await until(
        () => timeline(place, first.id, '?session=true'),
        ({ items: all }) => all.some(({ kind }) => kind === '486 INVITE') && all.some(({ kind }) => kind === '200 BYE'),
      )
      assert.deepEqual(
        legs.map(({ id, direction, state, reason }) => [id, direction, state, reason.slug, reason.fault]),
        [
          [first.id, 'in', first.state, first.reason.slug, first.reason.fault],
          [record.id, 'out', 'busy', 'call.busy', 'recipient'],
        ],
      )
      const tried = items[placeOf(items, 'verb', 'dial.tried')]!
      assert.deepEqual(
        [tried.callId, tried.data.to, tried.data.callId, tried.data.state, tried.data.reason.slug],
        [first.id, '+12125570001', record.id, 'busy', 'call.busy'],
      )
      const dialled = items[placeOf(items, 'verb', 'dial')]!
      assert.deepEqual([dialled.data.how, dialled.data.reason.slug], ['failed', 'call.busy'])
      const busy = items[placeOf(items, 'wire', '486 INVITE')]!
      assert.equal(busy.callId, record.id)
      // The caller's INVITE came before anybody knew whose call it was.
      const asked = items.find(({ what, kind }) => what === 'wire' && kind === 'INVITE')
      assert.deepEqual([asked!.callId, asked!.data.direction], [first.id, 'in'])
      const metrics = await (await fetch(`${place.program.url}/metrics`)).text()
      assert.match(metrics, /^offhook_calls 0$/m)
      assert.match(metrics, /^offhook_calls_started_total\{direction="in"\} 1$/m)
      assert.match(metrics, /^offhook_calls_ended_total\{direction="out",class="[A-Z_]+"\} 1$/m)
      assert.match(metrics, /^offhook_call_post_dial_delay_seconds_count 1$/m)
      assert.match(metrics, /^offhook_trunk_up\{trunk="second"\} 1$/m)
      assert.match(metrics, /^offhook_media_worker_up\{worker="0"\} 1$/m)
      assert.match(metrics, /^offhook_phones_registered 0$/m)
      const alone = await timeline(place, first.id)
      assert.ok(alone.items.length > 0 && alone.items.every(({ callId }) => callId === first.id))
      await assert.rejects(
        timeline(
          place,
          record.id.replace(/.$/, (last: string) => (last === '0' ? '1' : '0')),
        ),
        /404|400/,
      )
    })
  })
}
