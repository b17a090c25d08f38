import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, ask, newContact } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '204',
  title: 'Delete a contact',
  async run(world) {
    const { id } = await newContact(world)
    const answer = await ask(world, 'DELETE', `~/contacts/${id}`)
    accepted(answer, 204)
    assert.equal(answer.text, '')
    assert.equal((await ask(world, 'GET', `~/contacts/${id}`)).status, 404)
    world.keep(answer)
  },
}
