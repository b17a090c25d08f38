import assert from 'node:assert/strict'
import { test } from 'node:test'
import { saySettings, speechSettings } from './provider-list.ts'

test('speakers are listed by name, the first is the usual one', () => {
  assert.deepEqual(saySettings('espeak'), { usual: 'espeak', withEspeak: true, providers: [] })
  assert.deepEqual(saySettings('off'), { usual: '', withEspeak: false, providers: [] })
  assert.deepEqual(saySettings('acme=https://:s%20t@tts.example/speak?x=1#en+de-AT, espeak,two=http://u:p@127.0.0.1:9/'), {
    usual: 'acme',
    withEspeak: true,
    providers: [
      {
        name: 'acme',
        url: 'https://tts.example/speak?x=1',
        headers: { authorization: 'Bearer s t' },
        languages: ['en', 'de-AT'],
      },
      { name: 'two', url: 'http://127.0.0.1:9/', headers: { authorization: 'Basic dTpw' } },
    ],
  })
})

test('listeners are reached by WebSocket', () => {
  assert.deepEqual(speechSettings('a=wss://a.example/,b=ws://127.0.0.1:9/'), {
    usual: 'a',
    providers: [
      { name: 'a', url: 'wss://a.example/', headers: {} },
      { name: 'b', url: 'ws://127.0.0.1:9/', headers: {} },
    ],
  })
})

test('what is none is refused without being repeated', () => {
  for (const text of [
    'a=ftp://x/',
    'https://:secret@x/',
    'a=',
    'a=https://:secret@x/#no_language',
    'a=https://x/,A=https://y/',
    'espeak=https://x/',
  ])
    assert.throws(
      () => saySettings(text),
      (error) => error instanceof TypeError && !error.message.includes('secret'),
      text,
    )
  assert.throws(() => speechSettings('espeak'), TypeError)
})
