// Files of messages at this vendor's door: reference section 10, cases 26 to 28.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '#values/clock.ts'
import { openHarness, type FaceHarness, type HarnessAnswer, type HarnessAsk } from '../../../test/face-harness.ts'
import { aculab } from './aculab.ts'

let face: FaceHarness
let aheadMs = 0
before(async () => {
  face = await openHarness(aculab, { clock: { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs } })
})
after(() => face.close())

const png = Buffer.from('\x89PNG\r\n\x1a\n0123456789', 'latin1')

function ask(path: string, more: Partial<HarnessAsk> = {}): Promise<HarnessAnswer> {
  const { basicUser, apiAccessKey } = face.credentials
  const authorization = `Basic ${Buffer.from(`${basicUser}:${apiAccessKey}`).toString('base64')}`
  return face.ask({ path: `/aculab/${path}`, ...more, headers: { authorization, accept: 'application/json', ...more.headers } })
}

const write = (query: string, body: Uint8Array = png, headers: Record<string, string> = {}) =>
  ask(`file_write?${query}`, { method: 'POST', body, headers: { 'content-type': 'application/octet-stream', ...headers } })

async function refused(answer: Promise<HarnessAnswer>, code: string, status: number): Promise<void> {
  const { json, text, status: told } = await answer
  assert.equal(json?.error?.code, code, text)
  assert.equal(told, status)
}

test('a file is written, listed, read and replaced', async () => {
  const written = await write('filetype=msg_media&filename=cats/one.png&contenttype=image/png')
  assert.deepEqual([written.status, written.json], [200, { filename: 'cats/one.png', size: png.length }])
  await write('filetype=msg_media&filename=cats/two.png')
  await write('filetype=msg_media&filename=dog.txt', Buffer.from('wau'))
  const listed = await ask('file_list?filetype=msg_media')
  assert.deepEqual(Object.keys(listed.json).toSorted(), ['cats/one.png', 'cats/two.png', 'dog.txt'])
  assert.equal(listed.json['dog.txt'].size, 3)
  assert.match(listed.json['dog.txt'].created_date, /^\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d$/)
  const names = async (query: string) => Object.keys((await ask(`file_list?filetype=msg_media&${query}`)).json)
  assert.deepEqual(await names('foldername=cats&prefix=t'), ['cats/two.png'])
  assert.deepEqual(await names('filename=dog.txt'), ['dog.txt'])
  assert.deepEqual(await names('prefix=d'), ['dog.txt'])

  const form = new URLSearchParams({ filetype: 'msg_media', filename: 'cats/one.png' })
  const got = await ask('file_get', { method: 'POST', body: form })
  assert.deepEqual([got.body, got.headers['content-type']], [png, 'image/png'])
  assert.equal((await write('filetype=msg_media&filename=dog.txt', Buffer.from('wau wau'))).status, 200)
  assert.equal((await ask('file_get?filetype=msg_media&filename=dog.txt')).text, 'wau wau')
  await refused(write('filetype=msg_media&filename=dog.txt', png, { 'if-none-match': '*' }), '0031', 409)
})

test('deleting gives a token, which is good for four hours', async () => {
  await write('filetype=msg_media&filename=old/a.png')
  await write('filetype=msg_media&filename=old/b.png')
  const { token } = (await ask('file_delete?filetype=msg_media&foldername=old')).json
  const progress = await ask(`file_delete_progress?token=${token}`)
  assert.deepEqual([progress.json.status, progress.json.files_deleted], ['completed', 2])
  await refused(ask('file_get?filetype=msg_media&filename=old/a.png'), '0017', 404)
  await refused(ask('file_delete?filetype=msg_media&filename=old/a.png'), '0017', 404)
  await refused(ask(`file_delete_progress?token=${token}0`), '0405', 404)
  await refused(ask(`file_delete_progress?token=${token.replace('.2.', '.3.')}`), '0405', 404)
  aheadMs += 5 * 3_600_000
  await refused(ask(`file_delete_progress?token=${token}`), '0405', 404)
})

