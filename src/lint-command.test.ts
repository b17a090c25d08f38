// The command that checks scripts, as its lines are read by people and editors.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lintCommand } from './lint-command.ts'

const lint = (text: string, ...args: string[]) => lintCommand(['call.xml', ...args], async () => text)

test('a good script is good', async () => {
  assert.deepEqual(await lint('<Response><Say>a</Say></Response>'), { lines: ['call.xml: good'], exitCode: 0 })
})

test('faults and warnings in the order of their lines, each with its column and what would have been good', async () => {
  const { lines, exitCode } = await lint('<Response>\n  <Say lop="2">a</Say>\n  <Gather><Dial>1</Dial></Gather>\n</Response>')
  assert.equal(exitCode, 1)
  assert.deepEqual(lines, [
    'call.xml:2:3: warning: <Say> attribute lop: lop is no attribute of Say; expected is loop',
    'call.xml:3:11: fault 2001: <Dial>: Dial may not stand in Gather; expected is Say, Play, Pause',
  ])
})

test('what it cannot do is said', async () => {
  assert.equal((await lintCommand([])).exitCode, 2)
  assert.equal((await lint('{"actions": []}')).exitCode, 2)
  assert.equal((await lint('<Response/>', '--face', 'nobody')).exitCode, 2)
  assert.equal((await lintCommand(['no/such/file.xml'])).exitCode, 2)
})
