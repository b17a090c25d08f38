// Gathering: what a message carries is there before it is accepted, or the sender hears why not. Links last their time.

import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { Outgoing } from '#protocols/http/outgoing.ts'
import { Refusal } from '#reasons/refusal.ts'
import { createMedia, sha256Of, type MediaRow } from '#store/media.ts'
import type { Store } from '#store/store.ts'
import { handClock, systemClock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { Key } from '#values/secrets.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { gatherInbound, gatherMedia, jobMedia, type GatherParts, type WantedMedia } from './gather-media.ts'
import { MediaUrls } from './media-urls.ts'

const png = Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1')
const jpeg = Buffer.from('\xff\xd8\xff\xe0....', 'latin1')
const limits = { attachmentBytes: 100, messageMediaBytes: 30 }
const owner = { accountId: 7, limits, loopback: true }

let server: Server
let base = ''
const outgoing = new Outgoing({ clock: systemClock, userAgent: 'test', allow: [] })
before(async () => {
  server = createServer((req, res) => {
    const { pathname } = new URL(req.url!, 'http://x')
    if (pathname === '/moved') return void res.writeHead(302, { location: '/in/a%20cat.png' }).end()
    if (pathname === '/in/a%20cat.png') return void res.writeHead(200, { 'content-type': 'image/png' }).end(png)
    if (pathname === '/jpeg-as-png') return void res.writeHead(200, { 'content-type': 'image/png' }).end(jpeg)
    if (pathname === '/large') return void res.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(200))
    if (pathname === '/empty') return void res.writeHead(200, { 'content-type': 'image/png' }).end()
    res.writeHead(404, { 'content-type': 'image/png' }).end(png)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(async () => {
  await outgoing.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Refusal) return error.reason
    throw error
  }
  return 'none'
}

onBothEngines('gathering media', ({ open }) => {
  let store: Store
  let parts: GatherParts
  before(async () => {
    store = await open()
    parts = { read: store, fetch: outgoing.fetch, nextId: idSource(systemClock), clock: systemClock }
    const row: MediaRow = {
      id: 1,
      account_id: 7,
      message_id: null,
      position: 0,
      listed: 1,
      name: 'logo.png',
      type: 'image/png',
      size_bytes: png.length,
      sha256: sha256Of(png),
      origin: 'uploaded',
      created_ms: 1,
      expires_ms: null,
    }
    const actor = { face: 'test' }
    await store.write(createMedia, { media: { row, bytes: png }, replace: false, mostBytes: 1000, actor })
  })
  const gather = (...wanted: WantedMedia[]) => gatherMedia(parts, owner, 99, wanted)
  const url = (path: string): WantedMedia => ({ from: 'url', url: `${base}${path}` })

  test('bytes, files of the store and files elsewhere become rows of the message, in their order', async () => {
    const rows = await gather({ from: 'store', name: 'logo.png' }, url('/moved'))
    assert.deepEqual(
      rows.map(({ row, bytes }) => [row.message_id, row.position, row.listed, row.name, row.type, row.origin, bytes?.length]),
      [
        [99, 0, 0, 'logo.png', 'image/png', 'uploaded', undefined],
        [99, 1, 0, 'a cat.png', 'image/png', 'fetched', png.length],
      ],
    )
    assert.notEqual(rows[0]!.row.id, 1)
    const [one] = await gather({ from: 'request', file: { name: 'a.jpg', type: 'image/jpeg', bytes: jpeg } })
    assert.deepEqual([one!.row.sha256, one!.bytes], [sha256Of(jpeg), jpeg])
  })

  test('what is missing or unsuitable is told, and not what was found instead', async () => {
    assert.equal(await reasonOf(gather(url('/none.png'))), 'message.media_unusable')
    assert.equal(await reasonOf(gather(url('/jpeg-as-png'))), 'message.media_unusable')
    assert.equal(await reasonOf(gather(url('/large'))), 'message.attachment_too_large')
    assert.equal(await reasonOf(gather(url('/empty'))), 'message.attachment_empty')
    assert.equal(await reasonOf(gather({ from: 'url', url: 'ftp://example.com/a.png' })), 'message.media_unusable')
    assert.equal(await reasonOf(gather({ from: 'store', name: 'none.png' })), 'message.media_unusable')
    assert.equal(await reasonOf(gather({ from: 'store', id: 2 })), 'message.media_unusable')
    const foreign = gatherMedia(parts, { ...owner, accountId: 8 }, 99, [{ from: 'store', id: 1 }])
    assert.equal(await reasonOf(foreign), 'message.media_unusable')
    const three = Array.from({ length: 3 }, (): WantedMedia => ({ from: 'store', id: 1 }))
    assert.equal(await reasonOf(gather(...three)), 'message.too_large')
    // A file on this machine is nobody's to fetch but the sandbox's.
    const guarded = gatherMedia(parts, { ...owner, loopback: false }, 99, [url('/in/a%20cat.png')])
    assert.equal(await reasonOf(guarded), 'message.media_unusable')
  })

  test('a message from the network keeps what could be had, and tells what could not', async () => {
    const from = (path: string, name = '') => ({ url: `${base}${path}`, type: '', sizeBytes: 0, name })
    const { rows, missing } = await gatherInbound(parts, owner, 77, [from('/none.png'), from('/in/a%20cat.png')])
    assert.deepEqual(
      missing.map(({ reason }) => reason),
      ['message.media_unusable'],
    )
    const [{ row }] = rows as [(typeof rows)[number]]
    assert.deepEqual([row.message_id, row.position, row.listed, row.origin], [77, 0, 1, 'received'])
    assert.equal(row.name, `received/${row.id}.png`)
  })
})

test('links to media: good for their file and their time, for nobody else to make', () => {
  const clock = handClock()
  const urls = new MediaUrls(new Key('7'.repeat(64)), clock, () => 'https://x.example')
  const [job] = jobMedia([{ id: 5, type: 'image/png', size_bytes: 3, name: '' } as MediaRow], urls)
  assert.deepEqual([job!.type, job!.sizeBytes, job!.name], ['image/png', 3, '1.png'])
  const token = job!.url.slice('https://x.example/media/'.length)
  assert.equal(urls.idOf(token), 5)
  for (const wrong of ['', 'x', `${token}0`, token.replace(/^./, (c) => (c === '0' ? '1' : '0')), token.replace('-', '-0')])
    assert.equal(urls.idOf(wrong), undefined, wrong)
  assert.equal(new MediaUrls(new Key('8'.repeat(64)), clock, () => '').idOf(token), undefined)
  clock.advance(4 * 24 * 3_600_000)
  assert.equal(urls.idOf(token), undefined)
})
