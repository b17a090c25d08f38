import { test } from 'node:test'
import assert from 'node:assert/strict'
import { codePoints, hasVisible, isAscii, loneSurrogates } from './text-measures.ts'

test('lengths', () => {
  assert.deepEqual(['', 'a€', '😀a', '\ud83da', '\ude00\ud83d', '🏳️‍🌈'].map(codePoints), [0, 2, 2, 2, 2, 4])
})

test('ASCII is ASCII', () => {
  assert.ok(isAscii('') && isAscii('~\u007f\0'))
  assert.ok(!isAscii('aé') && !isAscii('\u0080'))
})

test('half a pair is found wherever it stands', () => {
  const places = (text: string): number[] => loneSurrogates(text).map(({ index }) => index)
  assert.deepEqual(['', '😀', 'a\ud83d', '\ude00', '😀\ude00', '\ud83d\ud83d\ude00', '\ude00a\ud83d'].map(places), [
    [],
    [],
    [1],
    [0],
    [2],
    [0],
    [0, 2],
  ])
})

test('spaces and what shows nothing are not visible', () => {
  for (const text of ['', ' \n\t', '\u00a0\u200b\ufeff\u3000', '\u0000', '\u200d', '\u2800'])
    assert.ok(!hasVisible(text), JSON.stringify(text))
  for (const text of ['a', ' . ', '😀', 'ㅎ', ' é']) assert.ok(hasVisible(text), text)
})
