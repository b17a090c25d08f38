import { test, type TestContext } from 'node:test'
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { systemClock } from '#values/clock.ts'
import type { HttpAnswer, HttpRequest } from './exchange.ts'
import { startHttpServer, type HttpServerOptions, type Mount } from './http-server.ts'

interface Seen {
  readonly requests: HttpRequest[]
  readonly lines: unknown[][]
}

function mount(name: string, prefixes: string[], seen: Seen, answer?: (request: HttpRequest) => Promise<HttpAnswer>): Mount {
  return {
    name,
    prefixes,
    answer: async (request) => {
      seen.requests.push(request)
      return answer ? answer(request) : { status: 200, headers: { 'x-mount': name }, body: request.body }
    },
    refused: (refusal) => ({
      status: 400,
      headers: { 'offhook-reason': refusal.reason },
      body: `${name} ${JSON.stringify(refusal.params)}`,
    }),
  }
}

async function start(
  t: TestContext,
  more: Partial<HttpServerOptions> = {},
  answer?: (request: HttpRequest) => Promise<HttpAnswer>,
) {
  const seen: Seen = { requests: [], lines: [] }
  const line = (...words: unknown[]): void => void seen.lines.push(words)
  const server = await startHttpServer({
    listen: [{ host: '127.0.0.1', port: 0 }],
    trustedProxies: [],
    limits: { bodyBytes: 1000, headerBytes: 4000, urlBytes: 500, headersTimeoutMs: 60_000, requestTimeoutMs: 60_000 },
    faces: [
      mount('root', [''], seen, answer),
      mount('api', ['/v1', '/v1/deep'], seen, answer),
      mount('deep', ['/v1/deep/er'], seen),
    ],
    journal: {
      requestAnswered: (...words) => line('answered', ...words.slice(0, 3)),
      connectionRefused: (...words) => line('refused', ...words),
      faultFound: (...words) => line('fault', ...words),
      certificateReloaded: (...words) => line('reloaded', ...words),
      certificateKept: (...words) => line('kept', ...words),
    },
    clock: systemClock,
    hosts: {},
    ...more,
  })
  t.after(() => server.close(0))
  const port = server.addresses[0]!.port
  /** Sends bytes, gives all that came until the server closed. */
  const raw = (...packets: (string | Buffer)[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let text = ''
      socket.on('data', (chunk) => (text += chunk.toString('latin1')))
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
      for (const packet of packets) socket.write(packet)
    })
  return { server, seen, port, raw, url: `http://127.0.0.1:${port}` }
}

