// The package as others get it: packed, installed into an empty folder, its command run and all its exports used.

import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const place = mkdtempSync(join(tmpdir(), 'offhook-pack-'))
// The Node that runs this test first, as npm does it for the package's own commands.
const environment = {
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
  NODE_TEST_CONTEXT: undefined,
}

function run(command: string, args: string[], cwd = place): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env: environment, encoding: 'utf8', maxBuffer: 2 ** 26 })
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`)
  return stdout
}

function runNode(code: string): string {
  writeFileSync(join(place, 'try.mjs'), code)
  return run(process.execPath, ['try.mjs'])
}

interface Packed {
  readonly filename: string
  readonly files: { readonly path: string }[]
}

let packed: Packed

before(() => {
  // npm 11 gives a list, older and newer ones may give an object by name.
  const answer = JSON.parse(run('npm', ['pack', '--json', '--silent', '--pack-destination', place], root)) as
    | Packed[]
    | Record<string, Packed>
  packed = Object.values(answer)[0] as Packed
  writeFileSync(join(place, 'package.json'), '{ "name": "elsewhere", "private": true, "type": "module" }\n')
  // The registry is asked only for what npm's cache does not have; the runtime is already there, so it is left out.
  run('npm', [
    'install',
    '--prefer-offline',
    '--omit=optional',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    join(place, packed.filename),
  ])
})

after(() => rmSync(place, { recursive: true, force: true }))

test('the package holds JavaScript and types, no source and no test', () => {
  const paths = packed.files.map((file) => file.path)
  for (const needed of [
    'bin/offhook.js',
    'dist/main.js',
    'dist/main.d.ts',
    'dist/explain/explain.js',
    'dist/explain/explain.d.ts',
    'dist/webhooks/verify.js',
    'dist/webhooks/verify.d.ts',
    'LICENSE',
    'README.md',
  ]) {
    assert.ok(paths.includes(needed), needed)
  }
  assert.deepEqual(
    paths.filter((path) => /^src\/|\.test\.|(?<!\.d)\.ts$/.test(path)),
    [],
  )
  for (const path of paths.filter((one) => one.startsWith('dist/') && /\.(?:js|d\.ts)$/.test(one))) {
    assert.doesNotMatch(readFileSync(join(root, path), 'utf8'), /from '[#.][^']*(?<!\.d)\.ts'/, path)
  }
})

test('the command answers', () => {
  const command = join(place, 'node_modules', '.bin', 'offhook')
  assert.match(run(command, ['version']), /^\d+\.\d+\.\d+\n$/)
  assert.match(run(command, ['explain', 'message.recipient_opted_out']), /opted out/i)
  // It asks over HTTP whether a platform runs, with a package that must come along.
  const settings = ['OFFHOOK_HTTP=127.0.0.1:0', `OFFHOOK_DATA=${join(place, 'nothing-yet')}`]
  assert.match(run('env', [...settings, command, 'doctor']), /Nothing is wrong/)
})

test('the command starts the platform, and SIGTERM ends it with nothing left', async () => {
  const data = join(place, 'data')
  const child = spawn(join(place, 'node_modules', '.bin', 'offhook'), ['start'], {
    cwd: place,
    env: { ...environment, OFFHOOK_DATA: data, OFFHOOK_HTTP: '127.0.0.1:0', OFFHOOK_SIP: '127.0.0.1:0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const ended = once(child, 'exit') as Promise<[number | null]>
  let url: string | undefined
  for await (const line of createInterface(child.stdout)) {
    url = /https?:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url !== undefined) break
  }
  assert.ok(url, complaints)
  const ready = await fetch(`${url}/readyz`)
  assert.equal(ready.status, 200, await ready.text())
  child.kill('SIGTERM')
  assert.equal((await ended)[0], 0, complaints)
  assert.ok(existsSync(join(data, 'offhook.db')))
})

test('the explain export needs nothing but itself', () => {
  const said = runNode(`
    import { explain } from 'offhook/explain'
    console.log(JSON.stringify(explain('ringcentral', { status: 400, headers: {}, body: '{"errorCode":"CMN-105"}' })))
  `)
  assert.match(said, /request\.query_not_allowed/)
})

test('the verify export needs nothing but itself', () => {
  const said = runNode(`
    import { verifyStandard } from 'offhook/verify'
    console.log(JSON.stringify(verifyStandard({ body: '{}', headers: {}, secret: 'whsec_x', nowMs: 0 })))
  `)
  assert.match(said, /header_missing/)
})

test('the main export starts a platform inside another program', () => {
  const said = runNode(`
    import { startOffhook } from 'offhook'
    const offhook = await startOffhook({ OFFHOOK_DATA: 'embedded', OFFHOOK_HTTP: '127.0.0.1:0', OFFHOOK_LOG: 'silent' })
    const answer = await fetch(offhook.urls[0] + '/healthz')
    console.log(answer.status)
    await offhook.stop('done')
  `)
  assert.equal(said, '200\n')
})
