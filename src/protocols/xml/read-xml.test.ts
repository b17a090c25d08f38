// What is taken and what is not: well-formed, bounded, and nothing fetched or expanded.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readXml, XmlFault } from './read-xml.ts'

test('elements with their attributes, text and lines', async () => {
  const text = `<?xml version="1.0" encoding="UTF-16"?>
<!-- made by hand -->
<Response>
  <Sms to="+1" from='2'>one &amp; <b/><![CDATA[<two>]]> é&#x1F600;</Sms>
  <ns:Email xmlns:ns="urn:x" ns:to="a"/>
</Response>`
  const root = await readXml(text)
  assert.deepEqual([root.name, root.line, root.text.trim()], ['Response', 3, ''])
  const [sms, email] = root.elements
  assert.deepEqual(sms, {
    name: 'Sms',
    attributes: { to: '+1', from: '2' },
    line: 4,
    column: 3,
    text: 'one & <two> é😀',
    elements: [{ name: 'b', attributes: {}, line: 4, column: 35, text: '', elements: [] }],
  })
  assert.deepEqual([email!.name, email!.attributes['to'], email!.line, email!.column], ['Email', 'a', 5, 3])
})

test('what is refused, with its line', async () => {
  const cases: readonly (readonly [string, RegExp, number])[] = [
    ['', /nothing in it/, 1],
    ['hello', /Start tag expected/, 1],
    ['<a>\n<b></a>', /mismatch/, 2],
    ['<a/>\n<b/>', /Extra content/, 2],
    ['<a>&nothing;</a>', /not defined/, 1],
    ['<a b="1" b="2"/>', /redefined/, 1],
    ['<a>\u0001</a>', /invalid Char/, 1],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', /document type/, 1],
    ['<?xml version="1.0"?>\n<!-- <a> -->\n<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', /document type/, 3],
    [`${'<a>'.repeat(300)}${'</a>'.repeat(300)}`, /deep|depth/, 1],
    [`${'<a>'.repeat(25)}${'</a>'.repeat(25)}`, /20 deep/, 1],
    [`<a>${'<b/>'.repeat(1001)}</a>`, /more than 1000/, 1],
  ]
  for (const [text, says, line] of cases) {
    await assert.rejects(readXml(text), (error) => {
      assert.ok(error instanceof XmlFault, text.slice(0, 60))
      assert.match(error.message, says)
      assert.equal(error.line, line, text.slice(0, 60))
      return true
    })
  }
})
