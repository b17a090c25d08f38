import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'
import { ask, refused, saysWhen } from './client.ts'
import { option, withMeeting } from './conference.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0026',
  title: 'Mute a participant and take it back at once',
  run: (world) =>
    withMeeting(world, 'hasty', 2, {}, async (meeting) => {
      const [first] = meeting.participants
      const muted = await option(world, meeting, first!, '&mute=true')
      assert.equal(muted.status, 200, muted.text)
      await until(
        () => ask(world, 'GET', `/conference_participant_list?conference_name=${meeting.name}`),
        ({ json }) => json.find((one: any) => one.participant_id === first).mute === true,
        'it is listed as muted',
      )
      const answer = await option(world, meeting, first!, '&mute=false')
      const url = '/conference_participant_set_options'
      refused(answer, { code: '0026', status: 400, reason: 'rate.conference_changes', text: /60000|60 s|minute/, url })
      saysWhen(answer)
    }),
}
