import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { ago } from './report.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0506',
  title: 'Start a report of more than two months',
  async run(world) {
    const answer = await ask(world, 'GET', `/report_start?report=err&from=${ago(70)}&to=${ago(1)}`)
    refused(answer, { code: '0506', status: 400, reason: 'report.range_too_long', text: /month/, url: '/report_start' })
  },
}
