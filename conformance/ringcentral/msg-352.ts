import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, handset, ok, picture, sendMms } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-352',
  title: 'Read a picture whose bytes were lost from the store.',
  server: {},
  async run(world) {
    const session = await asOwner(world)
    const { attachments } = ok(await sendMms(world, session, handset, [picture(1000)]))
    await world.operator.sql('delete from media_contents')
    const { uri } = attachments.find((one: any) => one.type === 'MmsAttachment')
    const headers = { authorization: `Bearer ${session.access_token}` }
    isApiFault(await world.ask({ method: 'GET', path: uri, headers }), {
      status: 500,
      code: 'MSG-352',
      reason: 'message.content_null',
      message: 'Message content is null',
    })
  },
}
