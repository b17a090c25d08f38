import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { extensionIdOf, isApiFault, makeApp, makePerson } from './client.ts'
import { asOwner, page } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-324',
  title: 'Page a colleague whose extension is disabled.',
  async run(world) {
    const person = await makePerson(world)
    const extensionId = await extensionIdOf(world, await makeApp(world), person)
    const disabled = await world.api('PATCH', `/users/${person.id}`, { status: 'inactive' })
    assert.equal(disabled.status, 200, disabled.text)
    isApiFault(await page(world, await asOwner(world), { to: [{ extensionId }], text: 'hello' }), {
      status: 400,
      code: 'MSG-324',
      reason: 'message.recipient_extension_state',
      message: 'Recipient extension is in inappropriate state',
      extra: { parameterName: 'to' },
    })
  },
}
