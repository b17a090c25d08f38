import { test, type TestContext } from 'node:test'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { systemClock } from '#values/clock.ts'
import { startHttpServer } from './http-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'offhook-tls-'))

function pair(name: string): { cert: string; key: string } {
  const files = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) }
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=${name} -keyout ${files.key} -out ${files.cert}`
  const { status, stderr } = spawnSync('openssl', words.split(' '), { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return files
}

const first = pair('first.example')
const second = pair('second.example')

async function start(t: TestContext) {
  const certFile = join(folder, 'live.crt')
  const keyFile = join(folder, 'live.key')
  copyFileSync(first.cert, certFile)
  copyFileSync(first.key, keyFile)
  const lines: string[] = []
  let told = (): void => undefined
  const server = await startHttpServer({
    listen: [{ host: '127.0.0.1', port: 0 }],
    tls: { certFile, keyFile },
    trustedProxies: [],
    limits: { bodyBytes: 1000, headerBytes: 4000, urlBytes: 500, headersTimeoutMs: 60_000, requestTimeoutMs: 60_000 },
    faces: [
      {
        name: 'root',
        prefixes: [''],
        answer: async (request) => ({ status: 200, headers: {}, body: String(request.secure) }),
        refused: (refusal) => ({ status: 400, headers: {}, body: refusal.reason }),
      },
    ],
    journal: {
      requestAnswered: () => undefined,
      connectionRefused: () => undefined,
      faultFound: () => undefined,
      certificateReloaded: () => {
        lines.push('reloaded')
        told()
      },
      certificateKept: () => void lines.push('kept'),
    },
    clock: systemClock,
    hosts: {},
  })
  t.after(() => server.close(0))
  /** The name in the certificate, and the body. */
  const ask = (): Promise<[string, string]> =>
    new Promise((resolve, reject) => {
      get(server.addresses[0]!.url, { rejectUnauthorized: false, agent: false }, (answer) => {
        const { raw } = (answer.socket as TLSSocket).getPeerCertificate()
        answer.on('data', (chunk: Buffer) => resolve([new X509Certificate(raw).subject, chunk.toString()]))
      }).on('error', reject)
    })
  const reloaded = new Promise<void>((resolve) => (told = resolve))
  return { server, ask, lines, certFile, keyFile, reloaded }
}

test('a new pair is taken up when its files change, without being asked', async (t) => {
  const { ask, certFile, keyFile, reloaded } = await start(t)
  assert.deepEqual(await ask(), ['CN=first.example', 'true'])
  writeFileSync(certFile, readFileSync(second.cert))
  writeFileSync(keyFile, readFileSync(second.key))
  await reloaded
  assert.equal((await ask())[0], 'CN=second.example')
})

test('a pair that does not fit is told and the old one stays', async (t) => {
  const { server, ask, lines, certFile, keyFile } = await start(t)
  copyFileSync(second.cert, certFile)
  assert.equal(await server.reloadCertificates(), false)
  assert.deepEqual(lines, ['kept'])
  assert.equal((await ask())[0], 'CN=first.example')
  copyFileSync(second.key, keyFile)
  assert.equal(await server.reloadCertificates(), true)
  assert.equal((await ask())[0], 'CN=second.example')
})

test.after(() => rmSync(folder, { recursive: true }))
