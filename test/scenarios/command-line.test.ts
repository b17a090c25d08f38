// The command as an operator meets it: faults told at once, signals, reload, backup and restore. Imports nothing from src/.

import { test, after, type TestContext } from 'node:test'
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from '../ports.ts'

const command = fileURLToPath(new URL('../../bin/offhook.js', import.meta.url))
const place = mkdtempSync(join(tmpdir(), 'offhook-cli-'))
after(() => rmSync(place, { recursive: true, force: true }))

let count = 0
function folder(): string {
  count += 1
  return join(place, `data${count}`)
}

function settings(data: string, more: Record<string, string> = {}): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OFFHOOK_') && name !== 'NODE_TEST_CONTEXT')
  return {
    ...Object.fromEntries(inherited),
    OFFHOOK_DATA: data,
    OFFHOOK_HTTP: '127.0.0.1:0',
    OFFHOOK_SIP: '127.0.0.1:0',
    ...more,
  }
}

function run(args: string[], data: string, more: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    env: settings(data, more),
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

interface Started {
  readonly child: ChildProcess
  readonly url: string
  readonly ended: Promise<number | null>
  /** Resolves with the next line of the journal that has this message. */
  line(message: string): Promise<Record<string, unknown>>
}

async function start(t: TestContext, data: string, more: Record<string, string> = {}): Promise<Started> {
  const child = spawn(process.execPath, [command, 'start'], { env: settings(data, more), stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const lines: Record<string, unknown>[] = []
  const waiting = new Map<string, (line: Record<string, unknown>) => void>()
  let complaints = ''
  createInterface(child.stderr!).on('line', (text) => {
    complaints += `${text}\n`
    if (!text.startsWith('{')) return
    const line = JSON.parse(text) as Record<string, unknown>
    lines.push(line)
    waiting.get(String(line['msg']))?.(line)
  })
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout!).on('line', (text) => {
      const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(text)
      if (found) resolve(found[0])
    })
    void ended.then(() => reject(new Error(complaints)))
  })
  const line = (message: string): Promise<Record<string, unknown>> => {
    const there = lines.find((one) => one['msg'] === message)
    return there
      ? Promise.resolve(there)
      : new Promise((resolve, reject) => {
          waiting.set(message, resolve)
          void ended.then(() => reject(new Error(`ended without "${message}":\n${complaints}`)))
        })
  }
  return { child, url, ended, line }
}

test('every wrong setting is told at once, and nothing is made', () => {
  const data = folder()
  const { status, stderr } = run(['start'], data, {
    OFFHOOK_HTTP: 'here',
    OFFHOOK_LOG: 'loud',
    OFFHOOK_KEI: 'x',
    OFFHOOK_KEY: 'hunter2',
  })
  assert.equal(status, 1)
  const lines = stderr.trimEnd().split('\n')
  assert.equal(lines.length, 4)
  for (const name of ['OFFHOOK_HTTP', 'OFFHOOK_LOG', 'OFFHOOK_KEI', 'OFFHOOK_KEY'])
    assert.ok(
      lines.some((line) => line.startsWith(`${name} `)),
      stderr,
    )
  assert.doesNotMatch(stderr, /hunter2/)
  assert.equal(existsSync(data), false)
})

test('a host that names no face is refused with the faces there are', () => {
  const { status, stderr } = run(['start'], folder(), { OFFHOOK_HOSTS: 'a.example=nix' })
  assert.equal(status, 1)
  assert.match(stderr, /OFFHOOK_HOSTS has a\.example=nix, but the faces are .*operator/)
})

test('an unknown command is answered with the nearest, and exits 2', () => {
  const { status, stderr } = run(['strat'], folder())
  assert.equal(status, 2)
  assert.match(stderr, /nearest is: offhook start\n/)
  assert.equal(run(['backup'], folder()).status, 2)
  assert.match(run(['help'], folder()).stdout, /doctor/)
})

for (const setting of ['OFFHOOK_HTTP', 'OFFHOOK_SIP', 'OFFHOOK_SMPP']) {
  test(`a port of ${setting} that is taken is told in one sentence`, async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { status, stderr } = run(['start'], folder(), { [setting]: `127.0.0.1:${port}` })
    other.close()
    assert.equal(status, 1)
    assert.match(stderr.trim(), new RegExp(`^.*EADDRINUSE.*set ${setting}.*$`))
  })
}

test('it becomes healthy and ready, keeps its key to itself, and SIGTERM ends it with 0', async (t) => {
  const data = folder()
  const { child, url, ended } = await start(t, data)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  const ready = (await (await fetch(`${url}/readyz`)).json()) as { ready: boolean; dependencies: object }
  assert.equal(ready.ready, true)
  assert.deepEqual(Object.keys(ready.dependencies), ['store', 'disk', 'clock'])
  const metrics = await fetch(`${url}/metrics`)
  assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain/)
  assert.match(await metrics.text(), /offhook_http_requests_total\{face="operator",method="GET",status="200"\} \d/)
  assert.equal(statSync(join(data, 'key')).mode & 0o777, 0o600)
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
})

