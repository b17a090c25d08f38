import type { Scenario } from '../scenario.ts'
import { heldWhileUp } from './on-hold.ts'
import { loggedAs } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2019',
  title: 'Have an account put on hold while its call is up',
  server: {},
  async run(world) {
    const { row, number } = await heldWhileUp(world, '2019')
    loggedAs(row, { text: /hold/, ddi: number })
  },
}
