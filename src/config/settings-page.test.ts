import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { themes } from './config.ts'
import type { Setting, Told } from './setting.ts'
import { settingsPage } from './settings-page.ts'

const all = Object.values(themes).flatMap((table) => Object.entries<Setting<unknown> & Told>(table))

test('docs/settings.md has every setting as it is', () => {
  const written = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')
  assert.equal(written, settingsPage(), 'run: node scripts/write-settings.ts')
})

test('each setting takes its example, and its default is what it says', () => {
  for (const [name, { parse, fallback, usual, example }] of all) {
    assert.doesNotThrow(() => parse(example), name)
    assert.notDeepEqual(parse(example), fallback, `${name}: an example shows more than the default`)
    if (!usual.startsWith('(')) assert.deepEqual(parse(usual), fallback, name)
    else if (name !== 'OFFHOOK_MEDIA_WORKERS')
      assert.ok(fallback === undefined || Object.keys(fallback as object).length === 0, name)
  }
})

test('what counts has a unit, which its name bears too where it has room for one', () => {
  for (const [name, { unit, bounds, fallback }] of all) {
    assert.equal(unit === undefined, typeof fallback !== 'number', name)
    if (bounds !== undefined) assert.ok(unit, name)
    const named = /_(MS|SECONDS|BYTES)$/.exec(name)?.[1]
    if (named) assert.equal(unit, { MS: 'ms', SECONDS: 's', BYTES: 'bytes' }[named], name)
  }
})
