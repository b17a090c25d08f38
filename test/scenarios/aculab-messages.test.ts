// Messages at the aculab face over real sockets: sent, asked for, told at the customer's pages, called back, received, and who
// wants none.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { startServer } from '../../conformance/server.ts'
import type { Answer } from '../../conformance/scenario.ts'
import { openWorld } from '../../conformance/world.ts'
import { startWebhookServer, type Heard } from '../fakes/webhook-server.ts'

const refForm = /^[0-9a-f]{8}\.\d{10}\.\d{1,7}$/
const stampForm = /^\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d$/
/** Of the pretend network: taken and delivered; nobody has the number. */
const works = '13105550101'
const nobody = '13105550107'
const person = '14155550142'

async function open(t: TestContext) {
  const server = await startServer()
  const world = openWorld(server)
  t.after(async () => {
    await world.close()
    await server.stop()
  })
  const { basicUser, apiAccessKey } = server.credentials.aculab
  const headers = { authorization: `Basic ${btoa(`${basicUser}:${apiAccessKey}`)}`, accept: 'application/json' }
  const call = (operation: string, fields: Record<string, string>, method = 'POST'): Promise<Answer> => {
    const body = new URLSearchParams(fields)
    if (method === 'GET') return world.ask({ method, path: `/aculab/${operation}?${String(body)}`, headers })
    return world.ask({ method, path: `/aculab/${operation}`, headers, body })
  }
  const good = async (...asked: Parameters<typeof call>): Promise<any> => {
    const answer = await call(...asked)
    assert.equal(answer.status, 200, answer.text)
    return answer.json
  }
  const put = (path: string, body: object) => world.ask({ method: 'PUT', path: `/aculab${path}`, headers, body })
  const { numbers } = await good('tel_purchase', { country: 'United States', state: 'Arkansas', region: 'Little Rock' })
  const [number] = numbers as [string]
  const page = await startWebhookServer()
  const handsetSays = async (more: object): Promise<void> => {
    const told = await world.api('POST', `/handsets/%2B${person}/messages`, { to: `+${number}`, ...more })
    assert.equal(told.status, 200, told.text)
  }
  return { world, call, good, put, number, page, handsetSays, headers }
}

const said = ({ body }: Heard): any => JSON.parse(body)
const asked = ({ path }: Heard) => Object.fromEntries(new URL(path, 'http://page').searchParams)

test('a message with a delivery report is told at its page until it is delivered', async (t) => {
  const { good, number, page } = await open(t)
  const { msg_refs: refs, ...more } = await good('msg_send', {
    to: works,
    from: number,
    content: 'Your cab is outside',
    request_delivery_report: 'true',
    status_page: `${page.url}/status?mine=1`,
  })
  assert.deepEqual(more, {})
  assert.equal(refs.length, 1)
  assert.match(refs[0], refForm)
  await page.until(2)
  const [taken, arrived] = page.heard.map(said)
  const { timestamp, ...first } = taken
  assert.match(timestamp, stampForm)
  assert.deepEqual(first, {
    status: 'submitted_to_carrier',
    direction: 'send',
    type: 'sms',
    from: number,
    to: works,
    msg_ref: refs[0],
    aculab_msg_err: '000',
  })
  assert.deepEqual({ ...arrived, timestamp }, { ...taken, status: 'delivered' })
  for (const { method, path, headers } of page.heard) {
    assert.deepEqual([method, path, headers['content-type']], ['POST', '/status?mine=1', 'application/json'])
  }
  const { msg_ref: _, ...last } = arrived
  assert.deepEqual(await good('msg_status', { msg_refs: refs[0] }), { [refs[0]]: last })
})

test('a failure tells its cause, by GET too, and a number and an error id', async (t) => {
  const { world, good, number, page } = await open(t)
  const more = { from: number, content: 'hello', request_delivery_report: 'T', status_page: page.url, status_method: 'GET' }
  const { msg_refs: refs } = await good('msg_send', { to: nobody, ...more }, 'GET')
  await page.until(2)
  const failed = page.heard[1]!
  const { timestamp: _, ...told } = asked(failed)
  assert.deepEqual(told, {
    status: 'failed',
    direction: 'send',
    type: 'sms',
    from: number,
    to: nobody,
    msg_ref: refs[0],
    aculab_msg_err: '999',
    failure_cause: told['failure_cause'],
  })
  assert.match(told['failure_cause']!, /[Hh]andset|number/)
  assert.deepEqual([failed.method, failed.body], ['GET', ''])
  assert.equal(failed.headers['offhook-reason'], 'message.handset_unknown')
  const [row] = (await world.api('GET', '/messages')).json.items
  assert.deepEqual([row.reason.slug, failed.headers['offhook-error-id']], ['message.handset_unknown', row.errorId ?? undefined])
  // The network's word that somebody wants nothing has a code of this vendor's.
  const optedOut = await good('msg_send', { to: '13105550109', ...more })
  await page.until(4)
  assert.equal(asked(page.heard[3]!)['aculab_msg_err'], '701')
  const states = await good('msg_status', { msg_refs: `${optedOut.msg_refs[0]}/${refs[0]}` })
  assert.deepEqual(
    Object.values(states).map((one: any) => [one.status, one.aculab_msg_err]),
    [
      ['failed', '701'],
      ['failed', '999'],
    ],
  )
})

