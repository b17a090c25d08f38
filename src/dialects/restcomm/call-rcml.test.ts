// Documents of calls into verbs: every verb with and without its attributes, each fault with its place, and what hostile answers do.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCallRcml } from './call-verbs.ts'

const read = (inner: string, whole = `<Response>${inner}</Response>`) =>
  readCallRcml(whole, {
    url: 'https://app.example/rcml/voice?x=1',
    method: 'POST',
    country: 'US',
    call: { from: '+12125550102', to: '+12125550101', number: '+12125550101' },
  })

const withoutPlace = (one: object): unknown => Object.fromEntries(Object.entries(one).filter(([name]) => name !== 'at'))

async function verbs(inner: string): Promise<unknown[]> {
  const { verbs: found, faults, warnings } = await read(inner)
  assert.deepEqual([faults, warnings], [[], []], inner)
  return found.map(withoutPlace)
}

test('Say, Play, Pause, Hangup, Reject and Redirect', async () => {
  const said = await verbs(
    '<Say voice="woman" language="awspolly.ja-JP" loop="0"> hello &amp; you </Say><Say language="en-gb">a</Say>' +
      '<Play loop="2">/a.wav</Play><Pause length="2"/><Hangup/><Reject reason="busy"/><Redirect method="GET">next</Redirect>',
  )
  assert.deepEqual(said, [
    {
      verb: 'play',
      audio: [{ kind: 'say', text: 'hello & you', voice: 'female', provider: 'awspolly', language: 'ja-JP' }],
      times: 0,
    },
    { verb: 'play', audio: [{ kind: 'say', text: 'a', voice: 'male', language: 'en-GB' }], times: 1 },
    { verb: 'play', audio: [{ kind: 'url', url: 'https://app.example/a.wav' }], times: 2 },
    { verb: 'pause', ms: 2000 },
    { verb: 'hangUp' },
    { verb: 'reject', as: 'busy' },
    { verb: 'redirect', to: { url: 'https://app.example/rcml/next', method: 'GET' } },
  ])
})

test('Gather: digits, speech, prompts, and the current document without an action', async () => {
  const [digits, speech] = (await verbs(
    '<Gather action="/menu" numDigits="1" timeout="4" finishOnKey=""><Say loop="2">press</Say><Pause length="1"/></Gather>' +
      '<Gather input="dtmf speech" preTimeout="3" postTimeout="2" hints="sales, support" partialResultCallback="/p" language="de-DE" actionOnEmptyResult="true"/>',
  )) as Record<string, unknown>[]
  const { prompt, ...rest } = digits!
  assert.equal((prompt as unknown[]).length, 3)
  assert.deepEqual(rest, {
    verb: 'gather',
    inputs: ['digits'],
    valid: '*0123456789#',
    most: 1,
    finishOn: '',
    firstMs: 4000,
    betweenMs: 4000,
    bargeIn: true,
    thenWhenEmpty: false,
    then: { url: 'https://app.example/menu', method: 'POST' },
  })
  assert.deepEqual(
    [speech!['inputs'], speech!['hints'], speech!['firstMs'], speech!['betweenMs'], speech!['language'], speech!['partials']],
    [['digits', 'speech'], ['sales', 'support'], 3000, 2000, 'de-DE', { url: 'https://app.example/p', method: 'POST' }],
  )
  assert.deepEqual(
    [speech!['thenWhenEmpty'], speech!['then']],
    [true, { url: 'https://app.example/rcml/voice?x=1', method: 'POST' }],
  )
})

test('Dial: bare text, nouns, headers, screening, a conference', async () => {
  const found = (await verbs(
    '<Dial>2125550103</Dial><Dial>client:alice</Dial><Dial>bob@pbx.example</Dial>' +
      '<Dial action="done" timeout="9" timeLimit="60" callerId="2125550101" record="true" dialMusic="disabled">' +
      '<Number url="/screen" sendDigits="w12" statusCallback="/s" statusCallbackEvent="ringing answered">+12125550104?X-A=1&amp;X-B=two%20words</Number>' +
      '<Client>carol</Client><Sip username="u" password="p">sip:d@x.example;transport=tcp?X-C=3</Sip></Dial>' +
      '<Dial timeLimit="600"><Conference muted="true" beep="false" endConferenceOnExit="true" waitUrl="">standup</Conference></Dial>',
  )) as Record<string, any>[]
  assert.deepEqual(
    found.slice(0, 3).map((verb) => verb['targets'][0].to),
    [
      { kind: 'number', number: '+12125550103' },
      { kind: 'client', login: 'alice' },
      { kind: 'sip', uri: 'sip:bob@pbx.example' },
    ],
  )
  const { targets, ...dial } = found[3]!
  assert.deepEqual(dial, {
    verb: 'dial',
    callerId: '+12125550101',
    timeoutMs: 9000,
    mostMs: 60_000,
    record: 'mixed',
    ringback: [],
    then: { url: 'https://app.example/rcml/done', method: 'POST' },
  })
  assert.deepEqual(targets.map(withoutPlace), [
    {
      to: { kind: 'number', number: '+12125550104' },
      headers: { 'X-A': '1', 'X-B': 'two words' },
      screen: { url: 'https://app.example/screen', method: 'POST' },
      status: { url: 'https://app.example/s', method: 'POST', events: ['ringing', 'answered'] },
      sendDigits: 'w12',
    },
    { to: { kind: 'client', login: 'carol' }, headers: {} },
    { to: { kind: 'sip', uri: 'sip:d@x.example;transport=tcp', username: 'u', password: 'p' }, headers: { 'X-C': '3' } },
  ])
  assert.deepEqual(found[4], {
    verb: 'conference',
    name: 'standup',
    muted: true,
    startOnEnter: true,
    endOnExit: true,
    beep: false,
    wait: { kind: 'audio', audio: [] },
    most: 40,
    mostMs: 600_000,
  })
})

