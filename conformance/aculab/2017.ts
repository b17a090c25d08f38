import type { Scenario } from '../scenario.ts'
import { heldWhileUp } from './on-hold.ts'
import { loggedAs } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2017',
  title: 'Have an account put on hold while its application runs',
  server: {},
  async run(world) {
    const { row, number } = await heldWhileUp(world, '2017')
    loggedAs(row, { text: /hold/, ddi: number })
  },
}
