// HTTPS with a certificate that is changed while it runs: connections that are open go on, new ones see the new one, and a
// wrong pair changes nothing.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { makeCertificate } from '../../conformance/server.ts'
import { newFolder, startProgram } from '../program.ts'

const opened = (port: number): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => resolve(socket))
    socket.on('error', reject)
  })
const nameOf = async (port: number): Promise<string> => {
  const socket = await opened(port)
  const { CN } = socket.getPeerCertificate().subject
  socket.destroy()
  return String(CN)
}
const statusOver = (socket: TLSSocket): Promise<string> =>
  new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk.toString().slice(0, 12)))
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
  })

test('a certificate changed while it runs', async (t) => {
  const dir = newFolder()
  mkdirSync(dir)
  makeCertificate(dir, 'first')
  const { url, child, line, ended } = await startProgram(t, join(dir, 'data'), {
    OFFHOOK_TLS_CERT: join(dir, 'cert.pem'),
    OFFHOOK_TLS_KEY: join(dir, 'key.pem'),
  })
  assert.match(url, /^https:/)
  const port = Number(new URL(url).port)
  assert.equal(await nameOf(port), 'first')
  const open = await opened(port)
  assert.equal(await statusOver(open), 'HTTP/1.1 200')

  makeCertificate(dir, 'second')
  child.kill('SIGHUP')
  await line('settings reloaded')
  assert.equal(await nameOf(port), 'second')
  assert.equal(await statusOver(open), 'HTTP/1.1 200', 'the connection that was open goes on')
  open.destroy()

  writeFileSync(join(dir, 'cert.pem'), 'nonsense')
  child.kill('SIGHUP')
  await line('certificate kept, the new one cannot be used')
  assert.equal(await nameOf(port), 'second', 'a pair that is wrong changes nothing')
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
})
