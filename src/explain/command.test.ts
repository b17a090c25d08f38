import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainCommand } from './command.ts'

test('a code of one vendor is told in plain text', () => {
  const { exitCode, text } = explainCommand(['0701'])
  assert.equal(exitCode, 0)
  assert.match(text, /^Aculab Cloud 0701: /)
  assert.match(text, /message\.recipient_opted_out/)
  assert.match(text, /Who must act +the recipient/)
  assert.ok(text.split('\n').every((line) => line.length <= 90))
})

test('every form named in the usage is found', () => {
  for (const asked of [
    '0701',
    'aculab/0701',
    'message.recipient_opted_out',
    'toku/-1100',
    'MSG-245',
    '30007',
    '-1100',
    'q850/17',
    '0x58',
  ]) {
    assert.equal(explainCommand([asked]).exitCode, 0, asked)
  }
})

test('a code of several systems is answered for each', () => {
  const { matches } = JSON.parse(explainCommand(['404', '--json']).text)
  assert.deepEqual(
    matches.map((match: { system: string; reason: string }) => [match.system, match.reason]),
    [
      ['8x8', 'resource.not_found'],
      ['sip', 'call.destination_unknown'],
    ],
  )
})

test('what is not known gets the nearest and a non-zero exit', () => {
  const { exitCode, text } = explainCommand(['message.recipient_optd_out'])
  assert.equal(exitCode, 1)
  assert.match(text, /Near to it:\n {2}message\.recipient_opted_out\n/)
  assert.equal(JSON.parse(explainCommand(['701', '--json']).text).suggestions[0], 'aculab/0701')
  assert.equal(explainCommand(['aculab/9999']).exitCode, 1)
  assert.equal(explainCommand(['constructor']).exitCode, 1)
  assert.equal(explainCommand(['8x8/__proto__']).exitCode, 1)
})

test('wrong use says how it is used', () => {
  for (const args of [[], ['a', 'b'], ['--yaml'], ['']]) assert.equal(explainCommand(args).exitCode, 2)
  assert.equal(explainCommand(['--help']).exitCode, 0)
})

test('what stands in an answer or a record may be pasted as it is', () => {
  const asked: Readonly<Record<string, RegExp>> = {
    'http://127.0.0.1:8080/reasons/message.recipient_invalid': /^message\.recipient_invalid\n/,
    'https://phone.example.com/codes/aculab/0701?x=1#top': /^Aculab Cloud 0701: /,
    'receipt UNDELIV err:001': /^Receipt UNDELIV: /,
    'receipt REJECTD': /^Receipt REJECTD: /,
    'loopback ESME_RINVDSTADR': /^SMPP command_status 0x0000000b: ESME_RINVDSTADR/,
  }
  for (const [text, told] of Object.entries(asked)) assert.match(explainCommand([text]).text, told, text)
})

test('an error id is told where it is looked up', () => {
  const { exitCode, text } = explainCommand(['953843AF-0a99-473a-956a-05aba39ee752'])
  assert.equal(exitCode, 1)
  assert.match(text, /error id.*GET \/v1\/refusals\/953843AF-/)
  assert.doesNotMatch(text, /Near to it/)
})
