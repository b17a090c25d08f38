// The pages say what the data says, and hostile text in them stays text.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogue } from '#reasons/catalogue.ts'
import { dictionaries, systems } from '../dictionaries.ts'
import { codeRows, codeView, reasonRows, reasonView } from '../views.ts'
import { codePage } from './code-page.ts'
import { html } from './html.ts'
import { indexPage } from './index-page.ts'
import { linksUnder } from './layout.ts'
import type { KeptExchange } from './layout.ts'
import { reasonPage } from './reason-page.ts'

const links = linksUnder('')
const hostile = `'><img src=x onerror=alert(4)>"&</pre>`
const kept: readonly KeptExchange[] = [
  { system: 'aculab', code: '0701', request: `POST /msg_send\n\n${hostile}`, response: `HTTP/1.1 403\n\n${hostile}` },
  { system: 'offhook', code: 'message.recipient_opted_out', request: 'POST /v1/messages', response: 'HTTP/1.1 403 Forbidden' },
]

/** No page of ours has such a tag, and no text closes an element. */
function assertHarmless(body: string): void {
  assert.doesNotMatch(body, /<img|<script/)
  assert.equal(body.split('<pre>').length, body.split('</pre>').length)
}

test('values become text, markup stays markup', () => {
  const inner = html`<b>${'<i>'}</b>`
  assert.equal(
    html`<p title="${`"'&`}">${inner}${[1, inner, null, undefined, false]}</p>`.text,
    '<p title="&quot;&#39;&amp;"><b>&lt;i&gt;</b>1<b>&lt;i&gt;</b></p>',
  )
})

test('every reason and every code has a page', () => {
  for (const slug of Object.keys(catalogue)) assert.equal(reasonPage(slug, links, () => []).status, 200, slug)
  for (const system of systems) {
    assert.equal(indexPage({ system }, links).status, 200)
    for (const code of Object.keys(dictionaries[system].entries))
      assert.equal(codePage(system, code, links, () => []).status, 200, code)
  }
})

test('a page tells meaning, fault, retry, remedy, equivalents, how to provoke it and the answers', () => {
  const { body } = codePage('aculab', '0701', links, (key) =>
    kept.filter((one) => key === `${one.system}/${one.code}` || key === 'message.recipient_opted_out'),
  )
  for (const words of [
    'message.recipient_opted_out',
    'The recipient, or their device',
    'After something is changed',
    'Stop sending',
    'POST /msg_send',
    'HTTP/1.1 403 Forbidden',
  ]) {
    assert.ok(body.includes(words), words)
  }
  assert.match(body, /(Confirmed|Listed|Derived): /)
  assertHarmless(body)
})

test('hostile text stays text', () => {
  assertHarmless(indexPage({ q: hostile }, links).body)
  assertHarmless(reasonPage(hostile, links, () => kept).body)
  assertHarmless(codePage('aculab', hostile, links, () => kept).body)
  assertHarmless(codePage(hostile, '0701', links, () => kept).body)
  assertHarmless(reasonPage('message.recipient_opted_out', links, () => kept).body)
  assert.equal(reasonPage(hostile, links, () => kept).status, 404)
  for (const name of ['constructor', '__proto__', 'toString']) {
    assert.equal(reasonPage(name, links, () => []).status, 404)
    assert.equal(codePage('toku', name, links, () => []).status, 404)
    assert.equal(codePage(name, '0', links, () => []).status, 404)
  }
})

test('the search finds codes and words, and answers 404 with the nearest for what is unknown', () => {
  assert.match(indexPage({ q: '0701' }, links).body, /href="\/codes\/aculab\/0701"/)
  assert.match(indexPage({ q: 'opted out' }, links).body, /message\.recipient_opted_out/)
  const unknown = indexPage({ q: 'message.recipient_optd_out' }, links)
  assert.equal(unknown.status, 404)
  assert.match(unknown.body, /Near to it/)
})

test('nothing is fetched from anywhere, and there is no script', () => {
  const { body } = reasonPage('message.empty', linksUnder('/docs'), () => kept)
  for (const [, href] of body.matchAll(/(?:href|src|action)="([^"]*)"/g)) assert.match(href!, /^\/docs\//)
  assert.doesNotMatch(body, /<script|url\(|@import|https?:/)
})

test('the views hold the same rows', () => {
  assert.equal(reasonRows().length, Object.keys(catalogue).length)
  assert.equal(
    codeRows()!.length,
    systems.reduce((sum, system) => sum + codeRows(system)!.length, 0),
  )
  const { code, http, title, reason } = codeRows('aculab')!.find((row) => row.code === '0701')!
  assert.deepEqual(
    { code, http, title, reason },
    { code: '0701', http: 403, title: 'Recipient has opted out', reason: 'message.recipient_opted_out' },
  )
  assert.equal(codeView('ringcentral', 'msg-245')?.code, 'MSG-245')
  assert.deepEqual(reasonView('credit.insufficient')?.codes.toku, ['-1100'])
  assert.equal(codeRows('nobody'), undefined)
  assert.equal(reasonView('toString'), undefined)
  assert.equal(codeView('toku', '-9'), undefined)
  JSON.stringify(reasonRows())
})
