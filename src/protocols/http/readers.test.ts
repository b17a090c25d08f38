import { test } from 'node:test'
import assert from 'node:assert/strict'
import { Refusal } from '#reasons/refusal.ts'
import { negotiate } from './accept.ts'
import { basicCredentials, bearerToken } from './authorization.ts'
import { escapeHtml, escapeXml } from './escape.ts'
import { parseJson } from './json-strict.ts'
import { mediaType } from './media-type.ts'
import { parseMultipart } from './multipart.ts'
import { decodeSegment, parseForm, parseQuery } from './query.ts'
import { byteRange } from './range.ts'
import { traceIdOf } from './trace-id.ts'

function reasonOf(act: () => unknown): [string, object] {
  try {
    act()
  } catch (cause) {
    if (cause instanceof Refusal) return [cause.reason, cause.params]
    throw cause
  }
  return ['', {}]
}

test('a query is read in order, with plus as space', () => {
  assert.deepEqual(parseQuery('a=1&b=x+y%20z&a=%C3%A9&&flag'), [
    ['a', '1'],
    ['b', 'x y z'],
    ['a', 'é'],
    ['flag', ''],
  ])
  assert.deepEqual(parseForm(Buffer.from('q=a%3Db=c')), [['q', 'a=b=c']])
  assert.deepEqual(parseQuery(''), [])
  assert.equal(decodeSegment('a+b%2Fc'), 'a+b/c')
})

test('bad escapes and bad UTF-8 are refused', () => {
  for (const raw of ['a=%', 'a=%zz', 'a=%ff', '%c3=1', 'a=%ed%a0%80']) {
    assert.equal(reasonOf(() => parseQuery(raw))[0], 'request.encoding_mismatch', raw)
  }
  assert.equal(reasonOf(() => parseForm(Buffer.from([0x61, 0x3d, 0xff])))[0], 'request.encoding_mismatch')
  assert.equal(reasonOf(() => decodeSegment('%E0%A4%A'))[0], 'request.encoding_mismatch')
})

test('JSON is read as JSON.parse reads it', () => {
  for (const text of [
    '{}',
    '[]',
    '"x"',
    '1',
    'null',
    '{"a":{"b":[1,{"c":"d:\\"e{["}]},"\\\\":2}',
    '{"__proto__":1}',
    ' [1 , 2 ] ',
    '"\\u00e9"',
  ]) {
    assert.deepEqual(parseJson(Buffer.from(text)), JSON.parse(text), text)
  }
  assert.deepEqual(parseJson(Buffer.from('\uFEFF{"a":1}')), { a: 1 })
})

test('wrong JSON is refused with its place', () => {
  const faults: [string, number, number][] = [
    ['', 1, 1],
    ['{', 1, 2],
    ['{"a":1,}', 1, 8],
    ['{"a" 1}', 1, 6],
    ['{"a":1 "b":2}', 1, 8],
    ['[1,\n 2,\n x]', 3, 2],
    ['{"a":"\u0001"}', 1, 7],
    ['{"a":"\\q"}', 1, 7],
    ['{"a":"b', 1, 8],
    ['[1] 2', 1, 5],
    ["{'a':1}", 1, 2],
    ['[01]', 1, 3],
    ['nul', 1, 1],
    ['[1,2', 1, 5],
  ]
  for (const [text, line, column] of faults) {
    const [reason, params] = reasonOf(() => parseJson(Buffer.from(text)))
    assert.equal(reason, 'request.json_invalid', text)
    const { fault, ...place } = params as { fault: string; line: number; column: number }
    assert.deepEqual(place, { line, column }, text)
    assert.ok(fault.length > 5, text)
  }
})

test('the scan that explains JSON agrees with JSON.parse on what is valid', () => {
  const parts = ['{', '}', '[', ']', ',', ':', '"a"', '"b"', '1', '-', '0', '.', 'e', 'true', 'null', ' ', '"\\u12', '\\']
  let seed = 7
  for (let round = 0; round < 5000; round += 1) {
    let text = ''
    for (let count = round % 9; count >= 0; count -= 1) {
      seed = (seed * 1103515245 + 12345) % 2147483648
      text += parts[seed % parts.length]
    }
    let valid = true
    try {
      JSON.parse(text)
    } catch {
      valid = false
    }
    const [reason, params] = reasonOf(() => parseJson(Buffer.from(text)))
    if (valid) assert.ok(reason === '' || reason === 'request.duplicate_key', `${text} ${reason}`)
    else {
      assert.equal(reason, 'request.json_invalid', text)
      assert.notEqual((params as { fault: string }).fault, 'it cannot be read', text)
    }
  }
})

test('a key that comes twice is refused with its path', () => {
  assert.deepEqual(
    reasonOf(() => parseJson(Buffer.from('{"x":[{"a/b":{"k":1,"\\u006b":2}}]}'))),
    ['request.duplicate_key', { parameter: 'k', path: '/x/0/a~1b' }],
  )
  assert.deepEqual(
    reasonOf(() => parseJson(Buffer.from('{"a":1,"b":{"a":1},"a":3}'))),
    ['request.duplicate_key', { parameter: 'a', path: '' }],
  )
})

