// Requests that nobody should send: paths, queries, headers and bodies, made of a door's own words and of hostile values.

import type { Random } from './random.ts'

export const hostileTexts = ["\\'>kkkk>jjj", '<img src=x onerror=alert(4)>'] as const

const texts: readonly string[] = [
  ...hostileTexts,
  '',
  ' ',
  '0',
  '-1',
  '1',
  '9007199254740993',
  '1e999',
  '-0',
  'NaN',
  'true',
  'null',
  'undefined',
  '[]',
  '{}',
  '*',
  '%',
  '_',
  '\\',
  '%00',
  '..',
  '../../etc/passwd',
  "' or 1=1 --",
  '"; drop table users; --',
  '${7*7}',
  '{{7*7}}',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'length',
  '\u0000',
  'a\u0000b',
  '\u0007',
  '\r\nX-Injected: 1',
  '\n',
  '\t',
  '\ud800',
  '\udfff\ud800',
  '\ufeff',
  '\u202e\u200b',
  'ß',
  'İ',
  '𝒳🎉',
  'é'.normalize('NFD'),
  '٣',
  'x'.repeat(300),
  'x'.repeat(5000),
  '9'.repeat(400),
  '+14155550100',
  '+1',
  '00441904',
  '2026-02-30',
  '2026-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '1970-01-01',
  'http://',
  'http://[::1',
  'javascript:alert(1)',
  'https://example.com/a?b#c',
  '(',
  '(a+)+$',
  '[z-a]',
  '~',
  'en-US',
  'Etc/UTC',
  'US',
  'GET',
  'POST',
  'active',
]

const numbers: readonly unknown[] = [
  0,
  -1,
  1,
  2,
  100,
  1.5,
  -0,
  2 ** 31,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
  -(2 ** 63),
  1e21,
  1e300,
  Number.MIN_VALUE,
]

export interface Words {
  readonly names: readonly string[]
  /** Values that mean something to the door: ids, names, numbers. It grows with what the door answers. */
  readonly values: string[]
}

const text = (random: Random, { names, values }: Words): string => {
  if (random.chance(0.4) && values.length > 0) return random.pick(values)
  return random.chance(0.15) ? random.pick(names) : random.pick(texts)
}

function value(random: Random, words: Words, depth = 0): unknown {
  const kind = random.below(depth > 3 ? 4 : 7)
  if (kind < 3) return text(random, words)
  if (kind === 3) return random.pick([...numbers, true, false, null])
  if (kind === 4) return Array.from({ length: random.below(4) }, () => value(random, words, depth + 1))
  return fields(random, words, depth + 1)
}

