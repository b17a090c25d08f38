import type { Scenario } from '../scenario.ts'
import { get, isApiFault } from './client.ts'
import { asOwner, colleague, ok } from './messages.ts'

const sync = '/account/~/extension/~/message-sync'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-333',
  title: 'Go on with the synchronisation of another extension.',
  async run(world) {
    const { syncInfo } = ok(await get(world, await asOwner(world), `${sync}?syncType=FSync`))
    const answer = await get(world, await colleague(world), `${sync}?syncType=ISync&syncToken=${syncInfo.syncToken}`)
    isApiFault(answer, {
      status: 400,
      code: 'MSG-333',
      reason: 'message.full_sync_required',
      message: 'Invalid message synchronisation request: full synchronization is required',
      extra: { parameterName: 'syncToken' },
    })
  },
}
