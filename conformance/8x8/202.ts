import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { Scenario } from '../scenario.ts'
import { accepted, ask, fileForm } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '202',
  title: 'Hand in a file of contacts, and find them there soon after',
  async run(world) {
    const file = 'msisdn,firstName,Team\r\n6591230801,"Ann ""A.""",blue\r\n12ab,Nobody,red\r\n'
    const answer = await ask(world, 'POST', '~/contacts/batches/createContacts', fileForm('people.csv', file))
    const { id, createdAt, ...job } = accepted(answer, 202)
    assert.match(id, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    assert.match(createdAt, /\.\d\dZ$/)
    assert.deepEqual(job, { type: 'createContacts', status: 'queued', fileName: 'people.csv', fileType: 'csv' })
    let status = 'queued'
    while (status === 'queued' || status === 'inProgress') {
      await setTimeout(50)
      status = accepted(await ask(world, 'GET', `~/batches/${id}`), 200).status
    }
    assert.equal(status, 'completed')
    const found = accepted(await ask(world, 'GET', '~/contacts?query=6591230801'), 200)
    assert.equal(found.totalFiltered, 1)
    assert.equal(found.items[0].firstName, 'Ann "A."')
    assert.deepEqual(found.items[0].customAttributes, { Team: 'blue' })
    world.keep(answer)
  },
}
