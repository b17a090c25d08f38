import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, makePerson } from './client.ts'
import { page } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-331',
  title: "Send a page under a colleague's extension number.",
  async run(world) {
    const session = await logIn(world, await makeApp(world), await makePerson(world))
    const { extension, extensionId } = world.credentials.ringcentral
    const fields = { from: { extensionNumber: extension }, to: [{ extensionId }], text: 'hello' }
    isApiFault(await page(world, session, fields), {
      status: 400,
      code: 'MSG-331',
      reason: 'message.sender_extension_mismatch',
      message: 'Sender extension number does not correspond to logged in extension',
      extra: { parameterName: 'from', parameterValue: extension },
    })
  },
}
