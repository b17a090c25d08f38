import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { ago } from './report.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0505',
  title: 'Start a report that ends before it begins',
  async run(world) {
    const answer = await ask(world, 'GET', `/report_start?report=err&from=${ago(1)}&to=${ago(2)}`)
    refused(answer, { code: '0505', status: 400, reason: 'report.range_reversed', text: /./, url: '/report_start' })
  },
}
