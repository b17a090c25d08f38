// The command that checks scripts, as its lines are read by people and editors.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '#config/config.ts'
import { lintCommand } from './lint-command.ts'

const usual = () => readConfig({})
const lint = (text: string, ...args: string[]) => lintCommand(['call.xml', ...args], async () => text, usual)

test('a good script is good', async () => {
  assert.deepEqual(await lint('<Response><Say>a</Say></Response>'), { lines: ['call.xml: good'], exitCode: 0 })
})

test('faults and warnings in the order of their lines, each with its column and what would have been good', async () => {
  const { lines, exitCode } = await lint('<Response>\n  <Say lop="2">a</Say>\n  <Gather><Dial>1</Dial></Gather>\n</Response>')
  assert.equal(exitCode, 1)
  assert.deepEqual(lines, [
    'call.xml:2:3: warning 2001 markup.schema_invalid: <Say> attribute lop: lop is no attribute of Say; expected is loop',
    'call.xml:3:11: fault 2001 markup.schema_invalid: <Dial>: Dial may not stand in Gather; expected is Say, Play, Pause',
  ])
})

test('what a call would refuse is found by the checks that a call has', async () => {
  const values: readonly [string, RegExp][] = [
    ['<Dial><Number>abc</Number></Dial>', /:1:17: fault 400 destination\.invalid: <Number>: .*abc.*expected is a number with/],
    ['<Dial>abc</Dial>', /:1:11: fault 400 destination\.invalid: <Dial>: /],
    ['<Dial><Sip>a b@c</Sip></Dial>', /fault 400 destination\.invalid: <Sip>: /],
    ['<Say language="xx">a</Say>', /:1:11: fault 2303 tts\.language_invalid: <Say> attribute language: .*xx.*expected is/],
    ['<Gather><Say language="xx">a</Say></Gather>', /:1:19: fault 2303 tts\.language_invalid: <Say> attribute language: /],
    ['<Say language="nobody.en">a</Say>', /fault 2302 tts\.provider_unknown: <Say> attribute language: .*nobody/],
    ['<Gather input="speech"/>', /warning \d+ speech\.no_provider: <Gather>: /],
    [
      '<Record finishOnKey="Z"/>',
      /warning 2001 markup\.schema_invalid: <Record> attribute finishOnKey: Z .*expected is up to 16 of/,
    ],
    ['<Record maxLength="0"/>', /warning 13613 .*maxLength: 0 .*expected is seconds from 1 /],
    ['<Gather numDigits="0"/>', /warning 13310 .*numDigits: 0 .*expected is a whole number from 1 /],
    ['<Gather finishOnKey="Q"/>', /warning 13310 .*finishOnKey: Q /],
    ['<Dial timeLimit="0">+442071838750</Dial>', /warning 13214 .*timeLimit: 0 /],
    ['<Dial><Number sendDigits="Z">+442071838750</Number></Dial>', /:1:17: warning 2001 .*<Number> attribute sendDigits: Z /],
    ['<Play>htp://a/b.wav</Play>', /fault 2502 play\.url_invalid: <Play>: htp:.*expected is an http or https URL/],
    ['<Play/>', /fault 2501 play\.url_invalid: <Play>: a URL is empty; expected is an http or https URL/],
    ['<Redirect>mailto:a</Redirect>', /fault 11100 .*expected is an http or https URL/],
    ['<Say/>', /warning 2001 .*<Say>: it says nothing/],
    ['', /:1:1: warning: <Response>: nothing is done/],
  ]
  for (const [inner, expected] of values) assert.match((await lint(`<Response>${inner}</Response>`)).lines[0]!, expected, inner)
  assert.deepEqual(await lint(''), {
    lines: ['call.xml:1:1: fault 2000 markup.error: there is nothing in it'],
    exitCode: 1,
  })
  assert.equal((await lint('<Response><Pause length="x"/></Response>')).lines.at(-1), 'call.xml: good, 1 warning')
})

test('its options are its own: none is read as a file', async () => {
  const never = () => assert.fail('a file was read')
  assert.equal((await lintCommand(['--help'], never)).exitCode, 0)
  assert.match((await lintCommand(['--help'], never)).lines[0]!, /^offhook lint <file>/)
  assert.equal((await lintCommand(['--strict'], never)).exitCode, 2)
  assert.equal((await lintCommand(['a.xml', '--face'], never)).exitCode, 2)
})

test('what it cannot do is said', async () => {
  assert.equal((await lintCommand([])).exitCode, 2)
  assert.equal((await lint('{"actions": []}')).exitCode, 2)
  assert.equal((await lint('<Response/>', '--face', 'nobody')).exitCode, 2)
  assert.equal((await lintCommand(['no/such/file.xml'])).exitCode, 2)
})
