// A program of its own writes lines to a pipe, and is asked to end by them: what its reader does must not keep it.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, closeSync, existsSync } from 'node:fs'
import { test } from 'node:test'

const module = new URL('./line-writer.ts', import.meta.url).href
const clock = new URL('../values/clock.ts', import.meta.url).href

/** Runs with the writer on its stderr; the program says on stdout how far it came. */
function program(script: string, stderr: 'pipe' | number = 'pipe') {
  const text = `import { LineWriter } from ${JSON.stringify(module)}
    import { systemClock } from ${JSON.stringify(clock)}
    const lines = new LineWriter(2, systemClock)
    ${script}`
  return spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: ['pipe', 'pipe', stderr] })
}

test('lines come whole and in order, also those of the last moment', async () => {
  const child = program(`
    for (let n = 0; n < 3000; n += 1) lines.write('line ' + n + '\\n')
    setImmediate(() => {
      lines.write('the last but one\\n')
      lines.flush()
      lines.write('the last\\n')
      process.exit(0)
    })`)
  child.stdout!.resume()
  const text = Buffer.concat(await child.stderr!.toArray()).toString()
  const told = text.split('\n').slice(0, -1)
  assert.equal(told.length, 3002)
  for (let n = 0; n < 3000; n += 1) assert.ok(told.includes(`line ${n}`))
  assert.ok(told.includes('the last but one') && told.includes('the last'))
})

test('a reader that is gone keeps nobody', { timeout: 300_000 }, async () => {
  const child = program(`
    process.stdin.once('data', () => {
      for (let n = 0; n < 100; n += 1) lines.write('line ' + n + '\\n')
      lines.flush()
      lines.write('nobody reads this\\n')
      process.exit(7)
    })
    process.stdout.write('up')`)
  await once(child.stdout!, 'data')
  child.stderr!.destroy()
  await once(child.stderr!, 'close')
  child.stdin!.write('go')
  const [code] = await once(child, 'exit')
  assert.equal(code, 7)
})

test(
  'a disk without room costs the lines',
  { skip: !existsSync('/dev/full') && 'only Linux has /dev/full', timeout: 300_000 },
  async () => {
    const full = openSync('/dev/full', 'w')
    const child = program(`lines.write('a line\\n'); lines.flush(); process.exit(7)`, full)
    closeSync(full)
    const [code] = await once(child, 'exit')
    assert.equal(code, 7)
  },
)
