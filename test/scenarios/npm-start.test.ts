// `npm start`, and what npx does: a signal to whoever started the program reaches it, though a shell may stand between, and nothing stays
// behind. The pipes of what was started close when the last process that has them is gone.

import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { newFolder } from '../program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Started {
  readonly child: ChildProcess
  readonly lines: () => string
}

/** Resolves once the program is ready. */
async function started(t: TestContext, command: readonly [string, ...string[]], more: object = {}): Promise<Started> {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:OFFHOOK_|npm_|NODE_TEST_CONTEXT$)/i.test(name))
  const settings = { OFFHOOK_DATA: newFolder(), OFFHOOK_HTTP: '127.0.0.1:0', OFFHOOK_SIP: 'off', OFFHOOK_SMPP: 'off' }
  const [name, ...args] = command
  // A group of its own, so that whatever would stay behind can be ended with it.
  const child = spawn(name, args, { cwd: root, detached: true, env: { ...Object.fromEntries(own), ...settings, ...more } })
  t.after(() => {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // All of it has ended.
    }
  })
  let lines = ''
  await new Promise<void>((resolve, reject) => {
    const heard = (chunk: Buffer): void => {
      lines += chunk.toString()
      if (lines.includes('"msg":"started"')) resolve()
    }
    child.stdout.on('data', heard)
    child.stderr.on('data', heard)
    child.once('exit', () => reject(new Error(lines)))
  })
  return { child, lines: () => lines }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`npm start passes ${signal} on, and ends as the program does`, { timeout: 60_000 }, async (t) => {
    const { child, lines } = await started(t, ['npm', 'start'])
    child.kill(signal)
    const [code] = (await once(child, 'close')) as [number | null]
    assert.match(lines(), /"msg":"stopped"/)
    assert.equal(code, 0, lines())
  })
}

test('npm start that is hung up leaves nothing behind', { timeout: 60_000 }, async (t) => {
  const { child, lines } = await started(t, ['npm', 'start'])
  child.kill('SIGHUP')
  await once(child, 'close')
  assert.match(lines(), /"msg":"stopped"/)
})

test('a shell between that is ended ends the program', { timeout: 60_000 }, async (t) => {
  const shell = ['sh', '-c', 'node bin/offhook.js start; exit 9'] as const
  const { child, lines } = await started(t, [...shell], { npm_command: 'exec' })
  child.kill('SIGTERM')
  await once(child, 'close')
  assert.match(lines(), /"msg":"stopped"/)
})

test('a start that cannot be gives npm its exit code', { timeout: 60_000 }, async () => {
  const env = { ...process.env, OFFHOOK_DATA: newFolder(), OFFHOOK_HTTP: 'nonsense' }
  const child = spawn('npm', ['start'], { cwd: root, env, stdio: 'ignore' })
  const [code] = (await once(child, 'exit')) as [number | null]
  assert.ok(code !== 0 && code !== null)
})
