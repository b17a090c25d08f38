// The dictionaries hold together with the catalogue in both directions.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { catalogue } from '#reasons/catalogue.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { codeOf, codesOf, fillMessage } from '#reasons/dictionary.ts'
import type { Dictionary, Entry } from '#reasons/dictionary.ts'
import type { Params } from '#reasons/refusal.ts'
import type { Reason } from '#reasons/reason.ts'
import { dictionaries, systems } from './dictionaries.ts'
import { fallbacks } from './fallbacks.ts'

const entries = systems.flatMap((system) =>
  Object.entries(dictionaries[system].entries).map(([code, entry]) => ({
    system,
    dictionary: dictionaries[system],
    code,
    entry,
  })),
)

/** One set of parameters for each value that an entry is chosen by. */
function casesOf(entry: Entry): Params[] {
  const [name] = Object.keys(entry.when ?? {})
  if (name === undefined) return [{}]
  return entry.when![name]!.split('|').map((value) => ({ [name]: value === '*' ? 'some other value' : value }))
}

test('every published code is there', () => {
  const released: { codes: Record<string, string[]> } = JSON.parse(
    readFileSync(new URL('../reasons/released.json', import.meta.url), 'utf8'),
  )
  for (const system of systems) {
    assert.deepEqual(Object.keys(dictionaries[system].entries).toSorted(), released.codes[system]!.toSorted(), system)
  }
  assert.equal(entries.filter(({ system, code }) => system !== '8x8' || code !== '1300').length, 429)
})

test('(reason, dialect, discriminator) gives one code, and that code leads back', () => {
  for (const { system, dictionary, code, entry } of entries) {
    for (const params of casesOf(entry)) {
      const said = codeOf(dictionary, { reason: entry.reason, params })
      assert.ok(said.exact, `${system}/${code} ${JSON.stringify(params)}`)
      // Where the list holds a status and a body number for one condition, both go out at once.
      assert.ok(said.code === code || String(said.body) === code, `${system}/${code} ${JSON.stringify(params)}: ${said.code}`)
      assert.equal(dictionary.entries[said.code!]!.reason, entry.reason)
      assert.equal(said.http, dictionary.entries[said.code!]!.http ?? catalogue[entry.reason].http)
    }
  }
})

test('no two codes of a reason are chosen by the same value, and none is without a discriminator beside others', () => {
  for (const system of systems) {
    const dictionary: Dictionary = dictionaries[system]
    for (const slug of Object.keys(catalogue) as Slug[]) {
      const chosen = codesOf(dictionary, slug).filter((code) => !(system === '8x8' && code === '1300'))
      const values = chosen.flatMap((code) => {
        const when = dictionary.entries[code]!.when
        assert.ok(chosen.length === 1 || when !== undefined, `${system}/${code}`)
        return Object.entries(when ?? {}).flatMap(([name, value]) => value.split('|').map((one) => `${name}=${one}`))
      })
      assert.equal(new Set(values).size, values.length, `${system} ${slug}`)
    }
  }
})

test('what chooses a code, and what fills its words, is a parameter of the reason', () => {
  for (const { system, dictionary, code, entry } of entries) {
    const { params }: Reason = catalogue[entry.reason]
    for (const name of Object.keys(entry.when ?? {})) assert.ok(name in params, `${system}/${code}: ${name}`)
    for (const [, name] of entry.message.matchAll(/\{(\w+)\}/g)) {
      assert.ok((dictionary.placeholders?.[name!] ?? name!) in params, `${system}/${code}: {${name}}`)
    }
  }
  for (const system of systems) {
    for (const rule of dictionaries[system].bodies ?? []) {
      for (const name of Object.keys(rule.when ?? {}))
        assert.ok(name in catalogue[rule.reason].params, `${system} ${rule.reason}: ${name}`)
    }
  }
})

test('an override belongs to a reason that needs one and names a code that the vendor has', () => {
  for (const system of systems) {
    const dictionary = dictionaries[system]
    for (const [slug, fallback] of Object.entries(dictionary.overrides)) {
      const own = codesOf(dictionary, slug as Slug)
      assert.ok(
        own.every((code) => dictionary.entries[code]!.when !== undefined),
        `${system} ${slug} has a code of its own`,
      )
      const reserved = system === 'restcomm' && /^\d{3}$/.test(fallback.code ?? '')
      if (fallback.code === null || reserved || fallback.code.includes('{http}')) continue
      assert.ok(fallback.code in dictionary.entries, `${system} ${slug}: ${fallback.code}`)
    }
  }
})

test('no fallback says something false', () => {
  for (const slug of Object.keys(catalogue) as Slug[]) {
    const reason: Reason = catalogue[slug]
    for (const system of systems) {
      const said = codeOf(dictionaries[system], { reason: slug, params: {} })
      const where = `${system} ${slug}: ${said.code} ${said.http}`
      if (said.exact || reason.http < 300) continue
      assert.ok(said.http >= 400, `${where} calls a refusal a success`)
      // The markup or the worker of an application is at fault, seen from a call; our own status for those is a 5xx too.
      if (['caller', 'recipient', 'operator-policy'].includes(reason.fault)) {
        assert.ok(said.http < 500 || said.http === 501 || reason.http >= 500, `${where} blames the platform`)
        const entry = said.code === null ? undefined : dictionaries[system].entries[said.code]
        assert.ok(!entry || !/internal/i.test(entry.message), `${where} says internal error`)
      }
      const entry = said.code === null ? undefined : dictionaries[system].entries[said.code]
      const meaning: Reason | undefined = entry && catalogue[entry.reason]
      if (meaning !== undefined && reason.fault === 'platform' && system !== '8x8') {
        assert.notEqual(meaning.fault, 'recipient', where)
      }
    }
  }
})

test('the page of fallbacks is the one that was reviewed', () => {
  const reviewed = readFileSync(new URL('../../docs/conformance/fallbacks.md', import.meta.url), 'utf8')
  assert.equal(reviewed, fallbacks(), 'review the change, then run: node scripts/write-fallbacks.ts')
})

test('words are filled, and empty brackets go', () => {
  const names = { parameterName: 'parameter' }
  assert.equal(
    fillMessage('Parameter [${parameterName}] value is invalid.', { parameter: 'to' }, names),
    'Parameter [to] value is invalid.',
  )
  assert.equal(fillMessage('Parameter [${parameterName}] value is invalid.', {}, names), 'Parameter value is invalid.')
  assert.equal(fillMessage('Not bound (${context})', {}), 'Not bound')
  assert.equal(fillMessage('Wrong value: ${value}', {}), 'Wrong value')
  assert.equal(fillMessage('[{x}] required', { x: '{y}' }), '[{y}] required')
})

test('texts are our own sentences, free of marks of the work', () => {
  for (const { system, code, entry } of entries) {
    assert.match(entry.condition, /^[A-Z0-9'"].*\.$/s, `${system}/${code}`)
    assert.match(entry.remedy, /^[A-Z0-9'"].*\.$/s, `${system}/${code}`)
    assert.doesNotMatch(entry.condition + entry.remedy, /\bsee[d]\b/i, `${system}/${code}`)
  }
})
