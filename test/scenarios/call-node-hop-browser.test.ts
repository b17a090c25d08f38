// A browser that is connected to one of two nodes is called from a number of the other, and calls out: each hears the other, over DTLS-SRTP
// with the node that has the call.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { methodOf, statusOf } from '../../conformance/sip-text.ts'
import { SipPeer } from '../../conformance/sip-peer.ts'
import { rcml } from '../call-place.ts'
import { browserPhone, type BrowserPhone } from '../fakes/browser-phone.ts'
import { openHopPair, password } from '../hop-pair.ts'
import { mostAt } from '../sound.ts'
import { until } from '../until.ts'

const tones = { browser: 880, other: 620 } as const
const limit = { timeout: 60_000 }
const pair = await openHopPair()
const { place } = pair
let login: string
let browser: BrowserPhone
before(async () => {
  login = await pair.client()
  browser = await browserPhone({ login, password, wsPort: pair.farWsPort, toneHz: tones.browser })
})
after(() => browser?.close())

test('a number of one node rings a browser at the other: each hears the other', limit, async () => {
  place.pages.set('/ring', rcml(`<Dial><Client>${login}</Client></Dial>`))
  const answered = browser.answerNext()
  const { peer, server } = await place.party()
  const caller = await peer.call({ server, from: '+13105558001', to: await place.number('/ring') })
  assert.equal(await answered, '+13105558001')
  const quiet = caller.tone(tones.other)
  await browser.hears(tones.other)
  await until(() => mostAt(caller.samples(), 8000, tones.browser) > 0.5)
  quiet()
  await browser.hangUp()
  assert.equal(methodOf(await caller.ended()), 'BYE')
  assert.equal((await place.ended({ to: login })).reason, 'call.completed')
  assert.deepEqual(browser.complaints, [])
})

test('a browser calls a phone that is connected to the other node: each hears the other', limit, async () => {
  const other = await pair.client()
  const phone = await SipPeer.connected(place.sip)
  try {
    assert.equal(statusOf(await phone.register({ server: place.sip, login: other, password })), 200)
    const invited = phone.invited()
    const calling = browser.call(other)
    const called = await Promise.race([invited, calling.then(() => assert.fail('answered by nobody'))])
    await called.answer()
    await calling
    const quiet = called.tone(tones.other)
    await browser.hears(tones.other)
    await until(() => mostAt(called.samples(), 8000, tones.browser) > 0.5)
    quiet()
    assert.equal(statusOf(await called.hangUp()), 200)
    assert.deepEqual(await browser.ended(), { originator: 'remote', cause: 'Terminated' })
    assert.deepEqual(browser.complaints, [])
  } finally {
    phone.close()
  }
})
