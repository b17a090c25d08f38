// Answers of pages into verbs: every action with and without its properties, each fault with its place, what is not offered, and what hostile
// answers do.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '#reasons/refusal.ts'
import type { Verb } from '#voice/verbs/verb.ts'
import { parsePage, readActions } from './call-actions.ts'
import { destinationOf } from './connect-actions.ts'
import { scriptMeans } from '../../../test/script-means.ts'
import { lintActions } from './lint-actions.ts'

const context = { url: 'https://app.example/pages/first', version: '2.0', ttsVoice: null } as const
const next_page = { url: 'next' }
const then = { url: 'https://app.example/pages/next', method: 'POST' }

const read = (actions: unknown, more: object = {}, version: '1.0' | '2.0' = '2.0') =>
  readActions({ actions, api_version: version, ...more }, { ...context, version })

function verbs(actions: unknown, version?: '1.0' | '2.0'): Record<string, any>[] {
  const { verbs: found, faults, warnings, absent } = read(actions, {}, version)
  assert.deepEqual([faults, warnings, absent], [[], [], undefined])
  return found.map((verb: Verb) => {
    const { at: _at, tag: _tag, ...rest } = verb
    return rest
  })
}

const paths = (actions: unknown, more?: object): string[] => read(actions, more).faults.map(({ path }) => path)

test('play: text, files, addresses, digits, and what ends it', () => {
  const [first, second] = verbs([
    {
      play: {
        play_list: [
          { text_to_say: 'hello', tts_voice: 'English UK Male Brian' },
          { file_to_play: 'menu/hello.wav' },
          { file_to_play: { url: '/a.wav', method: 'GET' } },
          { digits_to_play: '12#' },
        ],
      },
    },
    { play: { play_list: [], barge_in_on_digit: false, barge_in_on_speech: true } },
  ])
  assert.deepEqual(first, {
    verb: 'play',
    audio: [
      { kind: 'say', text: 'hello', language: 'en-GB', voice: 'male' },
      { kind: 'file', name: 'media store/menu/hello.wav' },
      { kind: 'url', url: 'https://app.example/a.wav', method: 'GET' },
      { kind: 'digits', digits: '12#' },
    ],
    times: 1,
    stopOn: '0123456789*#ABCD',
  })
  assert.deepEqual([second!['stopOn'], second!['stopOnSpeech']], ['', true])
})

test('record, with its usual times and with a cipher of the application', () => {
  const cipher = { type: 'aescbc', key: 'ab'.repeat(16), initialisation_vector: 'cd'.repeat(16) }
  const [usual, own] = verbs([
    { record: { next_page } },
    { record: { next_page, seconds_max_duration: 5, beep_on_start: true, barge_in_digits: '', encryption_cipher: cipher } },
  ])
  assert.deepEqual(usual, {
    verb: 'record',
    channels: 'heard',
    mostMs: 60_000,
    silenceMs: 3000,
    firstSilenceMs: 3000,
    finishOn: '#',
    beep: false,
    trim: false,
    thenWhenEmpty: true,
    then,
  })
  assert.deepEqual(
    [own!['mostMs'], own!['beep'], own!['finishOn'], own!['cipher']],
    [5000, true, '', { type: 'aescbc', key: 'ab'.repeat(16), iv: 'cd'.repeat(16) }],
  )
})

test('get_number in both versions', () => {
  const prompt = { play_list: [{ text_to_say: 'number?' }] }
  const [two] = verbs([{ get_number: { prompt, next_page, digit_count: 4, help_digit: '' } }])
  assert.deepEqual(
    [two!['most'], two!['finishOn'], two!['valid'], two!['firstMs'], two!['betweenMs'], two!['inAllMs'], two!['helpDigit']],
    [4, '#', '0123456789', 5000, 5000, 30_000, undefined],
  )
  assert.deepEqual([two!['then'], two!['thenWhenEmpty'], two!['prompt'].length], [then, true, 1])
  const messages = [{ play_list: [{ text_to_say: 'again' }] }, { play: { play_list: [{ text_to_say: 'last' }] } }]
  const [one] = verbs([{ get_number: { prompt, on_digit_timeout_messages: messages } }], '1.0')
  assert.deepEqual(
    [one!['firstMs'], one!['again'].onNothing.length, one!['again'].onInvalid.length, one!['then']],
    [5000, 2, 0, undefined],
  )
})

