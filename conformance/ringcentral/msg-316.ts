import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, department, page } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-316',
  title: 'Page a department in which nobody is.',
  async run(world) {
    const owner = await asOwner(world)
    const { extensionNumber } = await department(world, owner)
    isApiFault(await page(world, owner, { to: [{ extensionNumber }], text: 'hello' }), {
      status: 400,
      code: 'MSG-316',
      reason: 'message.department_empty',
      message: 'No department members found.',
      extra: { parameterName: 'to', parameterValue: extensionNumber },
    })
  },
}
