import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, ask, newContact } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '201',
  title: 'Create a contact',
  async run(world) {
    const { answer, id, msisdn } = await newContact(world, {
      firstName: 'Ann',
      country: 'SG',
      customAttributes: { team: 'blue' },
    })
    const { createdAt, ...contact } = answer.json
    assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\dZ$/)
    assert.deepEqual(contact, {
      id,
      firstName: 'Ann',
      country: 'SG',
      groups: [],
      addresses: { msisdn },
      customAttributes: { team: 'blue' },
    })
    const location = new URL(answer.headers.get('location') ?? '')
    const read = await ask(world, 'GET', location.pathname.replace('/8x8', ''))
    assert.deepEqual(accepted(read, 200), answer.json)
    world.keep(answer)
  },
}