test('menus lead to the page of what was chosen', () => {
  const [keys, words] = verbs([
    {
      run_menu: {
        menu_options: [
          { digit: '1', next_page },
          { digit: '#', next_page: { url: 'other', method: 'GET' } },
        ],
      },
    },
    {
      run_speech_menu: {
        menu_options: [
          { word: 'sales', next_page },
          { digit: '2', next_page },
        ],
        language: 'French',
      },
    },
  ])
  assert.deepEqual(keys!['choices'], [
    { digit: '1', page: then },
    { digit: '#', page: { url: 'https://app.example/pages/other', method: 'GET' } },
  ])
  assert.deepEqual([keys!['most'], keys!['helpDigit'], keys!['thenWhenEmpty']], [1, '*', false])
  assert.deepEqual([words!['inputs'], words!['hints'], words!['language']], [['digits', 'speech'], ['sales'], 'fr-FR'])
})

test('get_input: digits, speech or both', () => {
  const [both, digits] = verbs([
    { get_input: { next_page, speech_recognition_options: { language: 'de-DE', word_hints: ['ja'] } } },
    { get_input: { next_page, speech_input_mode: 'disabled', digit_input_options: { digit_count: 3, end_digit: '*' } } },
  ])
  assert.deepEqual([both!['inputs'], both!['language'], both!['hints']], [['digits', 'speech'], 'de-DE', ['ja']])
  assert.deepEqual([digits!['inputs'], digits!['most'], digits!['finishOn']], [['digits'], 3, '*'])
})

test('connect: everybody at once, and what the called side gets', () => {
  const [dial] = verbs([
    {
      connect: {
        destinations: ['tel:441908273800', '44-190-827', 'sip:a@b.example', 'someone@c.example', 'loc:Sales', 'webrtc:alice'],
        call_from: '441908000000',
        seconds_answer_timeout: 20,
        hold_media: { play_list: [{ file_to_play: 'wait.wav' }] },
        secondary_call: {
          first_page: { url: 'whisper' },
          final_page: { url: 'gone' },
          minutes_max_call_duration: 2,
          call_recording: true,
          call_recording_mode: 'separate',
        },
        next_page,
      },
    },
  ])
  assert.deepEqual(
    dial!['targets'].map(({ to }: { to: unknown }) => to),
    [
      { kind: 'number', number: '+441908273800' },
      { kind: 'number', number: '+44190827' },
      { kind: 'sip', uri: 'sip:a@b.example' },
      { kind: 'sip', uri: 'sip:someone@c.example' },
      { kind: 'service', name: 'Sales' },
      { kind: 'client', login: 'alice' },
    ],
  )
  const [{ screen, status }] = dial!['targets']
  assert.deepEqual(screen, { url: 'https://app.example/pages/whisper', method: 'POST' })
  assert.deepEqual(status, { url: 'https://app.example/pages/gone', method: 'POST', events: ['completed'] })
  const { callerId, timeoutMs, mostMs, record, ringback, then: page } = dial!
  assert.deepEqual(
    { callerId, timeoutMs, mostMs, record, ringback, page },
    {
      callerId: '+441908000000',
      timeoutMs: 20_000,
      mostMs: 120_000,
      record: 'dual',
      ringback: [{ kind: 'file', name: 'media store/wait.wav' }],
      page: then,
    },
  )
})

test('conferences, by their action and as a destination', () => {
  const [own, plain] = verbs([
    {
      connect_to_conference: {
        name: 'team',
        conference_participant: {
          talker: false,
          start_on_entry: false,
          destroy_on_exit: true,
          beep_on_entry: false,
          exit_digit: '#',
          mute_digit: '1',
          while_stopped_media: { play_list: [{ file_to_play: 'wait.wav' }] },
          name: { play_list: [{ text_to_say: 'Ann' }] },
          has_joined_message: { play_list: [{ text_to_say: 'is here' }] },
        },
      },
    },
    { connect: { destinations: ['con:team'] } },
  ])
  const { muted, startOnEnter, endOnExit, beep, exitDigit, muteDigit, unmuteDigit, wait, joined, most } = own!
  assert.deepEqual(
    { muted, startOnEnter, endOnExit, beep, exitDigit, muteDigit, unmuteDigit, most },
    {
      muted: true,
      startOnEnter: false,
      endOnExit: true,
      beep: false,
      exitDigit: '#',
      muteDigit: '1',
      unmuteDigit: '1',
      most: 40,
    },
  )
  assert.deepEqual(wait, { kind: 'audio', audio: [{ kind: 'file', name: 'media store/wait.wav' }] })
  assert.equal(joined.length, 2)
  assert.deepEqual([plain!['verb'], plain!['name']], ['conference', 'team'])
})