const head = (line: string, ...headers: string[]): string =>
  [line, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n')

test('the longest prefix takes the request, whole segments only', async (t) => {
  const { url } = await start(t)
  for (const [path, name] of [
    ['/', 'root'],
    ['/v1', 'api'],
    ['/v1/x', 'api'],
    ['/v1x', 'root'],
    ['/v1/deep/er/y', 'deep'],
    ['/v1/deep', 'api'],
    ['//v1', 'root'],
  ] as const) {
    assert.equal((await fetch(url + path)).headers.get('x-mount'), name, path)
  }
})

test('path, query and body arrive raw, with any method', async (t) => {
  const { raw, seen } = await start(t)
  await raw(head('PROPFIND /a//b%2F%zz/../c?x=%GG&&y HTTP/1.1', 'Content-Length: 3') + 'a\u0000b')
  const [request] = seen.requests
  assert.equal(request?.method, 'PROPFIND')
  assert.equal(request?.path, '/a//b%2F%zz/../c')
  assert.equal(request?.query, 'x=%GG&&y')
  assert.deepEqual(request?.body, Buffer.from('a\0b'))
  assert.equal(request?.source, '127.0.0.1')
  assert.equal(request?.secure, false)
  assert.match(request?.traceId ?? '', /^[0-9a-f]{32}$/)
})

test('a request target in absolute form is taken by its path', async (t) => {
  const { raw, seen } = await start(t)
  await raw(head('GET http://other.example/v1/x?y HTTP/1.1'))
  assert.equal(seen.requests[0]?.path, '/v1/x')
  assert.equal(seen.requests[0]?.query, 'y')
})

test('HEAD has the length and no body; 204 has neither', async (t) => {
  const { raw } = await start(t, {}, async (request) => ({
    status: request.path === '/none' ? 204 : 200,
    headers: {},
    body: 'hello',
  }))
  assert.match(await raw(head('HEAD / HTTP/1.1')), /content-length: 5\r\n(?:.*\r\n)*\r\n$/i)
  const none = await raw(head('GET /none HTTP/1.1'))
  assert.doesNotMatch(none, /content-length/i)
  assert.doesNotMatch(none, /hello/)
})

test('a body may be read while it is sent; HEAD reads none, and what breaks off ends the connection short of its length', async (t) => {
  const streams: Readable[] = []
  const { raw } = await start(t, {}, async ({ path }) => {
    const stream = Readable.from(path === '/broken' ? broken() : ['hel', 'lo'], { objectMode: false })
    streams.push(stream)
    return { status: 200, headers: { 'content-length': '5' }, body: '', stream }
  })
  assert.match(await raw(head('GET / HTTP/1.1')), /content-length: 5\r\n(?:.*\r\n)*\r\nhello$/i)
  assert.match(await raw(head('HEAD / HTTP/1.1')), /content-length: 5\r\n(?:.*\r\n)*\r\n$/i)
  assert.ok(streams[1]?.destroyed)
  assert.match(await raw(head('GET /broken HTTP/1.1')), /\r\n\r\nhel$/)
})

function* broken(): Generator<string> {
  yield 'hel'
  throw new Error('the disk')
}

test('chunked bodies are put together', async (t) => {
  const { raw, seen } = await start(t)
  await raw(head('POST /v1 HTTP/1.1', 'Transfer-Encoding: chunked'), '3\r\nabc\r\n', '2\r\nde\r\n0\r\n\r\n')
  assert.equal(seen.requests[0]?.body.toString(), 'abcde')
})

test('a body over the limit is refused in the words of its mount, announced or not', async (t) => {
  const { raw, seen, url } = await start(t)
  const announced = await fetch(`${url}/v1`, { method: 'POST', body: 'x'.repeat(1001) })
  assert.equal(announced.headers.get('offhook-reason'), 'request.body_too_large')
  assert.equal(await announced.text(), 'api {"limitBytes":1000}')
  const size = (1200).toString(16)
  const chunked = await raw(
    head('POST /v1 HTTP/1.1', 'Transfer-Encoding: chunked'),
    `${size}\r\n${'x'.repeat(1200)}\r\n0\r\n\r\n`,
  )
  assert.match(chunked, /request\.body_too_large/)
  const exact = await fetch(`${url}/v1`, { method: 'POST', body: 'x'.repeat(1000) })
  assert.equal(exact.status, 200)
  assert.equal(seen.requests.length, 1)
})

test('who is refused while it still sends is let finish, and reads its answer', async (t) => {
  const { raw } = await start(t)
  const body = 'x'.repeat(20_000_000)
  const [first, ...others] = (await raw(head('POST /v1 HTTP/1.1', `Content-Length: ${body.length}`) + body)).split('HTTP/1.1 400')
  assert.deepEqual([first, others.length], ['', 1])
  assert.match(others[0]!, /request\.body_too_large/)
})

test('a mount may take larger bodies at some paths', async (t) => {
  const seen: Seen = { requests: [], lines: [] }
  const { url } = await start(t, {
    faces: [{ ...mount('big', [''], seen), maxBodyBytes: (path) => (path === '/files' ? 5000 : undefined) }],
  })
  const post = async (path: string, size: number) => (await fetch(url + path, { method: 'POST', body: 'x'.repeat(size) })).status
  assert.deepEqual([await post('/files', 5000), await post('/files', 5001), await post('/else', 5000)], [200, 400, 400])
})

test('Expect: 100-continue is answered before the body is sent, and refused before it is too', async (t) => {
  const { raw } = await start(t)
  assert.match(
    await raw(head('POST / HTTP/1.1', 'Content-Length: 2', 'Expect: 100-continue'), 'ok'),
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/,
  )
  const refused = await raw(head('POST / HTTP/1.1', 'Content-Length: 2000', 'Expect: 100-continue'))
  assert.match(refused, /^HTTP\/1\.1 400/)
  assert.match(refused, /request\.body_too_large/)
})

test('URL and headers over their limits have a reason each', async (t) => {
  const { raw, seen } = await start(t)
  assert.match(await raw(head(`GET /v1/${'a'.repeat(600)} HTTP/1.1`)), /request\.url_too_long[^]*api \{"limitBytes":500\}/)
  assert.match(await raw(head(`GET /v1/${'a'.repeat(6000)} HTTP/1.1`)), /request\.url_too_long[^]*api/)
  assert.match(
    await raw(head('GET /v1/x HTTP/1.1', `X-Long: ${'a'.repeat(6000)}`)),
    /request\.header_too_large[^]*api \{"limitBytes":4000\}/,
  )
  assert.equal(seen.requests.length, 0)
})

test('framing faults are refused and end the connection', async (t) => {
  const { raw, seen } = await start(t)
  const faults: [string, ...string[]][] = [
    [head('POST /v1 HTTP/1.1', 'Content-Length: 3', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
    [head('POST /v1 HTTP/1.1', 'Content-Length: 3', 'Content-Length: 4') + 'abcd'],
    [head('POST /v1 HTTP/1.1', 'Content-Length: -3')],
    [head('POST /v1 HTTP/1.1', 'Transfer-Encoding: gzip, chunked') + '0\r\n\r\n'],
    [head('POST /v1 HTTP/1.1', 'Transfer-Encoding: chunked') + 'zz\r\nabc\r\n'],
    [head('POST /v1 HTTP/1.1', 'Transfer-Encoding: chunked'), '3\r\nab', 'cde\r\n'],
    ['GET /v1 HTTP/1.1\r\nConnection: close\r\n\r\n'],
    [head('GET /v1 HTTP/1.1', 'Host: y')],
    [head('GET /v1 HTTP/1.1', 'Bad Header: y')],
    [head('GET /v1 HTTP/9.1')],
    ['GET /v1 HTTP/1.1\nHost: x\u0000\n\n'],
  ]
  for (const packets of faults) {
    const text = await raw(...packets)
    assert.match(text, /offhook-reason: request\.framing_invalid/, JSON.stringify(packets))
    assert.match(text, /\r\n\r\napi \{/, JSON.stringify(packets))
  }
  assert.equal(seen.requests.length, 0)
})

test('what is no HTTP after a HEAD is answered without a body', async (t) => {
  const { raw } = await start(t)
  const text = await raw('HEAD /v1/x HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n')
  assert.match(text, /^HTTP\/1\.1 400 [^]*offhook-reason: request\.framing_invalid[^]*\r\n\r\n$/)
})

test('what names no path is refused in plain words with an id that is journalled', async (t) => {
  const { raw, seen } = await start(t)
  const text = await raw('\u0016\u0003\u0001 hello\r\n\r\n')
  assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\n/)
  const id = /offhook-error-id: ([0-9a-f-]{36})\r\n/.exec(text)?.[1]
  assert.deepEqual(seen.lines.at(-1), ['refused', 'request.framing_invalid', '127.0.0.1', id])
  assert.match(text, /\r\nconnection: close\r\n/)
})

test('a slow sender is refused, in the head and in the body', async (t) => {
  const { raw } = await start(t, {
    limits: { bodyBytes: 1000, headerBytes: 4000, urlBytes: 500, headersTimeoutMs: 60, requestTimeoutMs: 120 },
  })
  assert.match(await raw('GET /v1 HTTP/1.1\r\nHo'), /^HTTP\/1\.1 408[^]*request\.too_slow/)
  assert.match(await raw(head('POST /v1 HTTP/1.1', 'Content-Length: 9'), 'abc'), /request\.too_slow[^]*api/)
})

test('a pipelined request before a broken one is answered first', async (t) => {
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const { raw } = await start(t, {}, async () => {
    await held
    return { status: 200, headers: {}, body: 'first' }
  })
  const text = raw('GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nBad Header: x\r\n\r\n')
  setImmediate(release)
  assert.match(await text, /^HTTP\/1\.1 200[^]*first[^]*framing_invalid/)
})

test('a mount that throws, or answers with a forbidden header, is a fault with an id', async (t) => {
  const { url, seen } = await start(t, {}, async (request) => {
    if (request.path === '/throw') throw new Error('broken')
    return { status: 200, headers: { 'x-bad': 'a\r\nSet-Cookie: b' }, body: '' }
  })
  for (const path of ['/throw', '/split']) {
    const answer = await fetch(url + path)
    assert.equal(answer.status, 500)
    assert.equal(answer.headers.get('offhook-reason'), 'platform.internal_error')
    assert.equal(answer.headers.get('set-cookie'), null)
    const line = seen.lines.find((words) => words[0] === 'fault' && words[2] === answer.headers.get('offhook-error-id'))
    assert.ok(line, path)
  }
})

test('a host name may stand for a prefix', async (t) => {
  const { raw, seen, server } = await start(t, { hosts: { 'API.example': '/v1' } })
  const get = (path: string): Promise<string> =>
    raw(`GET ${path} HTTP/1.1\r\nHost: api.example:8080\r\nConnection: close\r\n\r\n`)
  assert.match(await get('/x'), /x-mount: api/)
  assert.match(await get('/v1/x'), /x-mount: api/)
  assert.deepEqual(
    seen.requests.map((request) => request.path),
    ['/v1/x', '/v1/x'],
  )
  server.setHosts({})
  assert.match(await get('/x'), /x-mount: root/)
})

test('only a trusted proxy may name the client', async (t) => {
  const { url, seen, server } = await start(t)
  const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.1', 'x-forwarded-proto': 'https' }
  await fetch(url, { headers })
  server.setTrustedProxies(['127.0.0.0/8', '10.0.0.0/8', '::1'])
  await fetch(url, { headers })
  await fetch(url, { headers: { forwarded: 'for="[2001:db8::7]:4711";proto=https, for=10.1.1.1' } })
  await fetch(url, { headers: { 'x-forwarded-for': '203.0.113.9, unknown' } })
  await fetch(url)
  assert.deepEqual(
    seen.requests.map(({ source, secure }) => [source, secure]),
    [
      ['127.0.0.1', false],
      ['203.0.113.9', true],
      ['2001:db8::7', true],
      ['127.0.0.1', false],
      ['127.0.0.1', false],
    ],
  )
  assert.throws(() => server.setTrustedProxies(['10.0.0.0/33']), TypeError)
})

test('close lets a request in progress end and then ends its connection', async (t) => {
  let release = (): void => undefined
  let entered = (): void => undefined
  const inside = new Promise<void>((resolve) => (entered = resolve))
  const held = new Promise<void>((resolve) => (release = resolve))
  const { url, server } = await start(t, {}, async () => {
    entered()
    await held
    return { status: 200, headers: {}, body: 'whole' }
  })
  const answer = fetch(url)
  await inside
  const closed = server.close(60_000)
  await assert.rejects(fetch(url))
  release()
  const whole = await answer
  assert.equal(whole.headers.get('connection'), 'close')
  assert.equal(await whole.text(), 'whole')
  await closed
})

test('close cuts what does not end within its bound', async (t) => {
  let entered = (): void => undefined
  const inside = new Promise<void>((resolve) => (entered = resolve))
  const { url, server } = await start(t, {}, () => {
    entered()
    return new Promise(() => undefined)
  })
  const answer = fetch(url)
  answer.catch(() => undefined)
  await inside
  await server.close(10)
  await assert.rejects(answer)
})
