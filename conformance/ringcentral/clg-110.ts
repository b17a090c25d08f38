import type { Scenario } from '../scenario.ts'
import { log } from './call-log.ts'
import { get, isApiFault } from './client.ts'
import { asOwner } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CLG-110',
  title: 'List the calls of one session, and of one extension at the same time.',
  async run(world) {
    const answer = await get(world, await asOwner(world), `${log}?sessionId=12345&extensionNumber=101`)
    isApiFault(answer, {
      status: 400,
      code: 'CLG-110',
      reason: 'request.parameters_exclusive',
      message: 'Parameter [sessionId] is not allowed for usage along with parameter [extensionNumber]',
      extra: { parameterName: 'extensionNumber' },
    })
  },
}