function fields(random: Random, words: Words, depth = 0): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (let count = random.below(6); count >= 0; count -= 1) {
    // As a key of its own, also where it is __proto__.
    Object.defineProperty(made, random.chance(0.9) ? random.pick(words.names) : random.pick(texts), {
      value: value(random, words, depth),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return made
}

/** Escaped as it should be, mostly. */
function escaped(random: Random, raw: string): string {
  if (random.chance(0.05))
    return random.pick(['%', '%zz', '%c3%28', '%ff', '%00', '%2', '%u0041', '%e2%82', '%ed%a0%80', '%2f..%2f', '+', '%20'])
  return encodeURIComponent(raw.toWellFormed())
}

export function query(random: Random, words: Words): string {
  const pairs = Array.from({ length: 1 + random.below(4) }, () => {
    const name = escaped(random, random.chance(0.85) ? random.pick(words.names) : random.pick(texts))
    return random.chance(0.9) ? `${name}=${escaped(random, text(random, words))}` : name
  })
  if (random.chance(0.1)) pairs.push(pairs[0]!)
  return pairs.join(random.chance(0.97) ? '&' : random.pick([';', '&&', '?', '=']))
}

export function path(random: Random, template: string, words: Words): string {
  let made = template.replaceAll(
    /\{(\w+)\}|:(\w+)(?:\([^)]*\))?/g,
    () => escaped(random, text(random, words)).replaceAll('%2F', random.chance(0.5) ? '%2F' : '-') || 'x',
  )
  if (random.chance(0.08)) {
    const at = random.below(made.length)
    made = made.slice(0, at) + escaped(random, random.pick(texts)) + made.slice(at + random.below(3))
  }
  if (random.chance(0.02)) made += random.pick(['/', '//', '/.', '/..', ';x=1', '.json', '.xml', '.csv', '%2f', '#x'])
  return made.startsWith('/') ? made : `/${made}`
}

export interface Body {
  readonly type: string | undefined
  readonly bytes: Buffer
}

export function body(random: Random, words: Words, usual: readonly string[]): Body {
  const kind = random.chance(0.85) ? random.pick(usual) : random.pick(['json', 'form', 'multipart', 'text', 'xml'])
  let made: Body
  if (kind === 'json') made = { type: 'application/json', bytes: json(random, words) }
  else if (kind === 'form') made = { type: 'application/x-www-form-urlencoded', bytes: Buffer.from(query(random, words)) }
  else if (kind === 'multipart') made = multipart(random, words)
  else if (kind === 'xml')
    made = {
      type: 'text/xml',
      bytes: Buffer.from(`<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;${random.pick(texts)}</a>`),
    }
  else made = { type: 'text/plain', bytes: Buffer.from(text(random, words)) }
  if (random.chance(0.04))
    return {
      ...made,
      type: random.pick([
        undefined,
        'application/json; charset=utf-16',
        'application/json;charset="',
        'application/xml',
        'a',
        '/',
        'multipart/form-data',
        'image/png',
        ...texts.slice(0, 2),
      ]),
    }
  if (random.chance(0.06)) return { ...made, bytes: damaged(random, made.bytes) }
  return made
}

function json(random: Random, words: Words): Buffer {
  const written = JSON.stringify(random.chance(0.95) ? fields(random, words) : value(random, words)) ?? 'null'
  const kind = random.below(60)
  if (kind === 0) return Buffer.from('['.repeat(20_000) + ']'.repeat(20_000))
  if (kind === 1) return Buffer.from(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`)
  if (kind === 2) return Buffer.from(`{"${random.pick(words.names)}":1,"${random.pick(words.names)}":2,"a":1,"a":2}`)
  if (kind === 3)
    return Buffer.from(
      `{"${random.pick(words.names)}":${random.pick(['1e999', '-1e999', '0x10', '01', 'NaN', '1.', '"\\u0000"', '"\\ud800"', "'x'", '9'.repeat(500)])}}`,
    )
  if (kind === 4) return Buffer.from(`\ufeff${written}`)
  if (kind === 5) return Buffer.from(written, 'utf16le')
  return Buffer.from(written)
}

function multipart(random: Random, words: Words): Body {
  const edge = random.pick(['edge', '----WebKitFormBoundary7', '"'])
  const parts = Array.from({ length: 1 + random.below(3) }, () => {
    const file = random.chance(0.3)
      ? `; filename="${random.pick(['a.png', ...hostileTexts, '../x'])}"\r\ncontent-type: ${random.pick(['image/png', 'text/csv', 'application/json', 'x'])}`
      : ''
    return `--${edge}\r\ncontent-disposition: form-data; name="${random.pick(words.names)}"${file}\r\n\r\n${text(random, words)}\r\n`
  })
  return { type: `multipart/form-data; boundary=${edge}`, bytes: Buffer.from(`${parts.join('')}--${edge}--\r\n`) }
}

function damaged(random: Random, bytes: Buffer): Buffer {
  if (bytes.length === 0) return Buffer.from([0xff])
  const copy = Buffer.from(bytes)
  const at = random.below(copy.length)
  if (random.chance(0.4)) return copy.subarray(0, at)
  copy[at] = random.pick([0, 0x22, 0x5c, 0x80, 0xc3, 0xff, 0x0a])
  return copy
}

export function headers(random: Random, words: Words): string[] {
  const made: string[] = []
  const add = (probability: number, line: () => string): void => void (random.chance(probability) && made.push(line()))
  const latin = (one: string): string => Buffer.from(one.replaceAll(/[\r\n\0]/g, '')).toString('latin1')
  add(
    0.15,
    () =>
      `accept: ${random.pick(['*/*', 'application/json', 'text/html', 'application/xml', 'image/png', 'application/json;q=0', ';;;', ...hostileTexts])}`,
  )
  add(0.08, () => `accept-language: ${random.pick(['en', 'de-CH, fr;q=0.5', '*', ';q=x', ...hostileTexts])}`)
  add(0.08, () => `idempotency-key: ${latin(text(random, words))}`)
  add(0.04, () => `content-encoding: ${random.pick(['gzip', 'identity', 'x', 'deflate, gzip'])}`)
  add(0.04, () => `range: ${random.pick(['bytes=0-', 'bytes=-0', 'bytes=9-1', 'x', 'bytes=0-1,5-6'])}`)
  add(0.04, () => `if-none-match: ${random.pick(['*', '"x"', hostileTexts[1]])}`)
  add(0.04, () => `x-forwarded-for: ${random.pick(['1.2.3.4', 'x', hostileTexts[1], '::1, 2.2.2.2'])}`)
  add(
    0.04,
    () =>
      `traceparent: ${random.pick([`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`, 'x', hostileTexts[0]])}`,
  )
  add(0.04, () => `x-http-method-override: ${random.pick(['DELETE', 'x'])}`)
  add(0.04, () => `offhook-account: ${latin(text(random, words))}`)
  add(0.03, () => `expect: ${random.pick(['100-continue', 'x'])}`)
  add(0.03, () => `cookie: ${latin(text(random, words))}=${latin(text(random, words))}`)
  add(0.02, () => `x-${'y'.repeat(random.pick([10, 9000, 20_000]))}: 1`)
  return made
}

/** Things said to a socket that are no HTTP request, or not a whole one. */
export function brokenHttp(random: Random, good: string): { parts: (string | Buffer)[]; half: boolean; pauseMs: number } {
  const slow = { half: false, pauseMs: 30 }
  const plain = (one: string | Buffer) => ({ parts: [one], half: true, pauseMs: 0 })
  const host = 'host: x\r\n'
  switch (random.below(16)) {
    case 0:
      return plain(Buffer.from(Array.from({ length: 1 + random.below(300) }, () => random.below(256))))
    case 1:
      return plain(`GET ${good} HTTP/9.9\r\n${host}\r\n`)
    case 2:
      return plain(`GET ${good}\r\n\r\n`)
    case 3:
      return plain(`POST ${good} HTTP/1.1\r\n${host}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`)
    case 4:
      return plain(`POST ${good} HTTP/1.1\r\n${host}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`)
    case 5:
      return plain(`POST ${good} HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`)
    case 6:
      return plain(
        `POST ${good} HTTP/1.1\r\n${host}content-length: ${random.pick(['-1', 'x', '99999999999999999999', '1e3', '+5', ' '])}\r\n\r\nhello`,
      )
    case 7:
      return plain(`GET ${good} HTTP/1.1\r\n${host}a b: c\r\n\r\n`)
    case 8:
      return plain(`GET ${good} HTTP/1.1\r\n${host}x: a\0b\r\n\r\n`)
    case 9:
      return plain(`POST ${good} HTTP/1.1\r\n${host}content-type: application/json\r\ncontent-length: 500\r\n\r\n{"a":`)
    case 10:
      return { parts: [`POST ${good} HTTP/1.1\r\n${host}content-length: 2\r\n`, '\r\n', '{', '}'], ...slow }
    case 11:
      return { parts: ['GE', 'T ', good, ' HTTP/1.1\r', '\n', host, '\r\n'], ...slow }
    case 12:
      return plain(`GET ${good}${'/x'.repeat(9000)} HTTP/1.1\r\n${host}\r\n`)
    case 13:
      return plain(`GET ${good} HTTP/1.1\r\n${host}${Array.from({ length: 3000 }, (_, at) => `x${at}: y\r\n`).join('')}\r\n`)
    case 14:
      return plain(
        `${random.pick(['CONNECT x:1', 'OPTIONS *', 'TRACE /', 'PRI *', `get ${good}`, 'GET http://[', 'GET //'])} HTTP/1.1\r\n${host}\r\n`,
      )
    default:
      return plain(
        Buffer.concat([Buffer.from(`GET ${good}?`), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from(` HTTP/1.1\r\n${host}\r\n`)]),
      )
  }
}
