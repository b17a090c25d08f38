// Every reason is raised somewhere, or stands in the visible list of those whose capability is still to be built. The list only
// shrinks: a reason that is raised must leave it, and one that is no longer raised fails here before it can return to it.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { awaiting } from '../src/reasons/awaiting.ts'
import { catalogue } from '../src/reasons/catalogue.ts'

const source = new URL('../src/', import.meta.url)

/** Where reasons are defined, rendered or explained, not raised; names of events look like them. */
const apart = /^(?:reasons|explain)\/|^webhooks\/events\.ts$|(?:^|\/)(?:codes|message-status)\.ts$|\.test\.ts$/

/** What code says when it raises: the lists of reasons that an operation may give are a promise, no deed; nor is a comment one. */
function raising(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, '').replaceAll(/\breasons: \[[^\]]*\]/g, '')
}

function raisedIn(text: string): string[] {
  return [...raising(text).matchAll(/'([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)'/g)].map((found) => found[1]!)
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && !apart.test(path))
const raised = new Set(files.flatMap((path) => raisedIn(readFileSync(new URL(path, source), 'utf8'))))
const listed = new Map(awaiting.map(({ slug, capability }) => [slug as string, capability]))

test('a raise is seen, a promise and a comment are not', () => {
  assert.deepEqual(raisedIn("if (x) refuse('number.not_owned', { number })"), ['number.not_owned'])
  assert.deepEqual(
    raisedIn("  reasons: ['number.not_owned',\n 'number.invalid'],\n  // 'number.blocked'\n/** 'number.expired' */"),
    [],
  )
})

test('every reason is raised or awaits its capability', () => {
  const lost = Object.keys(catalogue).filter((slug) => !raised.has(slug) && !listed.has(slug))
  assert.deepEqual(lost, [], 'neither raised in src/ nor listed in src/reasons/awaiting.ts')
})

test('what is raised has left the list', () => {
  const both = [...listed.keys()].filter((slug) => raised.has(slug))
  assert.deepEqual(both, [], 'raised now: take these out of src/reasons/awaiting.ts')
})

test('the list holds each reason once', () => {
  assert.equal(listed.size, awaiting.length)
})
