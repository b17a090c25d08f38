// Markup into verbs: every attribute, every documented code, and what a hostile application might answer.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRcml, type Step } from './rcml.ts'

const read = (inner: string): Promise<Step[]> =>
  readRcml(`<Response>${inner}</Response>`, { url: 'https://app.example/rcml/sms?x=1', country: 'US' })

const codesOf = (steps: readonly Step[]): string[] => steps.map((step) => ('fault' in step ? step.fault.code : step.verb.verb))

test('Sms with all its attributes, and with none', async () => {
  const [whole] = await read(
    '<Sms to="2125550101" from="Night desk" action="done" method="get" statusCallback="/told" statusCallbackMethod="POST"> a &amp; b </Sms>',
  )
  assert.deepEqual(whole, {
    verb: {
      verb: 'send',
      channel: 'sms',
      to: '+12125550101',
      from: 'Night desk',
      text: 'a & b',
      media: [],
      action: { url: 'https://app.example/rcml/done', method: 'GET' },
      callback: { url: 'https://app.example/told', method: 'POST' },
    },
    at: { line: 1, column: 11, element: 'Sms' },
  })
  const [plain] = await read('<Sms>hello</Sms>')
  assert.ok(plain && 'verb' in plain && plain.verb.verb === 'send')
  assert.deepEqual([plain.verb.to, plain.verb.from, plain.verb.action, plain.verb.callback], Array(4).fill(undefined))
})

test('Message by channel, with files', async () => {
  const [mms] = await read(
    '<Message to="mms:+12125550101">look<Media>/cat.png</Media><Media>https://b.example/dog</Media></Message>',
  )
  assert.ok(mms && 'verb' in mms && mms.verb.verb === 'send')
  assert.deepEqual(
    [mms.verb.channel, mms.verb.to, mms.verb.text, mms.verb.media],
    ['mms', '+12125550101', 'look', ['https://app.example/cat.png', 'https://b.example/dog']],
  )
  assert.deepEqual(codesOf(await read('<Message to="+12125550101">a</Message>')), ['14101'])
  assert.deepEqual(codesOf(await read('<Message from="fax:1">a</Message>')), ['14102'])
  assert.deepEqual(codesOf(await read('<Message to="mms:+12125550101" from="sms:+12125550102">a</Message>')), ['14101'])
})

test('Email and Redirect', async () => {
  const [email, redirect] = await read(
    '<Email from="a@x.example" to="b@x.example, c@x.example" cc="d@x.example">hi</Email><Redirect>/n</Redirect>',
  )
  assert.deepEqual(email, {
    verb: {
      verb: 'email',
      from: 'a@x.example',
      to: ['b@x.example', 'c@x.example'],
      cc: ['d@x.example'],
      bcc: [],
      subject: 'Restcomm Email Service',
      text: 'hi',
    },
    at: { line: 1, column: 11, element: 'Email' },
  })
  assert.ok(redirect && 'verb' in redirect)
  assert.deepEqual(redirect.verb, { verb: 'redirect', script: { url: 'https://app.example/n', method: 'POST' } })
})

test('an error ends the document, a warning does not, and what is no verb is passed over', async () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['', []],
    ['<!-- nothing --><Unheard of="it"/>', []],
    ['<Sms>a</Sms><Sms/><Sms>b</Sms>', ['send', '14103']],
    ['<Sms to="nobody">a</Sms><Sms>b</Sms>', ['14101']],
    ['<Sms from="letters and more">a</Sms><Sms>b</Sms>', ['14102']],
    ['<Sms action="">a</Sms><Sms>b</Sms>', ['11101']],
    ['<Sms action="ftp://x/">a</Sms><Sms>b</Sms>', ['11100']],
    ['<Sms statusCallback="//">a</Sms>', ['11100']],
    ['<Sms action="/a" method="PUT">a</Sms><Sms>b</Sms>', ['14104', 'send', 'send']],
    ['<Say>a</Say><Hangup/><Sms>b</Sms>', ['14110', '14110', 'send']],
    ['<Redirect method="PUT">/a</Redirect>', ['13710', 'redirect']],
    ['<Redirect> </Redirect><Sms>b</Sms>', ['11101']],
    ['<Email from="a@x.example">b</Email><Sms>b</Sms>', ['2001']],
    ['<Email from="a@x.example" to="b@x.example"/>', ['2001']],
  ]
  for (const [inner, codes] of cases) assert.deepEqual(codesOf(await read(inner)), codes, inner)
})

test('a bare & is itself, also beside CDATA; what else is broken is told with its line', async () => {
  const [step] = await read('<Sms>Bonnie & Clyde <![CDATA[& <co> &amp;]]> &lt;3 &#33; &copy;</Sms>')
  assert.ok(step && 'verb' in step && step.verb.verb === 'send')
  assert.equal(step.verb.text, 'Bonnie & Clyde & <co> &amp; <3 ! &copy;')
  for (const [text, line] of [
    ['', 1],
    ['<Response>\n<Sms>a</Response>', 2],
    ['<?xml version="1.0"?>\n<Answer/>', 2],
    ['<!DOCTYPE lolz [<!ENTITY a "b">]><Response><Sms>&a;</Sms></Response>', 1],
    [`<Response>${'<x>'.repeat(100)}${'</x>'.repeat(100)}</Response>`, 1],
  ] as const) {
    const steps = await readRcml(text, { url: 'https://app.example/', country: 'US' })
    assert.deepEqual(codesOf(steps), ['2000'], text.slice(0, 50))
    assert.ok('fault' in steps[0]!)
    assert.equal(steps[0].fault.line, line, text.slice(0, 50))
  }
})