test('a long text has a reference for each part, and each is told', async (t) => {
  const { good, number, page } = await open(t)
  const { msg_refs: refs } = await good('msg_send', {
    to: works,
    from: number,
    content: 'Ten words that say little stand here again and again. '.repeat(8),
    status_page: page.url,
  })
  assert.equal(refs.length, 3)
  await page.until(3)
  const told = page.heard.map(said).toSorted((a, b) => a.multipart_position - b.multipart_position)
  assert.deepEqual(
    told.map(({ msg_ref: ref, status, multipart_position: position, multipart_count: count }) => [ref, status, position, count]),
    // Nobody asked for a report: that it was sent is its end.
    refs.map((ref: string, index: number) => [ref, 'sent', index + 1, 3]),
  )
  const [uid] = new Set(told.map((one) => one.multipart_uid))
  assert.match(uid, refForm)
  assert.deepEqual(
    refs.map((ref: string) => ref.replace(/_\d+/, '')),
    [uid, uid, uid],
  )
  const states = await good('msg_status', { msg_refs: refs.join('/') })
  assert.deepEqual(Object.keys(states), refs)
  assert.deepEqual(states[refs[1]].multipart_position, 2)
})

test('what waits is called back, what went is not; a stranger reference is unknown', async (t) => {
  const { world, call, good, number, page } = await open(t)
  const held = await world.operatorApi('POST', '/carriers', { name: 'nobody', url: 'smpp://me:pass@127.0.0.1:9' })
  assert.equal(held.status, 201, held.text)
  const route = { carrierId: held.json.id, prefix: '+1415' }
  const routes = (await world.operatorApi('GET', '/routes')).json.items
  for (const { id } of routes) await world.operatorApi('DELETE', `/routes/${id}`)
  await world.operatorApi('POST', '/routes', route)
  const { msg_refs: refs } = await good('msg_send', { to: person, from: number, content: 'x'.repeat(200), status_page: page.url })
  assert.equal(refs.length, 2)
  assert.equal((await good('msg_status', { msg_refs: refs[0] }))[refs[0]].status, 'queued')
  const stranger = 'abcdef01.1493141823.12345'
  const called = await good('msg_cancel', { msg_refs: [...refs, stranger].join('/') })
  assert.deepEqual(called, {
    [refs[0]]: { cancelled: true, status: 'cancelled' },
    [refs[1]]: { cancelled: true, status: 'cancelled' },
    [stranger]: { cancelled: false, status: 'unknown' },
  })
  await page.until(2)
  assert.deepEqual(new Set(page.heard.map((heard) => said(heard).status)), new Set(['cancelled']))
  assert.deepEqual(await good('msg_status', { msg_refs: stranger }), { [stranger]: { status: 'unknown' } })
  const tampered = refs[0].replace(/\.\d+\./, '.1493141823.')
  assert.deepEqual(await good('msg_status', { msg_refs: tampered }), { [tampered]: { status: 'unknown' } })
  for (const malformed of ['xyz.1.2', '1.2', '1.x.2', '1_a.2.3'])
    assert.equal((await call('msg_status', { msg_refs: malformed })).json.error.code, '0025', malformed)
  assert.equal((await call('msg_status', { msg_refs: `${refs[0]}//` })).json.error.code, '0024')
})

