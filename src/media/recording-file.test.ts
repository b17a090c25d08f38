import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Refusal } from '#reasons/refusal.ts'
import { openRecording } from './recording-file.ts'
import { readRecording, type SealedRecording } from './recording-reader.ts'

const dir = await mkdtemp(join(tmpdir(), 'offhook-recording-'))
after(() => rm(dir, { recursive: true, force: true }))
const key = Buffer.alloc(32, 7).toString('base64')

async function bytesOf(recording: SealedRecording, range?: { start: number; end: number }): Promise<Buffer> {
  return Buffer.concat(await recording.wav(range).toArray())
}

const refusedAs =
  (reason: string) =>
  (error: unknown): boolean =>
    error instanceof Refusal && error.reason === reason

/** Two and a half seconds of two channels that count up and down. */
async function counted(path: string): Promise<Int16Array> {
  const recording = openRecording({ path, key, channels: 2, rateHz: 8000 })
  const expected = new Int16Array(2 * 20_000)
  const near = new Int16Array(160)
  const far = new Int16Array(160)
  for (let tick = 0; tick < 125; tick += 1) {
    for (let at = 0; at < 160; at += 1) {
      near[at] = tick * 160 + at
      far[at] = -(tick * 160 + at)
      expected[2 * (tick * 160 + at)] = near[at]!
      expected[2 * (tick * 160 + at) + 1] = far[at]!
    }
    recording.write([near, far])
  }
  assert.deepEqual(await recording.close(), { durationMs: 2500, sizeBytes: 44 + expected.byteLength })
  return expected
}

test('what is recorded is read again as a WAV, from any byte on', async () => {
  const path = join(dir, 'deep', 'counted')
  const expected = Buffer.from((await counted(path)).buffer)
  const recording = await readRecording(path, key)
  assert.deepEqual([recording.isCutOff, recording.durationMs, recording.channels, recording.rateHz], [false, 2500, 2, 8000])
  const wav = await bytesOf(recording)
  assert.equal(wav.length, recording.sizeBytes)
  assert.equal(wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 16), 'RIFFWAVEfmt ')
  assert.equal(wav.readUInt32LE(40), expected.length)
  assert.deepEqual(wav.subarray(44), expected)
  for (const [start, end] of [
    [0, 9],
    [40, 47],
    [31_999, 32_100],
    [64_044, 64_044],
    [50_000, wav.length - 1],
  ] as const)
    assert.deepEqual(await bytesOf(recording, { start, end }), wav.subarray(start, end + 1), `${start}-${end}`)
})

test('nothing of the sound stands in the file', async () => {
  const path = join(dir, 'silent')
  const recording = openRecording({ path, key, channels: 1, rateHz: 8000 })
  recording.write([new Int16Array(8000)])
  await recording.close()
  assert.equal((await readFile(path)).includes(Buffer.alloc(16)), false)
})

test('a whole number of seconds, and nothing at all', async () => {
  for (const seconds of [0, 1, 2]) {
    const path = join(dir, `whole-${seconds}`)
    const recording = openRecording({ path, key, channels: 1, rateHz: 8000 })
    if (seconds > 0) recording.write([new Int16Array(8000 * seconds)])
    await recording.close()
    const read = await readRecording(path, key)
    assert.deepEqual([read.durationMs, read.isCutOff], [seconds * 1000, false])
  }
})

test('a process that is killed leaves a recording that can be read to its last second', { timeout: 300_000 }, async () => {
  const path = join(dir, 'killed')
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../test/fakes/recording-child.ts'), path, key])
  let told = 0
  child.stdout.on('data', (text: Buffer) => {
    told = Number(text.toString().trim().split('\n').at(-1))
    if (told >= 20) child.kill('SIGKILL')
  })
  await once(child, 'exit')
  const recording = await readRecording(path, key)
  assert.equal(recording.isCutOff, true)
  assert.ok(recording.durationMs >= 10_000, `${recording.durationMs} of ${told} s`)
  const wav = await bytesOf(recording)
  for (let second = 0; second < recording.durationMs / 1000; second += 1)
    assert.equal(wav.readInt16LE(44 + second * 16_000), (second % 1000) + 1)
})

