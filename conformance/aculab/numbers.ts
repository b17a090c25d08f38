// What the scenarios about numbers share: addresses, rules of places, and accounts on trial.

import assert from 'node:assert/strict'
import type { World } from '../scenario.ts'

/** A regulation address of the sandbox account, which this vendor has registered on its console. */
export async function registerAddress(world: World, name: string, country: string, region: string): Promise<void> {
  const answer = await world.api('POST', '/addresses', {
    name,
    holder: 'A. Subscriber',
    country,
    region,
    street: '1 High Street',
  })
  assert.equal(answer.status, 201, answer.text)
}

/** What the operator rules of numbers of a place. */
export async function ruleNumbers(world: World, rule: object): Promise<void> {
  const answer = await world.operatorApi('PUT', '/number-rules', rule)
  assert.equal(answer.status, 200, answer.text)
}
