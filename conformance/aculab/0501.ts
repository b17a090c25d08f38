import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { ago } from './report.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0501',
  title: 'Start a report as a file of another type',
  async run(world) {
    const answer = await ask(world, 'GET', `/report_start?report=err&filetype=pdf&from=${ago(2)}&to=${ago(1)}`)
    refused(answer, {
      code: '0501',
      status: 400,
      reason: 'report.file_type_unsupported',
      text: /csv|file type/i,
      url: '/report_start',
    })
  },
}
