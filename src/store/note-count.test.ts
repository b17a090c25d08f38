import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NoteCount } from './note-count.ts'

test('who waits for what was given waits for no more than that', async () => {
  const notes = new NoteCount()
  await notes.soFar()
  notes.given()
  notes.given()
  let isTold = false
  const told = notes.soFar().then(() => (isTold = true))
  notes.given()
  notes.ended(1)
  await Promise.resolve()
  assert.equal(isTold, false)
  notes.ended(1)
  await told
  assert.equal(notes.underWay, 1)
})
