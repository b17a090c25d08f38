import type { Scenario } from '../scenario.ts'
import { accepted, ask, newContact, refused } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '500',
  title: 'Read a contact whose row in the database is damaged',
  server: {},
  async run(world) {
    const { id } = await newContact(world, { externalId: 'damaged' })
    const { id: whole } = await newContact(world)
    await world.operator.sql(`update contacts set addresses = '{"phone":' where external_id = 'damaged'`)
    const answer = await ask(world, 'GET', `~/contacts/${id}`)
    refused(answer, { status: 500, code: 2000, reason: 'platform.internal_error', text: /./ })
    accepted(await ask(world, 'GET', `~/contacts/${whole}`), 200)
    world.keep(answer)
  },
}
