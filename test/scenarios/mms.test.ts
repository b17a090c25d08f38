// The life of an MMS over the running program, with the gateway a program of its own: media fetched before it is accepted,
// handed over by links, receipts back to the record, and messages from the network with their files.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { newFolder, startProgram } from '../program.ts'
import { until } from '../until.ts'

const png = Buffer.from('\x89PNG\r\n\x1a\n of a cat', 'latin1')
const secret = 'what both of us know'

interface Told {
  readonly status: number
  readonly json: any
  readonly bytes: Buffer
}

async function openPlace(t: TestContext) {
  const data = newFolder()
  const program = await startProgram(t, data)
  const credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  const asks =
    (key: string) =>
    async (method: string, path: string, body?: object): Promise<Told> => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const answer = await fetch(`${program.url}/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
      const bytes = Buffer.from(await answer.arrayBuffer())
      const isJson = /json/.test(String(answer.headers.get('content-type')))
      return { status: answer.status, bytes, json: isJson ? JSON.parse(bytes.toString()) : undefined }
    }
  const operator = asks(credentials.operator.key)
  const own = asks(credentials.api.key)
  const good = async (told: Promise<Told>): Promise<any> => {
    const { status, json } = await told
    assert.ok(status < 300, JSON.stringify(json))
    return json
  }

  const file = fileURLToPath(new URL('../fakes/mms-gateway.ts', import.meta.url))
  const gateway = spawn(process.execPath, [file, secret, `${program.url}/carriers/mms/pictures`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => gateway.kill())
  const port = await new Promise<string>((resolve) => gateway.stdout.once('data', (text) => resolve(String(text).trim())))
  const gatewayUrl = `http://127.0.0.1:${port}`
  const detail = { url: `${gatewayUrl}/submit` }
  const carrier = await good(operator('POST', '/carriers', { name: 'pictures', kind: 'mms-http', detail, secret }))
  await good(operator('POST', '/routes', { carrierId: carrier.id, kind: 'mms' }))
  const { items } = await good(own('POST', '/numbers', { country: 'US', type: 'local' }))

  const settled = (id: string): Promise<any> =>
    until(
      () => good(own('GET', `/messages/${id}`)),
      ({ final }) => final,
    )
  return { program, operator, own, good, gatewayUrl, number: items[0].number as string, settled }
}

test('an MMS with files from everywhere goes out, and its end is told true', { timeout: 60_000 }, async (t) => {
  const { own, good, number, settled, gatewayUrl } = await openPlace(t)
  const files = createServer((req, res) => {
    if (req.url === '/cat.png') res.writeHead(200, { 'content-type': 'image/png' }).end(png)
    else res.writeHead(404).end()
  })
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve))
  t.after(() => files.close())
  const elsewhere = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
  const stored = await good(own('POST', '/media', { name: 'dog.png', content: png.toString('base64') }))

  const send = (way: string, more: object = {}) =>
    own('POST', '/messages', {
      from: number,
      to: `+44770090${way}`,
      kind: 'mms',
      text: 'look',
      subject: 'pets',
      report: 'wanted',
      media: [{ name: 'dog.png' }, { url: `${elsewhere}/cat.png` }],
      ...more,
    })
  const sent = await good(send('0001'))
  assert.equal(sent.media.length, 2)
  // The store's file may go; the message keeps what it carries.
  await good(own('DELETE', `/media/${stored.id}`))
  const ended = await settled(sent.id)
  assert.deepEqual([ended.state, ended.reason, ended.subject, ended.attempts], ['delivered', null, 'pets', 1])
  const kept = await own('GET', `/media/${ended.media[0]}/content`)
  assert.deepEqual(kept.bytes, png)
  const log = (await (await fetch(`${gatewayUrl}/log`)).json()) as any[]
  const expected = { type: 'image/png', size: png.length, status: 200 }
  assert.deepEqual(log[0].media, [expected, expected])
  assert.deepEqual([log[0].message.subject, log[0].message.from, log[0].times], ['pets', number, 1])

  const url = `${elsewhere}/cat.png`
  const media = [{ url }]
  const refused = await settled((await good(send('0002', { media }))).id)
  assert.deepEqual(
    [refused.state, refused.reason.slug, refused.reason.cause],
    ['failed', 'message.media_unusable', 'mms 422 media_rejected: no cats'],
  )
  const undelivered = await settled((await good(send('0010', { media }))).id)
  assert.deepEqual([undelivered.state, undelivered.reason.slug], ['undelivered', 'message.handset_unreachable'])

  for (const [wanted, reason] of [
    [[{ url: `${elsewhere}/none.png` }], 'message.media_unusable'],
    [[{ name: 'dog.png' }], 'message.media_unusable'],
    [[], 'message.media_required'],
  ] as const) {
    const told = await send('0001', { media: wanted })
    assert.deepEqual([told.status, told.json.reason], [400, reason])
  }
  const sms = await send('0001', { kind: 'sms', subject: undefined, media })
  assert.equal(sms.json.reason, 'message.media_not_allowed')
})

test('an MMS from the network is kept with its file', { timeout: 60_000 }, async (t) => {
  const { own, good, number, gatewayUrl } = await openPlace(t)
  const cat = { url: `${gatewayUrl}/cat.png`, type: 'image/png', name: 'cat.png' }
  const deliver = async (message: object) =>
    (await (await fetch(`${gatewayUrl}/inbound`, { method: 'POST', body: JSON.stringify(message) })).json()) as any
  const lost = { url: `${gatewayUrl}/none.png`, type: 'image/png' }
  const message = { id: 'in-1', from: '+447700900200', to: number, text: 'look', subject: 'cat', media: [lost, cat] }
  assert.deepEqual(await deliver(message), { status: 200, body: { taken: true } })
  const [received] = (await good(own('GET', '/messages?direction=in'))).items
  assert.deepEqual(
    [received.kind, received.state, received.from, received.text, received.subject, received.media.length],
    ['mms', 'received', '+447700900200', 'look', 'cat', 1],
  )
  assert.equal(received.reason.slug, 'message.media_unusable', 'one of its files could not be had')
  const file = await good(own('GET', `/media/${received.media[0]}`))
  assert.deepEqual([file.type, file.origin], ['image/png', 'received'])
  assert.match(file.name, /^received\/\d+\.png$/)
  assert.equal((await deliver({ ...message, id: 'in-2', to: '+12125559999' })).status, 404)
})
