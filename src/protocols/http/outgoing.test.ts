// Requests to servers that behave in every way: the guard holds, limits hold, and each failure is a value that names itself.

import assert from 'node:assert/strict'
import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { systemClock } from '#values/clock.ts'
import { makeCertificate } from '../../../test/fakes/certificate.ts'
import { isFailure, Outgoing, shownUrl, type OutgoingParts, type OutgoingRequest } from './outgoing.ts'

const servers: Server[] = []
const clients: Outgoing[] = []
after(async () => {
  await Promise.all(clients.map((client) => client.close()))
  for (const server of servers) {
    if ('closeAllConnections' in server) (server.closeAllConnections as () => void)()
    server.close()
  }
})

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
const http = (answer: RequestListener): Promise<number> => listen(createHttp(answer))
const tcp = (talk: (socket: Socket) => void): Promise<number> =>
  listen(createTcp((socket) => void talk(socket.on('error', () => {}))))

function client(parts: Partial<OutgoingParts> = {}): Outgoing {
  const made = new Outgoing({ clock: systemClock, userAgent: 'Offhook/test', allow: [], ...parts })
  clients.push(made)
  return made
}

const usual = client()
const local = (url: string, more: Partial<OutgoingRequest> = {}) => usual.fetch({ method: 'GET', url, loopback: true, ...more })

async function fault(promise: ReturnType<Outgoing['fetch']>): Promise<string> {
  const result = await promise
  return isFailure(result) ? result.failed.kind : `answered ${result.status}`
}

test('a request arrives as it is told, and its answer comes whole', async () => {
  const port = await http((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      response.setHeader('x-seen', `${request.method} ${request.url} ${request.headers.host} ${request.headers['user-agent']}`)
      response.statusCode = 201
      response.end(`${request.headers['x-mine']} ${request.headers.authorization ?? '-'} ${body}`)
    })
  })
  const result = await local(`http://us%20er:p%40ss@127.0.0.1:${port}/a?b=c`, {
    method: 'POST',
    headers: { 'X-Mine': '1' },
    body: 'öl',
  })
  assert.ok(!isFailure(result))
  assert.equal(result.status, 201)
  assert.equal(result.headers['x-seen'], `POST /a?b=c 127.0.0.1:${port} Offhook/test`)
  assert.equal(result.body.toString(), `1 Basic ${Buffer.from('us er:p@ss').toString('base64')} öl`)
  assert.equal(result.address, '127.0.0.1')
  assert.equal(result.isCut, false)
  assert.equal(result.url, `http://127.0.0.1:${port}/a?b=c`)
  assert.equal(shownUrl('https://a:b@c.example/d@e'), 'https://c.example/d@e')
})

test('addresses that are not public are refused, however they are written', async () => {
  let reached = 0
  const port = await http((_, response) => void ((reached += 1), response.end()))
  const names: Record<string, string[]> = {
    'rebind.example': ['8.8.8.8', '127.0.0.1'],
    'meta.example': ['169.254.169.254'],
    'mapped.example': ['::ffff:10.0.0.1'],
    'nat64.example': ['64:ff9b::a9fe:a9fe'],
  }
  const guarded = client({ lookup: async (host) => names[host] ?? ['127.0.0.1'] })
  const hosts = [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    'localhost',
    '0177.0.0.1',
    'LOCALHOST.',
  ]
  hosts.push('169.254.169.254', '10.0.0.8', '[fe80::1]', '[fd00:ec2::254]', ...Object.keys(names))
  for (const host of hosts) {
    assert.equal(await fault(guarded.fetch({ method: 'GET', url: `http://${host}:${port}/` })), 'refused_address', host)
  }
  for (const host of ['169.254.169.254', '10.0.0.8', 'meta.example', 'mapped.example']) {
    const told = await guarded.fetch({ method: 'GET', url: `http://${host}:${port}/`, loopback: true })
    assert.ok(isFailure(told) && told.failed.kind === 'refused_address', `${host} for the sandbox`)
  }
  assert.equal(reached, 0)
  for (const url of ['ftp://a.example/', 'file:///etc/passwd', 'gopher://x', 'nonsense'])
    assert.equal(await fault(guarded.fetch({ method: 'GET', url })), 'protocol', url)
})

