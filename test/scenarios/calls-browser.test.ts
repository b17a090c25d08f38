// A browser is a telephone: Chromium registers over WebSocket and calls a SIP phone, which calls it back. Each hears the other.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { systemClock } from '#values/clock.ts'
import { browserPhone, type BrowserPhone } from '../fakes/browser-phone.ts'
import { toneFile, type HearingPhone } from '../fakes/hearing-phone.ts'
import { heardPlace, password, type HeardPlace } from '../heard-place.ts'
import { newFolder } from '../program.ts'
import { mostAt } from '../sound.ts'

const tones = { browser: 880, ben: 620, page: 1500 } as const
const limit = { timeout: 40_000 }

const data = newFolder()
let place: HeardPlace
let browser: BrowserPhone
before(async (t) => {
  place = await heardPlace(t as never, data)
  await place.client('web')
  browser = await browserPhone({ login: 'web', password, wsPort: place.wsPort, toneHz: tones.browser })
})
after(async () => {
  place?.scripts.close()
  await browser?.close()
})
beforeEach(() => place.begin())

/** As long as the phone must hear the browser, too. */
const listen = (): Promise<void> => systemClock.sleep(1200)

function heardBrowser(ben: HearingPhone): void {
  const { samples, rateHz } = ben.heard().at(-1)!
  assert.ok(
    mostAt(samples, rateHz, tones.browser) > 0.5,
    `${mostAt(samples, rateHz, tones.browser)} of ${samples.length} samples`,
  )
}

/** Why each leg of a call from phone to phone is over, and by whom. */
async function endsOf(from: string, to: string): Promise<Record<string, string>> {
  const legs = await place.bothLegs({ from, to })
  return Object.fromEntries(legs.map(({ origin, reason, endedBy }: any) => [origin, `${reason.slug} ${endedBy}`]))
}

test('a browser calls a phone: each hears the other, and the browser hangs up', limit, async () => {
  const ben = await place.phone({ login: 'ben', toneHz: tones.ben })
  await browser.call('ben')
  await browser.hears(tones.ben)
  await listen()
  await browser.hangUp()
  assert.deepEqual(await endsOf('web', 'ben'), { inbound: 'call.completed caller', dial: 'call.completed caller' })
  heardBrowser(ben)
  assert.deepEqual(browser.complaints, [])
})

test('a phone calls a browser: each hears the other, and the phone hangs up', limit, async () => {
  const ben = await place.phone({ login: 'ben', toneHz: tones.ben })
  const answered = browser.answerNext()
  await ben.dial('web')
  assert.equal(await answered, 'ben')
  await browser.hears(tones.ben)
  await listen()
  ben.hangUp()
  assert.deepEqual(await browser.ended(), { originator: 'remote', cause: 'Terminated' })
  assert.deepEqual(await endsOf('ben', 'web'), { inbound: 'call.completed caller', dial: 'call.completed caller' })
  heardBrowser(ben)
  assert.deepEqual(browser.complaints, [])
})

test('a browser calls the number, presses keys and hears a sound', limit, async () => {
  place.scripts.pages = {
    '/start': `<Gather action="${place.scripts.url}/pressed" numDigits="2" timeout="15"/>`,
    '/pressed': `<Play loop="0">${place.scripts.url}/tone.wav</Play>`,
    '/tone.wav': toneFile(tones.page, 1),
  }
  await browser.call(place.number)
  await browser.press('19')
  assert.equal((await place.scripts.next('/pressed')).get('Digits'), '19')
  await browser.hears(tones.page)
  await browser.hangUp()
  const record = await place.ended({ from: 'web' })
  assert.deepEqual([record.reason.slug, record.endedBy], ['call.completed', 'caller'])
  assert.deepEqual(browser.complaints, [])
})
