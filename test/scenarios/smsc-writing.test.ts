// How a carrier's settings have texts written, joined and counted: what the SMSC gets, what the record says and what is paid agree.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textFrom } from '#values/text-from.ts'
import { readHeader } from '#values/user-data-header.ts'
import type { SubmitLine } from '../fakes/smsc.ts'
import { openMessagingPlace } from '../messaging-place.ts'

const turkish = 'Yarın öğleden sonra şu işi bitirelim. '.repeat(5)

/** As a handset reads it. */
function readAs({ message, tlvs, esmClass, dataCoding }: SubmitLine): string {
  const octets = Buffer.from(message || (tlvs['0424'] ?? ''), 'hex')
  const header = (esmClass & 0x40) === 0 ? undefined : readHeader(octets)
  return textFrom(octets.subarray(header?.octets ?? 0), dataCoding, header).text
}

test('texts are written as the carrier takes them, and counted so', { timeout: 300_000 }, async (t) => {
  const place = await openMessagingPlace(t)
  const cases: [detail: Record<string, string | boolean>, text: string, coding: string, segments: number, pdus: number][] = [
    [{}, turkish, 'ucs2', 3, 3],
    [{ national: 'tr' }, turkish, 'gsm7', 2, 2],
    [{}, 'It’s “nice”', 'ucs2', 1, 1],
    [{ plain: true }, 'It’s “nice”', 'gsm7', 1, 1],
    [{ plain: true, ucs2: false }, 'It’s “nice”', 'gsm7', 1, 1],
    [{ concat: 'udh8' }, 'a'.repeat(306), 'gsm7', 2, 2],
    [{ concat: 'udh16' }, 'a'.repeat(306), 'gsm7', 3, 3],
    [{ concat: 'sar' }, 'a'.repeat(306), 'gsm7', 2, 2],
    [{ concat: 'payload' }, 'a'.repeat(307), 'gsm7', 3, 1],
  ]
  for (const [detail, text, coding, segments, pdus] of cases) {
    const carrier = await place.carrier({ detail })
    const { id } = await place.send(carrier.to(1), { text })
    const ended = await place.end(id)
    const lines = await carrier.smsc.lines()
    const said = JSON.stringify(detail)
    assert.deepEqual([ended.state, ended.coding, ended.segments, lines.length], ['delivered', coding, segments, pdus], said)
    const { amountMicro } = await place.good('GET', `/prices/sms/${carrier.to(1)}?units=${segments}`)
    assert.equal(ended.priceMicro, amountMicro, said)
    assert.equal(lines.map(readAs).join(''), detail['plain'] ? `It's "nice"` : text, said)
  }
})

test('over the next route it is written as that one takes it', { timeout: 300_000 }, async (t) => {
  const place = await openMessagingPlace(t)
  const first = await place.carrier({ detail: { national: 'tr' }, prefix: '+44779', behaviour: { refuse: [{ status: 0x45 }] } })
  const second = await place.carrier({ prefix: '+44779', rank: 2 })
  const { id } = await place.send('+447790000001', { text: turkish })
  const ended = await place.end(id)
  assert.deepEqual([ended.state, ended.coding, ended.segments], ['delivered', 'ucs2', 3])
  assert.deepEqual(
    (await first.smsc.lines()).map(({ dataCoding }) => dataCoding),
    [0, 0],
  )
  assert.equal((await second.smsc.lines()).map(readAs).join(''), turkish)
})

test('a text for one segment only is refused beforehand where it takes two', { timeout: 300_000 }, async (t) => {
  const place = await openMessagingPlace(t)
  const carrier = await place.carrier({ detail: { concat: 'none' } })
  const sent = (text: string) => place.ask('POST', '/messages', { from: place.from, to: carrier.to(1), text })
  const facts: [text: string, most: number | null][] = [
    ['a'.repeat(140), null],
    ['a'.repeat(141), 140],
    ['ж'.repeat(70), null],
    ['ж'.repeat(71), 70],
    // Each takes two septets.
    ['{'.repeat(80), null],
    ['{'.repeat(81), 80],
  ]
  for (const [text, most] of facts) {
    const { status, json } = await sent(text)
    assert.equal(status, most === null ? 201 : 400, text)
    if (most !== null) assert.deepEqual([json.reason, json.params.maxLengthChars], ['message.content_too_long', most])
  }
})
