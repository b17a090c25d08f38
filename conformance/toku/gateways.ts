// Gateways for the scenarios about sending: a carrier that the operator adds, and the SMSC behind it, a program that misbehaves.

import assert from 'node:assert/strict'
import { startSmsc, type BehaviourChange, type Smsc } from '../../test/fakes/smsc.ts'
import type { World } from '../scenario.ts'
import { until } from '../until.ts'

export const recipient = '447700900123'

/** No message goes anywhere any more. */
export async function removeRoutes(world: World): Promise<void> {
  const { items } = (await world.operatorApi('GET', '/routes')).json
  for (const { id } of items) assert.equal((await world.operatorApi('DELETE', `/routes/${id}`)).status, 200)
}

/** Adds a carrier with these settings and the one route, over it; resolves when it is in that state. */
export async function addGateway(world: World, port: number, state: 'up' | 'down', more: object = {}): Promise<void> {
  const detail = { host: '127.0.0.1', port, systemId: 'offhook', ...more }
  const made = await world.operatorApi('POST', '/carriers', { name: 'gateway', kind: 'smpp', detail, secret: 'secret' })
  assert.equal(made.status, 201, made.text)
  const { id } = made.json
  await removeRoutes(world)
  const route = await world.operatorApi('POST', '/routes', { carrierId: id })
  assert.equal(route.status, 201, route.text)
  await until(
    () => world.operatorApi('GET', `/carriers/${id}`),
    ({ json }) => json.status?.state === state,
    `the carrier as ${state}`,
  )
}

/** An SMSC that behaves so while something is done. */
export async function withSmsc(
  world: World,
  behaviour: BehaviourChange,
  act: (smsc: Smsc) => Promise<void>,
  more: object = {},
): Promise<void> {
  const smsc = await startSmsc({ behaviour })
  try {
    await addGateway(world, smsc.port, 'up', more)
    await act(smsc)
  } finally {
    await smsc.stop()
  }
}