test('a received message goes to the notification page of its service, with its files', async (t) => {
  const { world, good, put, number, page, handsetSays, headers } = await open(t)
  const relative = await put('/service/v1/inbound/desk', { messages: { notification_page: { address: '/news' } } })
  assert.match(relative.json.error.text, /notification_page\.address: '\/news' must be an absolute http/)
  const made = await put('/service/v1/inbound/desk', { messages: { notification_page: { address: `${page.url}/news` } } })
  assert.deepEqual(made.json.messages, { notification_page: { address: `${page.url}/news`, method: 'POST' } })
  await good('tel_update_number', { number, service: 'desk' })
  // Whoever else sets up the number, its service is told in the form of its own door.
  const [{ id }] = (await world.api('GET', '/numbers')).json.items
  assert.equal((await world.api('PATCH', `/numbers/${id}`, { name: 'front desk' })).status, 200)
  const text = 'Grüße, and a text that goes on for so long that it comes in parts. '.repeat(4).trim()
  await handsetSays({ text })
  await page.until(1)
  const { timestamp, msg_ref: ref, ...received } = said(page.heard[0]!)
  assert.match(ref, refForm)
  assert.match(timestamp, stampForm)
  assert.deepEqual(received, {
    status: 'received',
    direction: 'receive',
    type: 'sms',
    from: person,
    to: number,
    aculab_msg_err: '000',
    content: text,
  })
  assert.deepEqual([page.heard[0]!.method, page.heard[0]!.path], ['POST', '/news'])
  assert.equal((await good('msg_status', { msg_refs: ref }))[ref].status, 'received')

  page.answer = (response, { path }) => {
    if (path === '/cat.png') response.writeHead(200, { 'content-type': 'image/png' })
    response.end(path === '/cat.png' ? Buffer.from('\x89PNG\r\n\x1a\n of a cat', 'latin1') : undefined)
  }
  await put('/service/v1/inbound/desk', { messages: { notification_page: { address: `${page.url}/news`, method: 'GET' } } })
  await handsetSays({ text: 'look', media: [{ url: `${page.url}/cat.png`, type: 'image/png' }] })
  await page.until(3)
  const mms = asked(page.heard[2]!)
  assert.deepEqual([mms['type'], mms['content'], mms['status']], ['mms', 'look', 'received'])
  assert.match(mms['msg_media']!, /^received\/\d+\.png$/)
  const path = `/aculab/file_get?filetype=msg_media&filename=${mms['msg_media']}`
  const file = await world.ask({ method: 'GET', path, headers })
  assert.deepEqual([file.status, file.headers.get('content-type')], [200, 'image/png'])
})

test('who writes STOP is on the list of both sides, until they write START', async (t) => {
  const { call, good, number, handsetSays } = await open(t)
  const send = () => call('msg_send', { to: person, from: number, content: 'news' })
  const listed = async (side: Record<string, string>) =>
    ((await good('msg_optouts', side)) as { to: string; from: string; timestamp: string }[]).map(({ to, from, timestamp }) => {
      assert.match(timestamp, stampForm)
      return { to, from }
    })
  await handsetSays({ text: 'Stop' })
  assert.equal((await send()).json.error.code, '0701')
  assert.deepEqual(await listed({ to: person }), [{ to: person, from: number }])
  assert.deepEqual(await listed({ from: number }), [{ to: person, from: number }])
  assert.deepEqual(await listed({ from: 'Somebody' }), [])
  await handsetSays({ text: 'START' })
  assert.equal((await send()).status, 200)
  assert.deepEqual(await listed({ to: person }), [])
})

test('pictures go by their names, and a repeated request sends once', async (t) => {
  const { world, good, number, page, headers } = await open(t)
  for (const name of ['cats/one.png', 'two.png']) {
    const answer = await world.ask({
      method: 'POST',
      path: `/aculab/file_write?filetype=msg_media&filename=${name}&contenttype=image/png`,
      headers: { ...headers, 'content-type': 'image/png' },
      body: Buffer.from(`\x89PNG\r\n\x1a\n ${name}`, 'latin1'),
    })
    assert.equal(answer.status, 200, answer.text)
  }
  const fields = { type: 'mms', to: person, from: number, msg_media: 'cats/one.png,two.png', status_page: page.url }
  const once = { method: 'POST', path: '/aculab/msg_send', headers: { ...headers, 'idempotency-key': 'one' } }
  const first = await world.ask({ ...once, body: new URLSearchParams(fields) })
  const again = await world.ask({ ...once, body: new URLSearchParams(fields) })
  assert.equal(first.status, 200, first.text)
  assert.deepEqual(again.json, first.json)
  await page.until(1)
  assert.deepEqual([said(page.heard[0]!).type, said(page.heard[0]!).status], ['mms', 'sent'])
  const { items } = (await world.api('GET', `/handsets/%2B${person}/messages`)).json
  assert.equal(items.length, 1)
  assert.deepEqual(
    items[0].media.map(({ name }: { name: string }) => name),
    ['cats/one.png', 'two.png'],
  )
  assert.deepEqual(Object.keys(await good('file_list', { filetype: 'msg_media' })), ['cats/one.png', 'two.png'])
})
