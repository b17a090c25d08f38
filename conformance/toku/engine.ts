// What the scenarios about routes, charging and calls share: a carrier's trunk that the operator adds, rates, and a call that a switch
// elsewhere walks through the vendor's steps.

import assert from 'node:assert/strict'
import type { World } from '../scenario.ts'
import type { PeerCall } from '../sip-call.ts'
import type { SipPeer } from '../sip-peer.ts'
import { until } from '../until.ts'
import { accepted, acquire, ask, refused } from './client.ts'

export interface Trunk {
  readonly carrierId: string
  readonly routeId: string
  /** The carrier's own side. */
  readonly peer: SipPeer
}

/** Numbers of the account's own country that nobody has; each scenario has a block of its own. */
export const called = (code: string, line = '01'): string => `1212${(code.replace('-', '') + '555').slice(0, 5)}${line}`

export async function addRoute(world: World, carrierId: string, prefix: string, more: object = {}): Promise<string> {
  const route = await world.operatorApi('POST', '/routes', { carrierId, prefix: `+${prefix}`, kind: 'voice', ...more })
  assert.equal(route.status, 201, route.text)
  return route.json.id
}

export async function addCarrier(world: World, detail: object, more: object = {}): Promise<string> {
  const name = `trunk-${Math.random().toString(36).slice(2, 8)}`
  const made = await world.operatorApi('POST', '/carriers', { name, kind: 'sip-trunk', detail, secret: 'secret', ...more })
  assert.equal(made.status, 201, made.text)
  return made.json.id
}

export async function trunkIs(world: World, carrierId: string, state: 'up' | 'down'): Promise<void> {
  await until(
    () => world.operatorApi('GET', `/carriers/${carrierId}`),
    ({ json }) => json.trunk?.state === state,
    `the trunk as ${state}`,
  )
}

/** A carrier, the trunk to it, and the route to numbers that begin so. */
export async function addTrunk(world: World, prefix: string, detail: object = {}): Promise<Trunk> {
  const peer = await world.phone()
  const carrierId = await addCarrier(world, {
    gateways: `127.0.0.1:${peer.port}`,
    optionsSeconds: 0,
    ...detail,
  })
  await trunkIs(world, carrierId, 'up')
  return { carrierId, peer, routeId: await addRoute(world, carrierId, prefix) }
}

/** The operator has the sandbox account pay by a deck with these lines. */
export async function payBy(world: World, csv: string): Promise<string> {
  const deckId = await makeDeck(world, csv)
  const { accountId } = (await world.api('GET', '/whoami')).json
  const done = await world.operatorApi('PUT', `/accounts/${accountId}/rate-deck`, { deckId })
  assert.equal(done.status, 200, done.text)
  return deckId
}

export async function makeDeck(world: World, csv: string): Promise<string> {
  const name = `deck-${Math.random().toString(36).slice(2, 8)}`
  const made = await world.operatorApi('POST', '/rate-decks', { name, currency: 'USD', csv })
  assert.equal(made.status, 201, made.text)
  return made.json.id
}

export async function payCarrierBy(world: World, carrierId: string, csv: string): Promise<void> {
  const done = await world.operatorApi('PUT', `/carriers/${carrierId}/rate-deck`, { deckId: await makeDeck(world, csv) })
  assert.equal(done.status, 200, done.text)
}

/** A number of the stock that the sandbox account has, acquired once. */
export async function ownNumber(world: World, number = '6531580001'): Promise<string> {
  const found = await ask(world, 'GET', `/number/v1/numbers/${number}`)
  if (found.status !== 200 || found.json.owner === undefined) await acquire(world, number)
  return number
}

export interface Session {
  readonly id: string
  readonly path: string
  readonly routes: readonly { readonly route_id: string }[]
}

/** A call that was set up over the only route to its number. */
export async function setUp(world: World, called_party: string, more: object = {}): Promise<Session> {
  const calling_party = await ownNumber(world)
  const made = accepted(await ask(world, 'POST', '/call/v1/sessions', { calling_party, called_party, ...more }))
  assert.equal(made.call_status, 'SETUP')
  return { id: made.session_id, path: `/call/v1/sessions/${made.session_id}`, routes: made.routes }
}

/** The first of the routes that were offered is taken. */
export async function confirmed(world: World, called_party: string, more: object = {}): Promise<Session> {
  const session = await setUp(world, called_party, more)
  const { route_id } = session.routes[0]!
  const confirmed = accepted(await ask(world, 'POST', `${session.path}/route`, { route_id }))
  assert.deepEqual([confirmed.call_status, confirmed.route_id], ['ROUTE', route_id])
  return session
}

export async function step(
  world: World,
  { path }: Session,
  deed: 'alert' | 'connect' | 'disconnect',
  body: object = {},
): Promise<any> {
  return accepted(await ask(world, 'POST', `${path}/${deed}`, body))
}

/** A number of the stock that serves this, acquired for it. */
export async function serving(world: World, number: string, service_id: string, more: object = {}): Promise<string> {
  const path = await acquire(world, number)
  accepted(await ask(world, 'POST', `${path}/services`, { service_id, ...more }))
  return number
}

/** A number whose calls are led by a call handle that nobody has asked yet. */
export const programmed = (world: World, number: string, callback_url = 'https://example.com/handle'): Promise<string> =>
  serving(world, number, 'PROGRAMMABLE_CALL', { callback_url })

interface RecordedCall {
  /** As the called party has it. */
  readonly call: PeerCall
  readonly sessionId: string
  /** What is recorded of it, once it is in that state. */
  recorded(state: 'recording' | 'ready'): Promise<{ record_id: string }>
  hangUp(): Promise<void>
}

/** A call that was answered and is recorded, until it is hung up. */
export async function recordedCall(world: World, number: string, code: string): Promise<RecordedCall> {
  await programmed(world, number)
  const { peer } = await addTrunk(world, called(code, ''))
  const invited = peer.invited()
  const commands = [{ function: 'StartRecording', duration: 60 }]
  const wish = { number, called_party: called(code), commands }
  const { session_id } = accepted(await ask(world, 'POST', '/call/v1/calls', wish))
  const call = await invited
  call.ring()
  await call.answer()
  const quiet = call.tone(440)
  return {
    call,
    sessionId: session_id,
    async recorded(state) {
      return await until(
        async () => accepted(await ask(world, 'GET', `/record/v1/recordings?session_id=${session_id}`)).recordings[0],
        (recording) => recording?.state === state,
        `the recording as ${state}`,
      )
    },
    async hangUp() {
      // Something has to be said first: what has no sound is no recording.
      await until(
        () => call.said,
        (packets) => packets >= 50,
        'a second of sound',
      )
      quiet()
      accepted(await ask(world, 'DELETE', `/call/v1/calls/${session_id}`))
    },
  }
}

/** Sets a call up to where a trunk goes, with nothing in the deck that prices it, and is told so by that code. */
export async function setUpUnpriced(world: World, code: string, deck: string): Promise<void> {
  const calling_party = await ownNumber(world)
  await addTrunk(world, called(code, ''))
  await payBy(world, deck)
  const answer = await ask(world, 'POST', '/call/v1/sessions', { calling_party, called_party: called(code) })
  refused(answer, {
    status: 422,
    reason: 'rating.no_rate',
    body: { result: Number(code), result_desc: 'no charge rate found' },
  })
}
