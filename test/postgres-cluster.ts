// A private PostgreSQL cluster for tests: in a temporary directory, on a free port of 127.0.0.1, without fsync.
// One is started for a process on first use and stopped with it; a run that has one already hands its URL in through
// OFFHOOK_TEST_DATABASE, and each test file makes databases of its own in it.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import pg from 'pg'
import { freePort } from './ports.ts'

export interface PostgresCluster {
  /** Of its first database. */
  readonly url: string
  /** Makes an empty database and gives its URL. */
  newDatabase(): Promise<string>
  stop(): Promise<void>
}

const installed = '/usr/lib/postgresql'

/** Longer than a start takes on a slow machine. */
const startMs = 180_000

/** The directory of initdb and postgres, or undefined. */
function findBinaries(): string | undefined {
  const versions = existsSync(installed) ? readdirSync(installed).toSorted((a, b) => Number(b) - Number(a)) : []
  const places = [...versions.map((version) => join(installed, version, 'bin')), ...(process.env['PATH'] ?? '').split(delimiter)]
  return places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')))
}

/** PostgreSQL refuses to run as root: then it runs as the user that Debian's package makes. */
function asUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function connects(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

let databases = 0

async function makeDatabase(url: string): Promise<string> {
  databases += 1
  const name = `test_${process.pid}_${databases}`
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`drop database if exists ${name}`)
  await client.query(`create database ${name}`)
  await client.end()
  const made = new URL(url)
  made.pathname = `/${name}`
  return made.href
}

export interface StartedCluster extends PostgresCluster {
  /** Stops the server and keeps its data, as when a database host goes down. */
  halt(): Promise<void>
  /** Starts it again on the same port. */
  resume(): Promise<void>
}

/** Starts a cluster of its own, for tests that stop it; others share one by `sharedCluster`. `durable` is for benches. */
export async function startCluster({ durable = false } = {}): Promise<StartedCluster> {
  const bin = findBinaries()
  if (!bin) throw new Error('PostgreSQL is missing: apt-get install postgresql (.ci/run does)')
  const user = asUser()
  const dir = mkdtempSync(join(tmpdir(), 'offhook-pg-'))
  if (user.uid !== undefined && user.gid !== undefined) chownSync(dir, user.uid, user.gid)
  const data = join(dir, 'data')
  const options = { ...user, cwd: dir, stdio: 'ignore' as const }
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'offhook', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    options,
  )
  const port = await freePort()
  const url = `postgres://offhook@127.0.0.1:${port}/postgres`
  const settings = [
    `port=${port}`,
    `unix_socket_directories=${dir}`,
    'listen_addresses=127.0.0.1',
    `fsync=${durable ? 'on' : 'off'}`,
    `shared_buffers=${durable ? '512MB' : '32MB'}`,
    'max_connections=200',
    'deadlock_timeout=50ms',
  ]
  let server: ChildProcess | undefined

  const resume = async (): Promise<void> => {
    const started = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], options)
    started.unref()
    server = started
    const lateMs = performance.now() + startMs
    while (!(await connects(url))) {
      if (started.exitCode !== null || started.signalCode !== null || performance.now() > lateMs)
        throw new Error('PostgreSQL did not start')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const halt = async (): Promise<void> => {
    const running = server
    server = undefined
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const ended = new Promise((resolve) => running.once('exit', resolve))
    // SIGINT is PostgreSQL's fast shutdown: it ends sessions and does not wait for them.
    running.ref()
    running.kill('SIGINT')
    await ended
  }
  const atExit = (): void => {
    if (server?.kill('SIGQUIT')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
  process.once('exit', atExit)
  const stop = async (): Promise<void> => {
    await halt()
    process.off('exit', atExit)
    rmSync(dir, { recursive: true, force: true })
  }
  await resume()
  return { url, newDatabase: () => makeDatabase(url), stop, halt, resume }
}

let shared: Promise<PostgresCluster> | undefined

/** The cluster of this process or of the whole run; nobody needs to stop it, though `stop` may be called. */
export function sharedCluster(): Promise<PostgresCluster> {
  const given = process.env['OFFHOOK_TEST_DATABASE']
  if (given !== undefined) return Promise.resolve({ url: given, newDatabase: () => makeDatabase(given), stop: async () => {} })
  shared ??= startCluster().then((cluster) => {
    // The server must not keep a finished test process alive; it is ended with the process.
    return { ...cluster, stop: async () => {} }
  })
  return shared
}
