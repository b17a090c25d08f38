// Media over the native API and under signed links: stored, read whole and by range, bounded, and nobody else's.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { MediaUrls } from '#messaging/media-urls.ts'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House, type Told } from '../house.ts'

const png = Buffer.from('\x89PNG\r\n\x1a\n0123456789', 'latin1')
const content = png.toString('base64')

onBothEngines('media', (bench) => {
  let house: House
  before(async () => {
    house = await openHouse(await bench.open())
  })

  const ask = (method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Told> =>
    house.ask(method, path, { key: house.sandbox.key, body, headers })

  const fetchLink = async (path: string, method = 'GET', headers: Record<string, string> = {}) => {
    const mount = house.mounts.find(({ name }) => name === 'media')!
    return mount.answer({
      method,
      path,
      query: '',
      headers,
      body: Buffer.alloc(0),
      source: '192.0.2.9',
      secure: false,
      receivedAtMs: house.clock.nowMs(),
      traceId: '0'.repeat(32),
    })
  }

  test('a file is stored, found, read whole and by range, and deleted', async () => {
    const made = await ask('POST', '/media', { name: 'pics/cat “1”.png', content }, { 'idempotency-key': 'm1' })
    assert.equal(made.status, 201, made.text)
    assert.deepEqual([made.json.type, made.json.sizeBytes, made.json.origin], ['image/png', png.length, 'uploaded'])
    const again = await ask('POST', '/media', { name: 'pics/cat “1”.png', content }, { 'idempotency-key': 'm1' })
    assert.equal(again.json.id, made.json.id)
    const taken = await ask('POST', '/media', { name: 'pics/cat “1”.png', content })
    assert.deepEqual([taken.status, taken.json.reason], [409, 'resource.value_not_unique'])
    const found = await ask('GET', `/media/by-name/${encodeURIComponent('pics/cat “1”.png')}`)
    assert.equal(found.json.id, made.json.id)
    const listed = await ask('GET', '/media?type=image/png')
    assert.equal(listed.json.items[0].id, made.json.id)

    const at = `/media/${made.json.id}`
    const whole = await ask('GET', `${at}/content`)
    assert.deepEqual([whole.status, whole.headers['content-type']], [200, 'image/png'])
    assert.match(String(whole.headers['content-disposition']), /^attachment; filename="cat _1_\.png"; filename\*=UTF-8''cat%20/)
    const part = await ask('GET', `${at}/content`, undefined, { range: 'bytes=8-11' })
    assert.deepEqual([part.status, part.text, part.headers['content-range']], [206, '0123', `bytes 8-11/${png.length}`])
    const beyond = await ask('GET', `${at}/content`, undefined, { range: 'bytes=99-' })
    assert.deepEqual([beyond.status, beyond.json.reason], [416, 'request.range_not_satisfiable'])

    assert.equal((await ask('DELETE', at)).json.done, true)
    assert.equal((await ask('GET', at)).status, 404)
    assert.equal((await ask('GET', `${at}/content`)).status, 404)
  })

  test('the bytes may be the body', async () => {
    const put = (query: string, type: string) =>
      house.ask('POST', `/media${query}`, { key: house.sandbox.key, body: png, headers: { 'content-type': type } })
    const made = await put('?name=raw.png', 'image/png')
    assert.deepEqual(
      [made.status, made.json.name, made.json.sizeBytes, made.json.type],
      [201, 'raw.png', png.length, 'image/png'],
    )
    assert.equal((await put('', 'application/octet-stream')).json.type, 'image/png')
    assert.equal((await put('', 'image/jpeg')).json.reason, 'message.media_unusable')
    assert.equal((await put('', 'application/json')).json.reason, 'request.encoding_mismatch')
    const elsewhere = { key: house.sandbox.key, body: png, headers: { 'content-type': 'image/png' } }
    assert.equal((await house.ask('POST', '/applications', elsewhere)).json.reason, 'request.content_type_invalid')
    for (const { id } of (await ask('GET', '/media')).json.items) await ask('DELETE', `/media/${id}`)
  })

  test('what cannot be kept says why; the store has its bounds', async () => {
    const reason = async (body: object) => (await ask('POST', '/media', body)).json.reason
    assert.equal(await reason({ content: '' }), 'message.attachment_empty')
    assert.equal(await reason({ content, type: 'image/jpeg' }), 'message.media_unusable')
    assert.equal(await reason({ content: 'TVqQAA==', name: 'a.exe' }), 'message.attachment_type_unsupported')
    assert.equal(await reason({ content: '****' }), 'request.parameter_invalid')
    const limits = { attachmentBytes: 100, mediaStoreBytes: 50 }
    const { id } = house.sandbox.caller.account
    await house.parts.run(updateAccountOperation, house.operator.caller, { id, settings: { limits } })
    assert.equal(
      await reason({ content: Buffer.concat([png, Buffer.alloc(100)]).toString('base64') }),
      'message.attachment_too_large',
    )
    const kept = []
    for (let at = 0; at < 4; at += 1) kept.push((await ask('POST', '/media', { content })).status)
    assert.deepEqual(kept, [201, 201, 409, 409])
  })

  test('a carrier reads a file under its link, and nothing else', async () => {
    const { items } = (await ask('GET', '/media')).json
    const urls = new MediaUrls(house.key, house.clock, () => '')
    const link = urls.urlOf(house.ids.read('media', items[0].id)!)
    const whole = await fetchLink(link)
    assert.deepEqual([whole.status, whole.body, whole.headers['content-type']], [200, png, 'image/png'])
    assert.equal((await fetchLink(link, 'GET', { range: 'bytes=0-3' })).status, 206)
    assert.equal((await fetchLink(link, 'POST')).status, 405)
    assert.equal((await fetchLink(`${link}0`)).status, 404)
    assert.equal((await fetchLink(urls.urlOf(house.parts.nextId()))).status, 404)
    await ask('DELETE', `/media/${items[0].id}`)
    assert.equal((await fetchLink(link)).status, 404)
    const other = urls.urlOf(house.ids.read('media', items[1].id)!)
    house.forward(4 * 24 * 3_600_000)
    assert.equal((await fetchLink(other)).status, 404)
    assert.deepEqual(house.faults, [])
  })
})
