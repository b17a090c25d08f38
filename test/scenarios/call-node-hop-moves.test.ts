// Phones that move between two programs on one PostgreSQL, and what becomes of calls when one of the programs stops: a phone is rung where it
// has registered last, whatever becomes of where it was before.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { SipPeer } from '../../conformance/sip-peer.ts'
import { methodOf, reasonsOf, statusOf } from '../../conformance/sip-text.ts'
import { openHopPair, password } from '../hop-pair.ts'
import { rcml } from '../call-place.ts'
import { until } from '../until.ts'

const pair = await openHopPair({ here: { OFFHOOK_SHUTDOWN_MS: '300' }, there: { OFFHOOK_SHUTDOWN_MS: '60000' } })
const { place, farSip, client, talking, ring } = pair
place.pages.set('/wait', rcml('<Gather timeout="60"/>'))
const limit = { timeout: 60_000 }
const peers: SipPeer[] = []
after(() => peers.forEach((peer) => peer.close()))

/** A phone that keeps its name over all its connections, as those of browsers do. */
interface Mover {
  readonly login: string
  /** Over a new connection. */
  register(at: typeof farSip): Promise<SipPeer>
}

async function mover(): Promise<Mover> {
  const login = await client()
  const contact = `sip:${login}@phone.invalid;transport=tcp`
  return {
    login,
    async register(server) {
      const peer = await SipPeer.connected(server, contact)
      peers.push(peer)
      assert.equal(statusOf(await peer.register({ server, login, password })), 200)
      return peer
    },
  }
}

const owner = await client()

/** Rings it from both programs; each call is answered at `peer` and ended. */
async function isRungAt(login: string, peer: SipPeer): Promise<void> {
  const call = await ring({ login, peer })
  await call.called.answer()
  assert.equal(statusOf(await call.called.hangUp()), 200)
  assert.equal(methodOf(await call.caller.ended()), 'BYE')
  const invited = peer.invited()
  const asked = await pair.there('POST', '/calls', { from: `client:${owner}`, to: `client:${login}`, url: `${place.url}/wait` })
  assert.equal(asked.status, 201, JSON.stringify(asked.answer))
  const called = await invited
  await called.answer()
  assert.equal(statusOf(await called.hangUp()), 200)
}

test('a phone that registers anew at another node while a call is up is rung there, and keeps the call', limit, async () => {
  const { login, register } = await mover()
  const before = await register(farSip)
  const { called, caller } = await ring({ login, peer: before })
  await called.answer()
  const now = await register(place.sip)
  await isRungAt(login, now)
  // The call goes on where it is, both ways, until its connection ends.
  assert.equal(statusOf(await called.request('INFO')), 200)
  assert.equal(statusOf(await caller.final()), 200)
  before.close()
  assert.equal(methodOf(await caller.ended()), 'BYE')
  await isRungAt(login, now)
  // And back.
  const back = await register(farSip)
  now.close()
  await isRungAt(login, back)
})

test('a phone that registers anew at another node while it rings may answer where it rings', limit, async () => {
  const { login, register } = await mover()
  const before = await register(farSip)
  const { called, caller } = await ring({ login, peer: before })
  const now = await register(place.sip)
  await called.answer()
  assert.equal(statusOf(await caller.hangUp()), 200)
  assert.equal(methodOf(await called.ended()), 'BYE')
  before.close()
  await isRungAt(login, now)
})

test('however often phones come and go at both nodes, they are rung where they are', limit, async () => {
  const movers = await Promise.all(Array.from({ length: 6 }, mover))
  const last = await Promise.all(
    movers.map(async ({ login, register }, index) => {
      let peer = await register(farSip)
      for (let turn = 0; turn < 4; turn += 1) {
        const next = await register((turn + index) % 2 === 0 ? place.sip : farSip)
        if (turn % 2 === 0) await peer.register({ server: farSip, login, password, expires: 0 }).catch(() => {})
        if (turn % 2 === 0) await next.register({ server: farSip, login, password })
        peer.close()
        peer = next
      }
      return peer
    }),
  )
  for (const [index, { login }] of movers.entries()) await isRungAt(login, last[index]!)
})

test('who calls in at another node than a conference is on is told so; who is called from there joins', limit, async () => {
  place.pages.set('/room', rcml('<Dial><Conference>r</Conference></Dial>'))
  const { party } = await pair.callUp('/room')
  const { login, register } = await mover()
  const peer = await register(farSip)
  const credentials = { username: login, password }
  const number = await place.number('/room')
  const dialled = await peer.call({ server: farSip, from: `sip:${login}@127.0.0.1`, to: number, credentials })
  assert.equal(statusOf(await dialled.final()), 200)
  // The script goes on behind it, here to its end; why is in the timeline.
  assert.equal(methodOf(await dialled.ended()), 'BYE')
  const { record } = await place.ended({ to: number })
  const { items } = await place.api('GET', `/calls/${record.id}/timeline`)
  assert.match(JSON.stringify(items), /conference\.on_other_node/)
  const invited = peer.invited()
  await place.api('POST', '/calls', { from: `client:${owner}`, to: `client:${login}`, url: `${place.url}/room` })
  const called = await invited
  await called.answer()
  const quiet = [called.tone(440), party.tone(620)]
  await until(() => called.heard > 20 && party.heard > 20)
  for (const stop of quiet) stop()
  assert.equal(statusOf(await called.hangUp()), 200)
  assert.equal(statusOf(await party.hangUp()), 200)
})

test('who stops hangs up at the phones of other nodes', limit, async () => {
  const { login, called } = await talking()
  const restarted = place.restart('SIGTERM')
  const bye = await called.ended()
  assert.equal(methodOf(bye), 'BYE')
  assert.match(reasonsOf(bye)['Q.850']!.text, /stop/)
  assert.equal(await restarted, 0)
  assert.equal((await place.ended({ to: login })).reason, 'call.platform_stopped')
})

test('a node that is stopped waits for the calls that go over it, and its phones are nowhere then', limit, async () => {
  const up = [await talking('connection'), await talking('packets')]
  const { node } = await pair.second.line('node reachable')
  pair.second.child.kill('SIGTERM')
  for (const { login, called, caller } of up) {
    assert.equal(statusOf(await called.request('INFO')), 200)
    assert.equal(statusOf(await called.hangUp()), 200)
    assert.equal(methodOf(await caller.ended()), 'BYE')
    assert.equal((await place.ended({ to: login })).reason, 'call.completed')
  }
  assert.equal(await pair.second.ended, 0)
  const { items } = await place.api('GET', '/registrations?limit=100')
  assert.deepEqual(
    items.filter((one: any) => one.node === node && one.transport !== 'udp'),
    [],
  )
})
