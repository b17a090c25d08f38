import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createDecipheriv, randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openRecording } from '#media/recording-file.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { createRecording, endRecording, deleteRecording, type RecordingRow } from '#store/recordings.ts'
import type { Reader } from '#store/store.ts'
import { systemClock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { Key, randomToken } from '#values/secrets.ts'
import { Recordings } from '#voice/recordings.ts'
import { onBothEngines, type Bench } from '../../test/both-engines.ts'
import { recordingFilesMount } from './recording-files.ts'

const key = new Key('ab'.repeat(32))
const nextId = idSource(systemClock)
const actor = { face: 'test' }
/** Two seconds of something that is not silence. */
const samples = Int16Array.from({ length: 16_000 }, (_, at) => (at * 7919) % 30_000)

async function recorded(bench: Bench, detail: object = {}) {
  const place = await bench.newPlace()
  const { dataDir } = place
  const store = await bench.open(place)
  const parts = { store, clock: systemClock, nextId, key, dataDir, publicUrl: () => 'https://offhook.example', fault: () => {} }
  const recordings = new Recordings(parts)
  const id = nextId()
  const fileKey = randomBytes(32).toString('base64')
  const file = join('recordings', '2026-01-01', `${id}.ohr`)
  const writer = openRecording({ path: join(dataDir, file), key: fileKey, channels: 1, rateHz: 8000 })
  writer.write([samples])
  const { durationMs, sizeBytes } = await writer.close()
  const now = systemClock.nowMs()
  const row: RecordingRow = {
    id,
    account_id: 1,
    call_id: null,
    session_id: null,
    conference_id: null,
    face: 'test',
    state: 'recording',
    reason: null,
    source: 'api',
    channels: 'mixed',
    file,
    key_sealed: key.seal(fileKey),
    duration_ms: 0,
    size_bytes: 0,
    secret: randomToken(32),
    detail: JSON.stringify(detail),
    callback: null,
    created_ms: now,
    ended_ms: null,
    updated_ms: now,
  }
  await store.write(createRecording, { row, actor })
  const end = (): Promise<boolean> =>
    store.write(endRecording, { id, account: 1, state: 'ready', reason: null, durationMs, sizeBytes, actor, now })
  const told: string[] = []
  const mount = recordingFilesMount({
    read: store as Reader,
    recordings,
    refused({ reason }) {
      told.push(reason)
      return { status: 404, headers: {}, body: reason }
    },
  })
  const get = async (url: string, range?: string): Promise<HttpAnswer & { readonly bytes: Buffer }> => {
    const headers = range === undefined ? {} : { range }
    const path = new URL(url).pathname
    const request = {
      method: 'GET',
      path,
      query: '',
      headers,
      body: Buffer.alloc(0),
      source: '',
      secure: true,
      receivedAtMs: 0,
      traceId: '',
    }
    const answer = await mount.answer(request)
    const pieces: Buffer[] = []
    for await (const piece of answer.stream ?? []) pieces.push(piece as Buffer)
    return { ...answer, bytes: Buffer.concat(pieces) }
  }
  return { store, recordings, row, end, get, told, dataDir, url: recordings.urls.urlOf(row) }
}

onBothEngines('the public address of a recording', (bench) => {
  test('gives a WAV to whoever has it, whole or in part', async () => {
    const { end, get, url } = await recorded(bench)
    await end()
    assert.match(url, /^https:\/\/offhook\.example\/recordings\/[0-9a-f]{32}-[0-9A-Za-z]{32}\.wav$/)
    const whole = await get(url)
    assert.deepEqual([whole.status, whole.headers['content-type'], whole.headers['content-length']], [200, 'audio/wav', '32044'])
    assert.equal(whole.bytes.toString('latin1', 0, 4), 'RIFF')
    assert.deepEqual(whole.bytes.subarray(44), Buffer.from(samples.buffer))
    const part = await get(url, 'bytes=20000-20099')
    assert.deepEqual([part.status, part.headers['content-range']], [206, 'bytes 20000-20099/32044'])
    assert.deepEqual(part.bytes, whole.bytes.subarray(20_000, 20_100))
    assert.equal((await get(url, 'bytes=32044-')).body, 'request.range_not_satisfiable')
  })

  test('is nothing without its secret', async () => {
    const { end, get, row, url, told } = await recorded(bench)
    await end()
    await get(url.replace(row.secret, 'x'.repeat(32)))
    await get(`${url}x`)
    await get('https://offhook.example/recordings/')
    assert.deepEqual(told, ['recording.not_found', 'recording.not_found', 'recording.not_found'])
  })

  test('says while it is recorded, when its file is gone and when it was deleted, which of these it is', async () => {
    const { store, recordings, end, get, row, url, told, dataDir } = await recorded(bench)
    await get(url)
    await end()
    rmSync(join(dataDir, row.file))
    await get(url)
    const deleted = await store.write(deleteRecording, { account: 1, id: row.id, actor, now: 1 })
    assert.deepEqual(deleted, { file: row.file })
    await recordings.removeFile(row.file)
    await get(url)
    assert.deepEqual(told, ['recording.file_missing', 'recording.file_missing', 'recording.deleted'])
  })

  test('gives it sealed under the key of the application, where that has one', async () => {
    const own = { key: 'cd'.repeat(32), iv: 'ef'.repeat(16) }
    const { end, get, url } = await recorded(bench, { cipher: { type: 'aescbc', sealed: key.seal(JSON.stringify(own)) } })
    await end()
    const whole = await get(url)
    assert.equal(whole.headers['content-length'], String(whole.bytes.length))
    const decipher = createDecipheriv('aes-256-cbc', Buffer.from(own.key, 'hex'), Buffer.from(own.iv, 'hex'))
    const wav = Buffer.concat([decipher.update(whole.bytes), decipher.final()])
    assert.deepEqual(wav.subarray(44), Buffer.from(samples.buffer))
    assert.deepEqual((await get(url, 'bytes=100-199')).bytes, whole.bytes.subarray(100, 200))
  })
})