test('what has no result: answer, reject, hang_up, sleep, redirect, delete_file', () => {
  assert.deepEqual(
    verbs([
      { answer: {} },
      { reject: { cause: 'busy' } },
      { hang_up: {} },
      { hang_up: { return_code: -105 } },
      { sleep: { seconds: 2 } },
      { redirect: { next_page } },
      { delete_file: { filename: 'a.wav' } },
    ]),
    [
      { verb: 'answer' },
      { verb: 'reject', as: 'busy' },
      { verb: 'hangUp' },
      { verb: 'hangUp', code: -105 },
      { verb: 'pause', ms: 2000 },
      { verb: 'redirect', to: then },
      { verb: 'deleteFile', name: 'media store/a.wav' },
    ],
  )
})

test('each fault is told with its place', () => {
  assert.deepEqual(paths({}), ['$.actions'])
  assert.deepEqual(paths([{}, { play: {}, hang_up: {} }, 1, { dance: {} }]), [
    '$.actions[0]',
    '$.actions[1]',
    '$.actions[2]',
    '$.actions[3].dance',
  ])
  assert.deepEqual(paths([{ play: {} }, { play: { play_list: [{}, { text_to_say: 1 }] } }]), [
    '$.actions[0].play.play_list',
    '$.actions[1].play.play_list[0]',
    '$.actions[1].play.play_list[1].text_to_say',
  ])
  assert.deepEqual(paths([{ record: {} }, { record: { next_page: {} } }, { get_number: { next_page: { url: 'ftp://x' } } }]), [
    '$.actions[0].record.next_page',
    '$.actions[1].record.next_page.url',
    '$.actions[2].get_number.next_page.url',
  ])
  assert.deepEqual(paths([{ hang_up: { return_code: -3 } }, { connect: { destinations: ['nobody'] } }]), [
    '$.actions[0].hang_up.return_code',
    '$.actions[1].connect.destinations[0]',
  ])
  assert.deepEqual(paths([], { api_version: '1.0' }), ['$.api_version'])
  assert.deepEqual(paths([], { api_version: undefined }), ['$.api_version'])
  assert.deepEqual(paths([], { token: 'x'.repeat(5001) }), ['$.token'])
})

test('what version 2 brought is a fault in version 1; an unknown property is only a warning', () => {
  const { faults } = read([{ get_input: { next_page } }], {}, '1.0')
  assert.deepEqual(
    faults.map(({ path }) => path),
    ['$.actions[0].get_input'],
  )
  const { faults: none, warnings } = read([{ hang_up: { colour: 'red' } }])
  assert.deepEqual([none, warnings.map(({ path }) => path)], [[], ['$.actions[0].hang_up.colour']])
})

test('what is not offered is told by its name', () => {
  for (const action of ['send_fax', 'receive_fax', 'start_transcription', 'stop_transcription'])
    assert.equal(read([{ [action]: {} }]).absent, action)
  assert.match(read([{ connect: { destinations: ['wss://x.example/y'] } }]).absent ?? '', /WebSocket/)
})

test('tags say which action it was, and its id', () => {
  const { verbs: found } = read([{ record: { next_page, id: 'greeting' } }])
  assert.deepEqual([found[0]!.tag, found[0]!.at], ['record greeting', { element: '$.actions[0].record' }])
})

test('destinations', () => {
  for (const text of ['', 'tel:', 'tel:abc', 'sip:', 'a b@c', 'con:', '12--3', 'x@y>'])
    assert.equal(destinationOf(text).kind, 'malformed', text)
  assert.deepEqual(destinationOf('+44190'), { kind: 'party', to: { kind: 'number', number: '+44190' } })
})

test('whatever the bytes are, it is a refusal with its place', async () => {
  const parse = (text: string) => {
    try {
      return readActions(parsePage(Buffer.from(text)), context).faults.length
    } catch (error) {
      assert.ok(error instanceof Refusal, String(error))
      assert.equal(error.reason, 'markup.error')
      return error.params['line'] ?? 'no place'
    }
  }
  assert.equal(parse('{\n"actions": [}'), 2)
  for (const text of [
    '',
    'null',
    '[]',
    '"x"',
    '{"actions":{"play":1}}',
    '{"actions":[null,[],{"play":null}]}',
    '{"actions":[{"__proto__":{}}]}',
  ])
    assert.ok(parse(text), text)
  const notes = await lintActions('{"actions":[{"play":{"x":1}},\n{"connect":{"destinations":["tel:12"]}}]}', scriptMeans)
  assert.deepEqual(
    notes.map(({ kind, line, column, reason, place }) => [kind, line, column, reason, place]),
    [
      ['fault', 1, 14, 'markup.schema_invalid', '$.actions[0].play.play_list'],
      ['warning', 1, 22, 'markup.schema_invalid', '$.actions[0].play.x'],
      ['fault', 2, 2, 'destination.invalid', '$.actions[1].connect'],
    ],
  )
  assert.equal((await lintActions('{', scriptMeans))[0]?.line, 1)
})
