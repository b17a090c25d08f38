import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { ago } from './report.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0500',
  title: 'Start a report of a type that there is not',
  async run(world) {
    const answer = await ask(world, 'GET', `/report_start?report=xyz&from=${ago(2)}&to=${ago(1)}`)
    refused(answer, { code: '0500', status: 400, reason: 'report.type_unsupported', text: /adr|type/, url: '/report_start' })
  },
}