test('the connection goes to the address that was checked, whatever the name says later', async () => {
  let reached = 0
  const port = await http((request, response) => void ((reached += 1), response.end(request.headers.host)))
  let lookups = 0
  // The first answer is allowed, each later one is not: asked anew, the guard would refuse or the socket go elsewhere.
  const guarded = client({ lookup: async () => (++lookups === 1 ? ['127.0.0.1'] : ['10.9.9.9']), allow: ['127.0.0.1'] })
  for (let n = 0; n < 3; n += 1) {
    const result = await guarded.fetch({ method: 'GET', url: `http://hook.example:${port}/` })
    assert.ok(!isFailure(result), JSON.stringify(result))
    assert.equal(result.body.toString(), `hook.example:${port}`)
  }
  assert.equal(lookups, 1)
  assert.equal(reached, 3)
})

test('an operator allows a name or a block, until the list is another', async () => {
  const port = await http((_, response) => void response.end('in'))
  const guarded = client({ lookup: async () => ['127.0.0.1'], allow: ['hooks.internal'] })
  assert.equal(await fault(guarded.fetch({ method: 'GET', url: `http://hooks.internal:${port}/` })), 'answered 200')
  assert.equal(await fault(guarded.fetch({ method: 'GET', url: `http://other.internal:${port}/` })), 'refused_address')
  guarded.setAllow(['127.0.0.0/8'])
  assert.equal(await fault(guarded.fetch({ method: 'GET', url: `http://other.internal:${port}/` })), 'answered 200')
})

test('names that do not resolve, and ports where nobody listens', async () => {
  const guarded = client({
    lookup: async (host) => (host === 'none.example' ? [] : Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }))),
  })
  assert.equal(await fault(guarded.fetch({ method: 'GET', url: 'http://gone.example/' })), 'dns')
  assert.equal(await fault(guarded.fetch({ method: 'GET', url: 'http://none.example/' })), 'dns')
  const never = client({ lookup: () => new Promise(() => {}) })
  assert.equal(await fault(never.fetch({ method: 'GET', url: 'http://slow.example/', limits: { totalMs: 30 } })), 'timeout')
  const port = await http(() => {})
  servers.at(-1)!.close()
  assert.equal(await fault(local(`http://127.0.0.1:${port}/`)), 'connect')
})

