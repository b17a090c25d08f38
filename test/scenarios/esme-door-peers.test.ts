// Programs that know nothing of us bind to the SMPP server door: the npm package smpp, and Kannel's bearerbox from Debian.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import assert from 'node:assert/strict'
import { needs } from '../needs.ts'
import { freePorts } from '../ports.ts'
import { newFolder, startProgram } from '../program.ts'
import { smppPackage, type PackagePdu } from '../smpp-package.ts'
import { until } from '../until.ts'

interface Place {
  readonly port: number
  readonly systemId: string
  readonly password: string
  readonly from: string
  api(method: string, path: string, body?: object): Promise<any>
}

async function openPlace(t: TestContext): Promise<Place> {
  const data = newFolder()
  const program = await startProgram(t, data, { OFFHOOK_SMPP: '127.0.0.1:0', OFFHOOK_LOG: 'warn' })
  const { api: native, smpp: own } = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const port = Number(/smpp:\/\/127\.0\.0\.1:(\d+)/.exec(program.said)![1])
  const api = async (method: string, path: string, body?: object): Promise<any> => {
    const answer = await fetch(`${program.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${native.key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const json: any = await answer.json()
    assert.ok(answer.status < 300, JSON.stringify(json))
    return json
  }
  const from = (await api('POST', '/numbers', { country: 'GB', type: 'mobile' })).items[0].number
  return { port, systemId: own.systemId, password: own.password, from, api }
}

test('the npm package smpp: bind, submit, receipt, inbound, unbind', async (t) => {
  const place = await openPlace(t)
  const session = smppPackage.connect({ url: `smpp://127.0.0.1:${place.port}` })
  t.after(() => session.close())
  const delivered: PackagePdu[] = []
  session.on('deliver_sm', (pdu: PackagePdu) => {
    delivered.push(pdu)
    session.send(pdu.response())
  })
  await once(session, 'connect')
  const ask = (command: string, fields: object): Promise<PackagePdu> =>
    new Promise((resolve) => session.send(new smppPackage.PDU(command, fields), resolve))
  const bound = await ask('bind_transceiver', { system_id: place.systemId, password: place.password, interface_version: 0x34 })
  assert.equal(bound.command_status, 0)
  assert.equal(bound['sc_interface_version'], 0x50)
  const fields = { source_addr_ton: 1, source_addr: place.from.slice(1), dest_addr_ton: 1, destination_addr: '13105550101' }
  const taken = await ask('submit_sm', { ...fields, registered_delivery: 1, data_coding: 0, short_message: 'Hello [world] €' })
  assert.equal(taken.command_status, 0)
  await until(() => delivered.length > 0)
  assert.equal(delivered[0]!['receipted_message_id'], taken['message_id'])
  assert.equal(delivered[0]!['message_state'], 2)
  const { items } = await place.api('GET', '/handsets/%2B13105550101/messages')
  assert.equal(items[0].text, 'Hello [world] €')
  await place.api('POST', '/handsets/%2B13105550101/messages', { to: place.from, text: 'Grüße an Ω' })
  await until(() => delivered.length > 1)
  assert.equal(delivered[1]!['short_message'].message, 'Grüße an Ω')
  const wrong = await ask('submit_sm', { ...fields, source_addr: '447400999999', short_message: 'x' })
  assert.equal(wrong.command_status, 0x0a)
  assert.equal((await ask('enquire_link', {})).command_status, 0)
  assert.equal((await ask('unbind', {})).command_status, 0)
})

/** Asks again until somebody listens. */
async function listens(port: number): Promise<void> {
  await until(async () => {
    const socket = connect(port, '127.0.0.1')
    const there = await new Promise<boolean>((resolve) =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    )
    socket.destroy()
    return there
  })
}

test('Kannel binds, sends with receipts and receives', async (t) => {
  needs('bearerbox', 'kannel')
  const place = await openPlace(t)
  const folder = mkdtempSync(join(tmpdir(), 'offhook-kannel-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const asked: URL[] = []
  const waiting: { holds: (url: URL) => boolean; resolve: (url: URL) => void }[] = []
  const hooks = createHttpServer((request, answer) => {
    const url = new URL(request.url!, 'http://127.0.0.1')
    asked.push(url)
    answer.end()
    for (const one of waiting) if (one.holds(url)) one.resolve(url)
  }).listen(0, '127.0.0.1')
  await once(hooks, 'listening')
  t.after(() => hooks.close())
  const hook = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}`
  const toldOf = (holds: (url: URL) => boolean): Promise<URL> => {
    const found = asked.find(holds)
    return found ? Promise.resolve(found) : new Promise((resolve) => waiting.push({ holds, resolve }))
  }
  const [admin = 0, box = 0, http = 0] = await freePorts(3)
  const path = join(folder, 'kannel.conf')
  writeFileSync(
    path,
    `group = core
admin-interface = 127.0.0.1
admin-port = ${admin}
admin-password = p
smsbox-port = ${box}
box-allow-ip = 127.0.0.1
log-file = ${folder}/bearerbox.log
log-level = 0
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = offhook
host = 127.0.0.1
port = ${place.port}
smsc-username = ${place.systemId}
smsc-password = ${place.password}
system-type = ""
transceiver-mode = true
source-addr-ton = 1
source-addr-npi = 1
dest-addr-ton = 1
dest-addr-npi = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${http}
sendsms-interface = 127.0.0.1
log-file = ${folder}/smsbox.log
log-level = 0

group = sendsms-user
username = u
password = p
max-messages = 10
concatenation = true

group = sms-service
keyword = default
max-messages = 0
get-url = "${hook}/mo?from=%p&to=%P&text=%a"
`,
  )
  const bearerbox = spawn('bearerbox', [path], { stdio: 'ignore' })
  t.after(() => bearerbox.kill('SIGKILL'))
  await listens(box)
  const smsbox = spawn('smsbox', [path], { stdio: 'ignore' })
  t.after(() => smsbox.kill('SIGKILL'))
  await listens(http)

  const send = async (to: string, text: string): Promise<void> => {
    const query = new URLSearchParams({
      username: 'u',
      password: 'p',
      from: place.from.slice(1),
      to,
      text,
      charset: 'UTF-8',
      'dlr-mask': '31',
      'dlr-url': `${hook}/dlr?to=${to}&type=%d`,
    })
    const answer = await fetch(`http://127.0.0.1:${http}/cgi-bin/sendsms?${query}`)
    assert.equal(answer.status, 202, await answer.text())
  }
  /** Kannel's types: 1 delivered, 2 not delivered, 8 taken by the SMSC, 16 refused by it. */
  const receipt = (to: string, type: string): Promise<URL> =>
    toldOf(({ pathname, searchParams: q }) => pathname === '/dlr' && q.get('to') === to && q.get('type') === type)

  await t.test('delivered, and not delivered', async () => {
    await send('13105550101', 'From Kannel')
    await receipt('13105550101', '8')
    await receipt('13105550101', '1')
    await send('13105550107', 'To nobody')
    await receipt('13105550107', '2')
  })

  await t.test('a long text arrives whole', async () => {
    const text = 'A long text that takes several segments. '.repeat(6).trim()
    await send('13105550150', text)
    await receipt('13105550150', '1')
    const { items } = await place.api('GET', '/handsets/%2B13105550150/messages')
    assert.equal(items[0].text, text)
  })

  await t.test('a message to the number reaches its service', async () => {
    await place.api('POST', '/handsets/%2B447400555555/messages', { to: place.from, text: 'Hello Kannel' })
    const mo = await toldOf(({ pathname }) => pathname === '/mo')
    assert.deepEqual(
      [mo.searchParams.get('from'), mo.searchParams.get('to'), mo.searchParams.get('text')],
      ['+447400555555', place.from, 'Hello Kannel'],
    )
  })
})
