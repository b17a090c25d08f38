import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { holdDataDir } from './hold-data-dir.ts'

test('a data directory is one holder’s until it is freed', () => {
  const dir = mkdtempSync(join(tmpdir(), 'offhook-test-'))
  try {
    const free = holdDataDir(dir)
    assert.throws(() => holdDataDir(dir), { name: 'StoreUnavailable', message: /in use by another Offhook/ })
    free()
    holdDataDir(dir)()
    assert.throws(() => holdDataDir('/dev/null/x'), { name: 'StoreUnavailable', message: /cannot be used/ })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
