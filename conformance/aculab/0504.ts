import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { ago } from './report.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0504',
  title: 'Start a report from a day without a time',
  async run(world) {
    const answer = await ask(world, 'GET', `/report_start?report=err&from=2013-05-01&to=${ago(1)}`)
    refused(answer, { code: '0504', status: 400, reason: 'report.datetime_malformed', text: /from|time/, url: '/report_start' })
  },
}