test('a request under way is answered after SIGTERM; a second signal does not wait', async (t) => {
  for (const signals of [1, 2]) {
    const { child, url, ended, line } = await start(t, folder(), { OFFHOOK_SHUTDOWN_MS: '60000' })
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('error', () => undefined)
    const closed = once(socket, 'close')
    // A body that is not complete holds the request open.
    socket.write('POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n')
    await once(socket, 'data')
    child.kill('SIGTERM')
    await line('stopping')
    if (signals === 2) {
      child.kill('SIGTERM')
      assert.equal(await ended, 1)
      continue
    }
    socket.write('done')
    await closed
    assert.match(text, /HTTP\/1\.1 405/)
    assert.match(text, /connection: close/i)
    assert.equal(await ended, 0)
  }
})

test('SIGHUP takes up what can change, and keeps the old settings when the new ones are wrong', async (t) => {
  const data = folder()
  const { child, url, line } = await start(t, data, { OFFHOOK_DISK_RESERVE: '' })
  const file = join(data, 'settings.json')
  writeFileSync(file, JSON.stringify({ diskReserve: 2 ** 49, log: 'loud' }))
  child.kill('SIGHUP')
  assert.match(JSON.stringify((await line('settings kept, the new ones are wrong'))['faults']), /OFFHOOK_LOG is/)
  writeFileSync(file, JSON.stringify({ diskReserve: 2 ** 49 }))
  child.kill('SIGHUP')
  assert.deepEqual((await line('settings reloaded'))['changed'], ['diskReserveBytes'])
  await line('disk nearly full, new work is refused')
  const ready = await fetch(`${url}/readyz`)
  assert.equal(ready.status, 503)
  const { dependencies } = (await ready.json()) as { dependencies: { disk: { reason: string } } }
  assert.equal(dependencies.disk.reason, 'platform.disk_nearly_full')
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
})

test('a backup can be taken while it runs and restored elsewhere, not over something, not under a running one', async (t) => {
  const data = folder()
  // A port of its own, so that restore can find the running platform.
  const http = `127.0.0.1:${await freePort()}`
  const { child, ended } = await start(t, data, { OFFHOOK_HTTP: http })
  const file = join(place, 'copy')
  const taken = run(['backup', file], data, { OFFHOOK_HTTP: http })
  assert.equal(taken.status, 0, taken.stderr)
  assert.equal(readFileSync(`${file}.key`, 'utf8'), readFileSync(join(data, 'key'), 'utf8'))
  assert.match(run(['backup', file], data).stderr, /exists already/)
  const under = run(['restore', file, '--force'], data, { OFFHOOK_HTTP: http })
  assert.equal(under.status, 1)
  assert.match(under.stderr, /stop it before a restore/)
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
  const over = run(['restore', file], data)
  assert.equal(over.status, 1)
  assert.match(over.stderr, /--force/)
  const elsewhere = folder()
  const restored = run(['restore', file], elsewhere)
  assert.equal(restored.status, 0, restored.stderr)
  const again = await start(t, elsewhere)
  assert.equal((await fetch(`${again.url}/readyz`)).status, 200)
  assert.equal(readFileSync(join(elsewhere, 'key'), 'utf8'), readFileSync(join(data, 'key'), 'utf8'))
})

test('doctor finds what is wrong and says what to do', () => {
  const data = folder()
  const well = run(['doctor'], data)
  assert.equal(well.status, 0, well.stdout)
  assert.match(well.stdout, /Nothing is wrong\.\n$/)
  const ill = run(['doctor'], data, { OFFHOOK_DATABASE: 'postgres://nobody@127.0.0.1:1/none', OFFHOOK_DISK_RESERVE: '512T' })
  assert.equal(ill.status, 1)
  assert.match(ill.stdout, /FAIL {2}disk: .*\n {6}Make room/)
  assert.match(ill.stdout, /FAIL {2}database: .*\n {6}Check that PostgreSQL runs/)
  assert.match(ill.stdout, /2 things are wrong\.\n$/)
})

test('an old Node is told in one sentence what it lacks', () => {
  // The version is all that the check reads, so a Node that says it is old stands for one.
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '18.20.4' }); process.argv.splice(1, 0, ''); require(${JSON.stringify(command)})`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', pretend], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /^Offhook needs Node 26 and this is Node 18\.20\.4: run "npm install" and then "npm start".*\n$/)
})