test('depth and numbers have bounds', () => {
  const deep = (levels: number): Buffer => Buffer.from('['.repeat(levels) + ']'.repeat(levels))
  assert.equal(reasonOf(() => parseJson(deep(64)))[0], '')
  assert.deepEqual(
    reasonOf(() => parseJson(deep(65))),
    ['request.nesting_too_deep', { limit: 64 }],
  )
  assert.equal(reasonOf(() => parseJson(deep(200_000)))[0], 'request.nesting_too_deep')
  assert.equal(reasonOf(() => parseJson(Buffer.from('['.repeat(200_000))))[0], 'request.json_invalid')
  assert.deepEqual(
    reasonOf(() => parseJson(Buffer.from('{"a":{"n":1e999}}'))),
    ['request.number_out_of_range', { parameter: 'n' }],
  )
  assert.equal(reasonOf(() => parseJson(Buffer.from([0x22, 0xff, 0x22])))[0], 'request.encoding_mismatch')
})

test('multipart parts come in order, with files', async () => {
  const body = [
    '--XX',
    'Content-Disposition: form-data; name="a"',
    '',
    'one',
    '--XX',
    'Content-Disposition: form-data; name="a"',
    '',
    'zwei é',
    '--XX',
    'Content-Disposition: form-data; name="f"; filename="x.wav"',
    'Content-Type: audio/wav',
    '',
    '\u0000\u0001',
    '--XX--',
    '',
  ].join('\r\n')
  const parts = await parseMultipart(Buffer.from(body), 'XX')
  assert.deepEqual(parts, [
    { name: 'a', fileName: undefined, type: '', body: Buffer.from('one') },
    { name: 'a', fileName: undefined, type: '', body: Buffer.from('zwei é') },
    { name: 'f', fileName: 'x.wav', type: 'audio/wav', body: Buffer.from([0, 1]) },
  ])
})

test('multipart that is cut off, has too many parts or no boundary is refused', async () => {
  const part = '--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n'
  await assert.rejects(parseMultipart(Buffer.from(part), 'XX'), { reason: 'request.unparsable' })
  await assert.rejects(parseMultipart(Buffer.from(`${part.repeat(201)}--XX--\r\n`), 'XX'), { reason: 'request.unparsable' })
  await assert.rejects(parseMultipart(Buffer.from(`${part}--XX--\r\n`), undefined), { reason: 'request.encoding_mismatch' })
  await assert.rejects(parseMultipart(Buffer.from(`${part}--XX--\r\n`), 'X"\r\n'), { reason: 'request.encoding_mismatch' })
})

test('negotiation takes the most wanted of what is offered', () => {
  const offered = ['application/xml', 'application/json', 'text/html'] as const
  assert.equal(negotiate(undefined, offered), 'application/xml')
  assert.equal(negotiate('*/*', offered), 'application/xml')
  assert.equal(negotiate('application/json', offered), 'application/json')
  assert.equal(negotiate('text/*;q=0.5, application/json;q=0.4', offered), 'text/html')
  assert.equal(negotiate('*/*;q=0.1, application/xml;q=0', offered), 'application/json')
  assert.equal(negotiate('image/png', offered), undefined)
})

test('credentials are read or nothing is', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
  assert.deepEqual(basicCredentials(basic('a/b:c:d')), { user: 'a/b', password: 'c:d' })
  assert.deepEqual(basicCredentials(basic('é:é').replace('Basic', 'bAsIc')), { user: 'é', password: 'é' })
  assert.deepEqual(basicCredentials(`Basic ${Buffer.from('é:x', 'latin1').toString('base64')}`), { user: 'é', password: 'x' })
  for (const header of [undefined, 'Basic', 'Basic !!', basic('nocolon'), 'Bearer x'])
    assert.equal(basicCredentials(header), undefined)
  assert.equal(bearerToken('Bearer abc.d-e_f~+/='), 'abc.d-e_f~+/=')
  for (const header of [undefined, 'Bearer', 'Bearer a b', 'Bearer a,Bearer b', 'Basic x'])
    assert.equal(bearerToken(header), undefined)
})

test('text is escaped for HTML and XML', () => {
  assert.equal(escapeHtml('\'>k<img src=x onerror="a&b">'), '&#39;&gt;k&lt;img src=x onerror=&quot;a&amp;b&quot;&gt;')
  assert.equal(escapeXml('a\u0000<\uD800>\u{1F600}\n\uFFFE'), 'a\uFFFD&lt;\uFFFD&gt;\u{1F600}\n\uFFFD')
})

test('one byte range is read', () => {
  assert.deepEqual(byteRange('bytes=0-4', 10), { start: 0, end: 4 })
  assert.deepEqual(byteRange('bytes=5-', 10), { start: 5, end: 9 })
  assert.deepEqual(byteRange('bytes=-3', 10), { start: 7, end: 9 })
  assert.deepEqual(byteRange('bytes=5-99', 10), { start: 5, end: 9 })
  assert.equal(byteRange('bytes=10-', 10), 'unsatisfiable')
  assert.equal(byteRange('bytes=-0', 10), 'unsatisfiable')
  for (const header of [undefined, 'bytes=4-2', 'bytes=0-1,3-4', 'items=1-2', 'bytes=-'])
    assert.equal(byteRange(header, 10), undefined)
})

test('media types and trace parents are read', () => {
  assert.deepEqual(mediaType('Multipart/Form-Data; boundary="a b"; charset=UTF-8'), {
    type: 'multipart/form-data',
    charset: 'utf-8',
    boundary: 'a b',
  })
  assert.equal(mediaType('nonsense'), undefined)
  const id = '4bf92f3577b34da6a3ce929d0e0e4736'
  assert.equal(traceIdOf(`00-${id}-00f067aa0ba902b7-01`), id)
  for (const bad of [
    undefined,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `ff-${id}-00f067aa0ba902b7-01`,
    `00-${id}-00f067aa0ba902b7-01-x`,
    id,
  ]) {
    assert.notEqual(traceIdOf(bad), id)
    assert.match(traceIdOf(bad), /^[0-9a-f]{32}$/)
  }
})
