// Calls that are up when the program dies, or is asked to stop: each comes to one end with a reason, its URL is told of it once, and no
// credit stays held. Callers are virtual handsets; the program is a process of its own and is really killed.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { newFolder, startProgram, type Program } from '../program.ts'
import { until } from '../until.ts'

const many = 20
/** Told by call: the states, in the order in which they came. */
const told = new Map<string, string[]>()
let server: Server
let base: string

before(async () => {
  server = createServer((req, res) => {
    let body = ''
    req.on('data', (chunk: Buffer) => (body += chunk.toString()))
    req.on('end', () => {
      if (req.url === '/status') {
        const form = new URLSearchParams(body)
        const id = form.get('CallSid')!
        told.set(id, [...(told.get(id) ?? []), form.get('CallStatus')!])
      }
      res.writeHead(200, { 'content-type': 'application/xml' })
      res.end(req.url === '/start' ? '<Response><Gather timeout="60" finishOnKey="#"/></Response>' : '')
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => void server.once('listening', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => server.close())

async function started(t: TestContext, data: string) {
  const settings = { OFFHOOK_SIP: 'off', OFFHOOK_SMPP: 'off', OFFHOOK_SHUTDOWN_MS: '300', OFFHOOK_MEDIA_WORKERS: '1' }
  const program: Program = await startProgram(t, data, settings)
  const credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const request = async (method: string, path: string, init: RequestInit): Promise<any> => {
    const response = await fetch(program.url + path, { method, ...init })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text)
  }
  return {
    program,
    native: (method: string, path: string, body?: object) =>
      request(method, `/v1${path}`, {
        headers: { authorization: `Bearer ${credentials.api.key}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }),
    restcomm(path: string, form: Record<string, string>) {
      const { accountSid, authToken } = credentials.restcomm
      const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
      return request('POST', `/restcomm/2012-04-24/Accounts/${accountSid}${path}`, {
        headers: { authorization },
        body: new URLSearchParams(form),
      })
    },
  }
}

type House = Awaited<ReturnType<typeof started>>

/** So many calls, answered and waiting for a key. */
async function callsUp({ native, restcomm }: House): Promise<void> {
  const number = await restcomm('/IncomingPhoneNumbers.json', { AreaCode: '415' })
  await restcomm(`/IncomingPhoneNumbers/${number.sid}.json`, { VoiceUrl: `${base}/start`, StatusCallback: `${base}/status` })
  for (let n = 0; n < many; n += 1)
    await native('POST', `/handsets/${encodeURIComponent(`+131055501${String(n).padStart(2, '0')}`)}/calls`, {
      to: number.phone_number,
    })
  await until(
    () => native('GET', '/calls?state=answered'),
    ({ items }) => items.length === many,
  )
}

async function allClosed({ native }: House, reason: string): Promise<void> {
  const { items } = await until(
    () => native('GET', '/calls'),
    ({ items: calls }) => calls.length === many && calls.every(({ final }: { final: boolean }) => final),
  )
  for (const call of items) {
    assert.equal(call.reason.slug, reason)
    assert.equal(call.state, 'failed')
    assert.equal(call.endedBy, 'platform')
    assert.ok(call.errorId)
  }
  const ends = (states: string[]): string[] => states.filter((state) => ['completed', 'failed'].includes(state))
  await until(
    () => [...told.values()],
    (calls) => calls.length === many && calls.every((states) => ends(states).length > 0),
  )
  for (const states of told.values()) assert.deepEqual(ends(states), ['failed'])
  const { heldMicro = 0 } = await native('GET', '/balance')
  assert.equal(heldMicro, 0)
}

test(
  'after kill -9 every call that was up is closed with its own reason, and its URL is told',
  { timeout: 90_000 },
  async (t) => {
    told.clear()
    const data = newFolder()
    const house = await started(t, data)
    await callsUp(house)
    house.program.child.kill('SIGKILL')
    await house.program.ended
    await allClosed(await started(t, data), 'call.platform_stopped')
  },
)

test('a stop waits so long and no longer, and then ends what is up', { timeout: 90_000 }, async (t) => {
  told.clear()
  const data = newFolder()
  const house = await started(t, data)
  await callsUp(house)
  house.program.child.kill('SIGTERM')
  assert.equal(await house.program.ended, 0)
  await allClosed(await started(t, data), 'call.platform_stopped')
})
