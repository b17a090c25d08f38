import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, ask, newContact } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '200',
  title: 'Add what is known of a contact to the one that has its number',
  async run(world) {
    const { id, msisdn } = await newContact(world, { firstName: 'Ann' })
    const answer = await ask(world, 'POST', '~/contacts', {
      body: { lastName: 'Lee', addresses: { msisdn: `+${msisdn}`, lineId: `line-${msisdn}` } },
    })
    const contact = accepted(answer, 200)
    assert.deepEqual([contact.id, contact.firstName, contact.lastName], [id, 'Ann', 'Lee'])
    assert.deepEqual(contact.addresses, { msisdn, lineId: `line-${msisdn}` })
    world.keep(answer)
  },
}