test('a file that was shortened says so, wherever it was cut', async () => {
  const path = join(dir, 'whole')
  await counted(path)
  const { length } = await readFile(path)
  // Inside the last frame, just before it, inside the one before.
  for (const [cutBytes, durationMs] of [
    [1, 2000],
    [16_020, 2000],
    [16_021, 1000],
    [length - 16, 0],
  ] as const) {
    const shorter = join(dir, `shorter-${cutBytes}`)
    await copyFile(path, shorter)
    await truncate(shorter, length - cutBytes)
    const recording = await readRecording(shorter, key)
    assert.deepEqual([recording.isCutOff, recording.durationMs], [true, durationMs], `${cutBytes} bytes less`)
    assert.equal((await bytesOf(recording)).length, recording.sizeBytes)
  }
})

test('what a power cut left after the last frame is left out', async () => {
  const path = join(dir, 'power')
  await counted(path)
  const bytes = await readFile(path)
  await writeFile(path, Buffer.concat([bytes.subarray(0, 16 + 32_020), Buffer.alloc(50_000)]))
  const recording = await readRecording(path, key)
  assert.deepEqual([recording.isCutOff, recording.durationMs], [true, 1000])
})

test('a changed, moved or foreign recording is damaged', async () => {
  const path = join(dir, 'to-change')
  await counted(path)
  const bytes = await readFile(path)
  const frame = 32_020
  const swapped = Buffer.concat([
    bytes.subarray(0, 16),
    bytes.subarray(16 + frame, 16 + 2 * frame),
    bytes.subarray(16, 16 + frame),
    bytes.subarray(16 + 2 * frame),
  ])
  await writeFile(join(dir, 'swapped'), swapped)
  await assert.rejects(bytesOf(await readRecording(join(dir, 'swapped'), key)), refusedAs('recording.damaged'))
  bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100)
  await writeFile(join(dir, 'changed'), bytes)
  const changed = await readRecording(join(dir, 'changed'), key)
  await assert.rejects(bytesOf(changed), refusedAs('recording.damaged'))
  const other = Buffer.alloc(32, 8).toString('base64')
  await assert.rejects(readRecording(path, other), refusedAs('recording.damaged'))
  const short = openRecording({ path: join(dir, 'short'), key, channels: 1, rateHz: 8000 })
  short.write([new Int16Array(160)])
  await short.close()
  await assert.rejects(readRecording(join(dir, 'short'), other), refusedAs('recording.damaged'))
  await assert.rejects(readRecording(join(dir, 'nowhere'), key), refusedAs('recording.file_missing'))
})

test('a disk that cannot be written to is told once, and never thrown', async () => {
  const path = join(dir, 'taken')
  await writeFile(path, 'here already')
  const faults: string[] = []
  const recording = openRecording({ path, key, channels: 1, rateHz: 8000, onFault: (detail) => faults.push(detail) })
  for (let second = 0; second < 3; second += 1) recording.write([new Int16Array(8000)])
  assert.deepEqual(await recording.close(), { durationMs: 0, sizeBytes: 44 })
  assert.deepEqual(faults, ['EEXIST'])
  assert.equal(await readFile(path, 'utf8'), 'here already')
})

test(
  'a disk that fills up ends a recording with what it has',
  { skip: process.platform !== 'linux', timeout: 300_000 },
  async () => {
    const path = join(dir, 'full')
    const program = join(import.meta.dirname, '../../test/fakes/recording-child.ts')
    // As far as one process is concerned, a disk of a hundred blocks.
    const child = spawn('sh', ['-c', 'ulimit -f 100; exec "$@"', 'sh', process.execPath, program, path, key])
    const said = (await child.stdout.toArray()).join('')
    assert.match(said, /^full EFBIG (\d+)$/m)
    const recording = await readRecording(path, key)
    assert.equal(recording.isCutOff, true)
    assert.ok(recording.durationMs >= 1000)
    assert.equal(recording.durationMs, Number(/^full EFBIG (\d+)$/m.exec(said)![1]))
  },
)
