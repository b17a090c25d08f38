// The catalogue holds together: its words, its templates, and that nothing released ever disappears.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { catalogue } from './catalogue.ts'
import type { Reason } from './reason.ts'

const reasons: [string, Reason][] = Object.entries(catalogue)

test('a slug is two words in lower case, and stands in the file of its first word', () => {
  for (const [slug] of reasons) {
    assert.match(slug, /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/)
    const file = new URL(`./${slug.split('.')[0]!.replaceAll('_', '-')}.ts`, import.meta.url)
    assert.ok(readFileSync(file, 'utf8').includes(`'${slug}': {`), slug)
  }
})

test('a parameter that may be absent stands inside square brackets of its template, a required one does not need to', () => {
  for (const [slug, reason] of reasons) {
    const outside = reason.detail.replace(/\[[^\]]*\]/g, '')
    for (const [, name] of reason.detail.matchAll(/\{(\w+)\}/g))
      assert.ok(Object.hasOwn(reason.params, name!), `${slug}: ${name}`)
    for (const [, name] of outside.matchAll(/\{(\w+)\}/g)) {
      const optional = reason.params[name!]!.endsWith('?')
      assert.ok(!optional, `${slug}: {${name}} may be absent, so it belongs into [ ]`)
    }
    assert.doesNotMatch(outside, /[[\]]/, slug)
  }
})

test('every reason has its words: title without a full stop, sentences with one', () => {
  for (const [slug, reason] of reasons) {
    assert.match(reason.title, /^[A-Z].*[^.]$/, slug)
    assert.match(reason.detail.replace(/\[[^\]]*\]/g, ''), /^[A-Z{].*\.$/, slug)
    assert.match(reason.remedy, /^[A-Z].*\.$/, slug)
  }
})

test('numbers are in the range of what they name', () => {
  for (const [slug, { http, sip, q850, smpp, fault }] of reasons) {
    assert.ok(http >= 200 && http < 600, slug)
    assert.ok(sip === null || (sip >= 200 && sip < 700), slug)
    assert.ok(q850 === null || (q850 >= 1 && q850 <= 127), slug)
    assert.ok(smpp === null || (smpp >= 0 && smpp <= 0x4ff), slug)
    assert.ok(fault !== 'none' || http < 300, `${slug}: an outcome is no error`)
  }
})

test('nothing that was released disappears', () => {
  const released: { slugs: string[] } = JSON.parse(readFileSync(new URL('./released.json', import.meta.url), 'utf8'))
  assert.deepEqual(
    released.slugs.filter((slug) => !(slug in catalogue)),
    [],
    'released reasons are missing from the catalogue',
  )
  assert.deepEqual(
    Object.keys(catalogue).filter((slug) => !released.slugs.includes(slug)),
    [],
    'add the new reasons to released.json',
  )
})
