import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { ago } from './report.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0508',
  title: 'Start a report of more than six months ago',
  async run(world) {
    const answer = await ask(world, 'GET', `/report_start?report=err&from=${ago(250)}&to=${ago(230)}`)
    refused(answer, { code: '0508', status: 400, reason: 'report.start_too_old', text: /month/, url: '/report_start' })
  },
}
