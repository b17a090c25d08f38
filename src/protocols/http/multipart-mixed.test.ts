import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '#reasons/refusal.ts'
import { parseMixed } from './multipart-mixed.ts'

const body = (lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1')

test('parts with types, names and base64; what stands before and after them counts for nothing', () => {
  const parts = parseMixed(
    body([
      'a preamble',
      '--edge  ',
      'Content-Type: application/json; charset=utf-8',
      '',
      '{"a":1}',
      '--edge',
      'Content-Type: image/png;',
      ' name="folded.png"',
      'Content-Transfer-Encoding: BASE64',
      '',
      Buffer.from([1, 2, 255]).toString('base64'),
      '--edge',
      'Content-Disposition: attachment; filename="a \\"b\\".txt"',
      '',
      'two\r\nlines',
      '--edge',
      "Content-Disposition: attachment; filename*=UTF-8''%C3%A9.txt",
      '',
      '',
      '--edge--',
      'an epilogue',
    ]),
    'edge',
  )
  assert.deepEqual(
    parts.map(({ type, fileName, body: bytes }) => [type, fileName, bytes.toString('latin1')]),
    [
      ['application/json', '', '{"a":1}'],
      ['image/png', 'folded.png', '\u0001\u0002\u00ff'],
      ['text/plain', 'a "b".txt', 'two\r\nlines'],
      ['text/plain', 'é.txt', ''],
    ],
  )
})

test('what is not whole is refused', () => {
  for (const lines of [[''], ['--edge', 'A: b', '', 'no end'], ['--edge', 'no empty line', '--edge--'], ['--other--']]) {
    assert.throws(
      () => parseMixed(body(lines), 'edge'),
      (error) => error instanceof Refusal && error.reason === 'request.unparsable',
      lines.join('|'),
    )
  }
  const many = ['--e', '', 'x', '--e', '', 'x', '--e--']
  assert.equal(parseMixed(body(many), 'e', 2).length, 2)
  assert.throws(() => parseMixed(body(many), 'e', 1), Refusal)
})