test('names, types and what may be asked of each', async () => {
  const msg = 'filetype=msg_media&filename='
  for (const name of ['a..b.png', '/a.png', 'a//b.png', 'a/./b.png', 'no-extension', 'sp%20ace.png', 'x.', 'ä.png'])
    await refused(write(msg + name), '0401', 400)
  await refused(write('filetype=msg_media'), '0016', 400)
  await refused(ask('file_get?filetype=msg_media'), '0016', 400)
  await refused(ask('file_delete?filetype=msg_media'), '0016', 400)
  await refused(write('filename=a.png'), '0001', 400)
  await refused(write('filetype=MSG&filename=a.png'), '0408', 400)
  await refused(write('filetype=rest&filename=a.png'), '0407', 400)
  await refused(write(`${msg}a.png&encrypted=true`), '0414', 400)
  await refused(write(`${msg}a.png&ttl=30d`), '0413', 400)
  await refused(write(`${msg}a.png&ttl=5x`), '0412', 400)
  await refused(ask('file_list?filetype=msg_media&prefix=a/b'), '0415', 400)
  await refused(ask('file_list?filetype=rest'), 'HTTP 501', 501)
  assert.equal((await write(`${msg}a.png&encrypted=false`)).status, 200)
})

test('a file for messages has another name from now on, unless another file has that', async () => {
  await write('filetype=msg_media&filename=before.png')
  await write('filetype=msg_media&filename=other.png')
  const renamed = await ask('file_rename?filetype=msg_media&from=before.png&to=after.png')
  assert.deepEqual([renamed.status, renamed.json], [200, { filename: 'after.png' }])
  await refused(ask('file_get?filetype=msg_media&filename=before.png'), '0017', 404)
  assert.deepEqual((await ask('file_get?filetype=msg_media&filename=after.png')).body, png)
  await refused(ask('file_rename?filetype=msg_media&from=before.png&to=x.png'), '0017', 404)
  const taken = await ask('file_rename?filetype=msg_media&from=after.png&to=other.png')
  assert.deepEqual([taken.status, taken.json.error.code], [409, '0031'])
  assert.match(taken.json.error.text, /'?to'?/)
  await refused(ask('file_rename?filetype=msg_media&from=after.png&to=..'), '0401', 400)
  await refused(ask('file_rename?filetype=rest&from=a.png&to=b.png'), '0407', 400)
})

test('a sound that is kept for a time says until when', async () => {
  const head = Buffer.from('524946462c00000057415645666d74201000000001000100401f0000803e0000020010006461746108000000', 'hex')
  const sound = Buffer.concat([head, Buffer.alloc(8)])
  for (const ttl of ['30d', '720h', '43200m'])
    assert.equal((await write(`filetype=media&filename=t.wav&ttl=${ttl}`, sound)).status, 200)
  const { 't.wav': listed } = (await ask('file_list?filetype=media')).json
  const ms = (stamp: string): number => Date.parse(`${stamp.replace('_', 'T')}Z`)
  assert.equal(ms(listed.expiry_date) - ms(listed.created_date), 30 * 86_400_000)
  for (const ttl of ['0d', '5', 'd', '1.5h', '1w'])
    await refused(write(`filetype=media&filename=t.wav&ttl=${ttl}`, sound), '0412', 400)
  await write('filetype=media&filename=t.wav', sound)
  assert.equal('expiry_date' in (await ask('file_list?filetype=media')).json['t.wav'], false)
})

test('the body is a file: of a known length, not empty, of the type it says', async () => {
  const query = 'filetype=msg_media&filename=a.png'
  await refused(write(query, Buffer.alloc(0)), '0019', 400)
  await refused(ask(`file_write?${query}`), '0019', 400)
  const chunked = { authorization: 'Basic eDp5', 'transfer-encoding': 'chunked' }
  const headers = { ...chunked, accept: 'application/json' }
  const answer = await face.ask({ method: 'POST', path: `/aculab/file_write?${query}`, headers })
  assert.deepEqual([answer.status, answer.json.error.code], [411, '0020'])
  await refused(write(`${query}&contenttype=image/jpeg`), '0721', 400)
  await refused(write('filetype=msg_media&filename=a.exe', Buffer.from('MZ\0')), 'HTTP 415', 415)
  await refused(write(query, Buffer.concat([png, Buffer.alloc(1_600_000)])), 'HTTP 413', 413)
})
