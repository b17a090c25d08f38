// Every row of docs/sandbox.md, walked by the account of a first start with no setting changed: each magic number of each range, for messages and
// for calls, does what the table says.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test, type TestContext } from 'node:test'
import { systemClock } from '#values/clock.ts'
import { newFolder, startProgram } from '../program.ts'
import { until } from '../until.ts'

const data = newFolder()
const program = await startProgram({ after } as unknown as TestContext, data, { OFFHOOK_SIP: 'off', OFFHOOK_SMPP: 'off' })
const { api } = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))

async function ask(method: string, path: string, body?: object): Promise<any> {
  const response = await fetch(`${program.url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${api.key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (response.status === 429) {
    await systemClock.sleep(Number(JSON.parse(text).retryAfterMs))
    return ask(method, path, body)
  }
  assert.ok(response.ok, `${method} ${path} ${JSON.stringify(body)}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

const untilAt = (path: string, fine: (found: any) => boolean): Promise<any> => until(() => ask('GET', path), fine)

const { items: numbers } = await ask('POST', '/numbers', { country: 'US', type: 'local' })
const own: string = numbers[0].number
const prefixes = ['+131055501', '+4420794609', '+4477009009']
/** The rows of a table of the document by their digits. */
const rows = [...readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8').matchAll(/^\| `(\d\d)` \| ([^|]+) \|/gm)]
const digitsIn = (from: number, to: number) =>
  rows.map(([, digits]) => digits!).filter((one) => Number(one) >= from && Number(one) <= to)

/** The state in the end; null: that comes later than a test waits, and it is known to have been sent. */
const messages: Readonly<Record<string, string | null>> = {
  '01': 'delivered',
  '02': 'undelivered',
  '03': 'expired',
  '04': null,
  '05': 'delivered',
  '06': null,
  '07': 'undelivered',
  '08': 'undelivered',
  '09': 'failed',
  '10': 'undelivered',
  '11': 'failed',
  '12': 'delivered',
  '13': 'delivered',
  '14': null,
  '15': 'undelivered',
  '16': 'undelivered',
  '17': 'failed',
  '18': 'failed',
  '19': null,
}

/** What the record says in the end; `up`: it is answered, and stays until it is ended here. */
const calls: Readonly<Record<string, string>> = {
  21: 'up',
  22: 'call.busy',
  23: 'call.no_answer',
  24: 'call.declined',
  25: 'call.unreachable',
  26: 'call.destination_unknown',
  27: 'call.congestion',
  28: 'call.completed',
  29: 'up',
  30: 'up',
  31: 'up',
  32: 'up',
  33: 'up',
  34: 'call.completed',
  35: 'call.media_incompatible',
}

test('the tables here are those of the document', () => {
  assert.deepEqual(digitsIn(1, 20), Object.keys(messages).toSorted())
  assert.deepEqual(digitsIn(21, 99), Object.keys(calls))
})

for (const prefix of prefixes) {
  test(`messages to ${prefix}..`, { timeout: 120_000 }, async () => {
    const ends = await Promise.all(
      Object.entries(messages).map(async ([digits, expected]) => {
        const { id } = await ask('POST', '/messages', { from: own, to: `${prefix}${digits}`, text: 'Hello' })
        const { state } = await untilAt(`/messages/${id}`, (one) => one.final || (expected === null && one.state !== 'queued'))
        return [digits, expected === null ? null : state]
      }),
    )
    assert.deepEqual(Object.fromEntries(ends), messages)
  })

  test(`calls to ${prefix}..`, { timeout: 120_000 }, async () => {
    await Promise.all(
      Object.entries(calls).map(async ([digits, expected]) => {
        const to = `${prefix}${digits}`
        const timeoutSeconds = expected === 'call.no_answer' ? 5 : 60
        const { id } = await ask('POST', '/calls', { from: own, to, timeoutSeconds })
        const seen = await untilAt(`/calls/${id}`, ({ state, final }) => final || (expected === 'up' && state === 'answered'))
        if (expected !== 'up') return void assert.equal(seen.reason.slug, expected, to)
        assert.equal(seen.state, 'answered', to)
        await ask('POST', `/calls/${id}/end`)
        assert.ok((await untilAt(`/calls/${id}`, ({ final }) => final)).answeredAt, to)
      }),
    )
  })
}
