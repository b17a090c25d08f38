import type { Scenario } from '../scenario.ts'
import { ask, fileForm, refused } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '400',
  title: 'Hand in a form that breaks off in the middle',
  async run(world) {
    const answer = await ask(
      world,
      'POST',
      '~/contacts/batches/createContacts',
      fileForm('people.csv', 'msisdn\r\n6591230801', ''),
    )
    refused(answer, { status: 400, code: 400, reason: 'request.unparsable', text: /./ })
  },
}
