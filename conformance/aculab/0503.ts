import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { ago } from './report.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0503',
  title: 'Start a full report as CSV',
  async run(world) {
    const answer = await ask(world, 'GET', `/report_start?report=err&full=true&from=${ago(2)}&to=${ago(1)}`)
    refused(answer, { code: '0503', status: 400, reason: 'report.full_requires_json', text: /json/i, url: '/report_start' })
  },
}