test('Record, Sms, Email, Hold, Resume and Refer', async () => {
  const found = (await verbs(
    '<Record maxLength="20" timeout="3" finishOnKey="-1" playBeep="false" action="/r"/><Sms>hi</Sms>' +
      '<Email from="a@x.example" to="b@x.example">c</Email><Hold holdMusic="https://m.example/a.mp3"/><Resume action="/x"/><Refer><Sip>sip:desk@pbx.example</Sip></Refer>',
  )) as Record<string, unknown>[]
  assert.deepEqual(found[0], {
    verb: 'record',
    channels: 'heard',
    mostMs: 20_000,
    silenceMs: 3000,
    finishOn: '',
    beep: false,
    trim: true,
    thenWhenEmpty: false,
    then: { url: 'https://app.example/r', method: 'POST' },
  })
  assert.deepEqual(found[1], { verb: 'message', kind: 'sms', to: '+12125550102', from: '+12125550101', text: 'hi' })
  assert.deepEqual(found[3], { verb: 'hold', music: [{ kind: 'url', url: 'https://m.example/a.mp3' }] })
  assert.deepEqual(found[5], { verb: 'refer', target: 'sip:desk@pbx.example' })
})

test('a fault has its code, line, column, element, attribute and what would have been good', async () => {
  const cases: readonly (readonly [string, string, number, number, string])[] = [
    ['<Say>a\n</Say', '2000', 2, 0, ''],
    ['\n  <Gather><Dial>1</Dial></Gather>', '2001', 2, 11, 'Dial'],
    ['<Play></Play>', '2501', 1, 11, 'Play'],
    ['<Play>http://</Play>', '2502', 1, 11, 'Play'],
    [`<Gather hints="${'x'.repeat(101)}"/>`, '2100', 1, 11, 'Gather'],
    [`<Gather hints="${Array(51).fill('a').join()}"/>`, '2100', 1, 11, 'Gather'],
    ['<Dial/>', '2001', 1, 11, 'Dial'],
    ['<Dial><Number>+12125550104?Bad=1</Number></Dial>', '3103', 1, 17, 'Number'],
    ['<Dial><Number>+12125550104?X-A=%0d%0aEvil</Number></Dial>', '3103', 1, 17, 'Number'],
    ['<Dial><Conference>a</Conference><Number>1</Number></Dial>', '2001', 1, 11, 'Dial'],
    [`<Dial>${'<Number>1</Number>'.repeat(11)}</Dial>`, '2001', 1, 11, 'Dial'],
    [`<Dial><Sip>sip:${'b'.repeat(255)}@c?X-A=1</Sip></Dial>`, '2001', 1, 17, 'Sip'],
    [`<Dial>${'b'.repeat(255)}@c</Dial>`, '2001', 1, 11, 'Dial'],
    ['<Refer>nobody</Refer>', '2001', 1, 11, 'Refer'],
    ['<Gather action=""/>', '11101', 1, 11, 'Gather'],
  ]
  for (const [inner, code, line, column, element] of cases) {
    const { faults } = await read(inner)
    assert.equal(faults.length, 1, inner)
    const [fault] = faults
    assert.deepEqual([fault!.code, fault!.line, fault!.element], [code, line, element], inner)
    if (column > 0) assert.equal(fault!.column, column, inner)
  }
  assert.deepEqual((await read('', '<Answer/>')).faults[0]!.expected, 'Response')
})

test('what is optional and wrong is warned of, and what is meant is guessed', async () => {
  const {
    verbs: found,
    faults,
    warnings,
  } = await read('<Say lop="2" voice="robot">a</Say><Gathr/><Pause length="soon"/><Dial timeout="x">+12125550104</Dial>')
  assert.deepEqual(faults, [])
  assert.deepEqual(
    found.map(({ verb }) => verb),
    ['play', 'pause', 'dial'],
  )
  assert.deepEqual(
    warnings.map(({ element, attribute, expected }) => [element, attribute, expected]),
    [
      ['Say', 'lop', 'loop'],
      ['Say', 'voice', 'man or woman'],
      ['Gathr', undefined, 'Gather'],
      ['Pause', 'length', 'seconds from 0 to 86400'],
      ['Dial', 'timeout', 'seconds from 1 to 86400'],
    ],
  )
})

test('a method that is none has the code of its verb', async () => {
  const all = '<Dial action="/a" method="PUT">1</Dial><Gather action="/a" method="PUT"/><Record action="/a" method="PUT"/>'
  const { faults, warnings } = await read(`${all}<Dial action="/a" method="PUT"><Conference>a</Conference></Dial>`)
  assert.deepEqual(faults, [])
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['13210', '13310', '13610', '13210'],
  )
})

test('what is no number of the country is dialled as it stands', async () => {
  const [help, number] = (await verbs('<Dial>911</Dial><Dial>212-555-0104</Dial>')) as { targets: { to: unknown }[] }[]
  assert.deepEqual(help!.targets[0]!.to, { kind: 'number', number: '911' })
  assert.deepEqual(number!.targets[0]!.to, { kind: 'number', number: '+12125550104' })
})
