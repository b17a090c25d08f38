import assert from 'node:assert/strict'
import { test } from 'node:test'
import { saySettings, speechSettings } from '#media/provider-list.ts'
import { examineSound } from './examine-sound.ts'

test('whoever is configured is named, and nobody is told with what to do', () => {
  const none = [...examineSound({ say: saySettings('off'), speech: speechSettings('off') })]
  assert.deepEqual(
    none.map(({ fine, says }) => [fine, says.split(':')[0]]),
    [
      [true, 'nobody speaks'],
      [true, 'nobody understands speech'],
    ],
  )
  assert.ok(none.every(({ remedy }) => remedy !== undefined))
  const two = [
    ...examineSound({ say: saySettings('a=https://:secret@a.example/'), speech: speechSettings('b=wss://:secret@b.example/') }),
  ]
  assert.deepEqual(two, [
    { what: 'text to speech', fine: true, says: 'a' },
    { what: 'recognition', fine: true, says: 'b' },
  ])
})
