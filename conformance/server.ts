// The program under test, started the way a person starts it: its own process, its own data directory, real sockets.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { claimPorts, freePorts } from '../test/ports.ts'
import { startCluster, type StartedCluster } from '../test/postgres-cluster.ts'
import type { Operator } from './scenario.ts'

export interface ServerWanted {
  readonly engine?: 'sqlite' | 'postgres'
  readonly tls?: boolean
  readonly env?: Readonly<Record<string, string>>
}

export interface RunningServer {
  readonly baseUrl: string
  /** Where it takes SIP over UDP. */
  readonly sip: { readonly host: string; readonly port: number }
  readonly credentials: any
  readonly ca: string | undefined
  readonly operator: Operator
  /** The last lines of its standard error, for telling why a scenario failed. */
  readonly lines: () => string
  /** Sends SIGTERM and gives the exit code. */
  stop(): Promise<number | null>
}

const program = fileURLToPath(new URL('../bin/offhook.js', import.meta.url))
/** Longer than a start takes on a slow machine. */
const startMs = 180_000

export async function startServer(wanted: ServerWanted = {}): Promise<RunningServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'offhook-conformance-'))
  const cluster = wanted.engine === 'postgres' ? await startCluster() : undefined
  const database = cluster && (await cluster.newDatabase())
  const certificate = wanted.tls ? makeCertificate(dataDir) : undefined
  // Tools and tests may start it again, at the addresses it took first: nobody else gets them meanwhile.
  const [httpPort, sipPort] = await freePorts(2)
  const sound = await claimPorts(400)
  const sip = { host: '127.0.0.1', port: sipPort! }
  const env: Record<string, string> = {
    OFFHOOK_DATA: dataDir,
    OFFHOOK_HTTP: `127.0.0.1:${httpPort}`,
    OFFHOOK_SIP: `${sip.host}:${sip.port}`,
    OFFHOOK_RTP_PORTS: sound.text,
    OFFHOOK_LOG: 'warn',
    ...(database && { OFFHOOK_DATABASE: database }),
    ...(certificate && { OFFHOOK_TLS_CERT: certificate.certFile, OFFHOOK_TLS_KEY: certificate.keyFile }),
    ...wanted.env,
  }
  let running = await launch(env)
  return {
    get baseUrl() {
      return running.baseUrl
    },
    sip,
    credentials: JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8')),
    ca: certificate && readFileSync(certificate.certFile, 'utf8'),
    operator: operatorOf(dataDir, cluster, database, async (more) => {
      await running.stop()
      running = await launch({ ...env, ...more })
    }),
    lines: () => running.lines(),
    async stop() {
      const code = await running.stop()
      sound.release()
      await cluster?.stop()
      rmSync(dataDir, { recursive: true, force: true })
      return code
    },
  }
}

interface Launched {
  readonly baseUrl: string
  readonly lines: () => string
  stop(): Promise<number | null>
}

function launch(env: Record<string, string>): Promise<Launched> {
  const child = spawn(process.execPath, [program, 'start'], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let told = ''
  child.stderr.on('data', (chunk: Buffer) => {
    told = (told + chunk.toString()).slice(-10_000)
  })
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`the server was not ready in time\n${told}`))
    }, startMs)
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`the server ended with ${code} instead of starting\n${told}`))
    })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const ready = /ready at (\S+)/.exec(out)
      if (!ready || !out.endsWith('\n')) return
      clearTimeout(late)
      child.removeAllListeners('exit')
      resolve({ baseUrl: ready[1]!, lines: () => told, stop: () => end(child) })
    })
  })
}

function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => {
    const late = setTimeout(() => child.kill('SIGKILL'), startMs)
    child.once('exit', (code) => {
      clearTimeout(late)
      resolve(code)
    })
    child.kill('SIGTERM')
  })
}

function operatorOf(
  dataDir: string,
  cluster: StartedCluster | undefined,
  database: string | undefined,
  restart: Operator['restart'],
): Operator {
  const needCluster = (): StartedCluster => {
    if (!cluster) throw new Error('this scenario did not ask for PostgreSQL')
    return cluster
  }
  return {
    dataDir,
    async sql(text) {
      if (database === undefined) {
        const sqlite = new DatabaseSync(join(dataDir, 'offhook.db'), { timeout: 5000 })
        sqlite.exec(text)
        sqlite.close()
        return
      }
      const client = new pg.Client({ connectionString: database })
      await client.connect()
      await client.query(text)
      await client.end()
    },
    stopDatabase: () => needCluster().halt(),
    startDatabase: () => needCluster().resume(),
    restart,
  }
}

/** A certificate of its own for 127.0.0.1, trusted by this run alone. */
export function makeCertificate(dir: string, name = '127.0.0.1'): { certFile: string; keyFile: string } {
  const certFile = join(dir, 'cert.pem')
  const keyFile = join(dir, 'key.pem')
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-addext',
      'subjectAltName=IP:127.0.0.1,DNS:localhost',
      '-keyout',
      keyFile,
      '-out',
      certFile,
    ],
    { stdio: 'ignore' },
  )
  return { certFile, keyFile }
}