test('servers that are slow, silent, endless, closing or no HTTP at all', async () => {
  const silent = await tcp(() => {})
  assert.equal(await fault(local(`http://127.0.0.1:${silent}/`, { limits: { headersMs: 60 } })), 'timeout')
  const closing = await tcp((socket) => void socket.once('data', () => socket.destroy()))
  assert.equal(await fault(local(`http://127.0.0.1:${closing}/`)), 'connect')
  const garbage = await tcp((socket) => void socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n')))
  assert.equal(await fault(local(`http://127.0.0.1:${garbage}/`)), 'protocol')
  const bigHead = await tcp(
    (socket) => void socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`)),
  )
  assert.equal(await fault(local(`http://127.0.0.1:${bigHead}/`)), 'protocol')

  const endless = await http((_, response) => {
    const more = (): void => void (response.write('x'.repeat(10_000)) ? setImmediate(more) : response.once('drain', more))
    response.on('error', () => {})
    more()
  })
  const url = `http://127.0.0.1:${endless}/`
  assert.equal(await fault(local(url, { limits: { maxBytes: 50_000 } })), 'too_large')
  const part = await local(url, { limits: { maxBytes: 50_000 }, cut: true })
  assert.ok(!isFailure(part))
  assert.deepEqual([part.status, part.body.length, part.isCut], [200, 50_000, true])

  const dripping = await http((_, response) => void response.write('first'))
  const drip = `http://127.0.0.1:${dripping}/`
  assert.equal(await fault(local(drip, { limits: { totalMs: 120 } })), 'timeout')
  // So long may it take until the first of it is here.
  const told = await local(drip, { limits: { totalMs: 2_000 }, cut: true })
  assert.ok(!isFailure(told) && told.isCut && told.body.toString() === 'first')

  const short = await tcp(
    (socket) => void socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')),
  )
  assert.equal(await fault(local(`http://127.0.0.1:${short}/`)), 'protocol')
})

test('a body that grows when decompressed is bounded, and one that does not is read', async () => {
  const bodies: Record<string, Buffer> = {
    '/bomb': gzipSync(Buffer.alloc(5_000_000)),
    '/fine': gzipSync('fine'),
    '/broken': Buffer.from('no'),
  }
  const port = await http((request, response) => {
    response.setHeader('content-encoding', request.url === '/odd' ? 'lzw' : 'gzip')
    response.end(bodies[request.url!] ?? 'x')
  })
  const of = (path: string) => local(`http://127.0.0.1:${port}${path}`)
  assert.equal(await fault(of('/bomb')), 'too_large')
  assert.equal(await fault(of('/broken')), 'protocol')
  assert.equal(await fault(of('/odd')), 'protocol')
  const fine = await of('/fine')
  assert.ok(!isFailure(fine) && fine.body.toString() === 'fine')
})

test('redirects are followed when asked, checked at each hop, and lose what is not for others', async () => {
  const seen: string[] = []
  const other = await http((request, response) => {
    seen.push(`${request.method} ${request.headers.authorization ?? '-'}`)
    response.end('there')
  })
  const port = await http((request, response) => {
    const to: Record<string, string> = {
      '/away': `http://127.0.0.1:${other}/`,
      '/inside': 'http://169.254.169.254/latest/meta-data/',
      '/loop': '/loop',
      '/file': 'file:///etc/passwd',
    }
    response.writeHead(request.url === '/keep' ? 307 : 302, { location: to[request.url!] ?? `http://127.0.0.1:${other}/` })
    response.end()
  })
  const of = (path: string, redirects?: number) =>
    local(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { Authorization: 'secret', 'Content-Type': 'text/plain' },
      body: 'x',
      ...(redirects !== undefined && { redirects }),
    })
  assert.equal(await fault(of('/away')), 'answered 302')
  assert.equal(await fault(of('/away', 1)), 'answered 200')
  assert.equal(await fault(of('/keep', 1)), 'answered 200')
  assert.deepEqual(seen, ['GET -', 'POST -'])
  assert.equal(await fault(of('/inside', 3)), 'refused_address')
  assert.equal(await fault(of('/loop', 3)), 'too_many_redirects')
  assert.equal(await fault(of('/file', 3)), 'protocol')
})

test('certificates are verified, and the name of the URL is the one asked for', async () => {
  const { key, cert } = makeCertificate('hook.example')
  const port = await listen(createHttps({ key, cert }, (request, response) => void response.end(request.headers.host)))
  const lookup = async (): Promise<string[]> => ['127.0.0.1']
  const url = `https://hook.example:${port}/`
  assert.equal(await fault(client({ lookup }).fetch({ method: 'GET', url, loopback: true })), 'tls')
  const trusting = client({ lookup, ca: cert })
  const result = await trusting.fetch({ method: 'GET', url, loopback: true })
  assert.ok(!isFailure(result), JSON.stringify(result))
  assert.equal(result.body.toString(), `hook.example:${port}`)
  assert.equal(await fault(trusting.fetch({ method: 'GET', url: `https://other.example:${port}/`, loopback: true })), 'tls')
})

test('connections are used again', async () => {
  let connections = 0
  const port = await http((_, response) => void response.end('ok'))
  servers.at(-1)!.on('connection', () => (connections += 1))
  for (let n = 0; n < 20; n += 1) assert.equal(await fault(local(`http://127.0.0.1:${port}/${n}`)), 'answered 200')
  // The next request may be faster than the pool, which then opens a second.
  assert.ok(connections <= 2, `${connections} connections`)
})
