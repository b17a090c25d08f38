// What is heard: play actions and their lists, reference section 8.5, and the voices that texts are said in.

import type { Audio, Voice } from '#voice/verbs/verb.ts'
import { storedName } from './sound-files.ts'
import { isObject, pageOf, type Element, type Members, type Reading } from './action-fields.ts'

/** Words of a voice's name and the language that they are of, as the vendor's lists have them; US English where none fits. */
const languages: readonly (readonly [RegExp, string])[] = [
  [/\bUK\b|british/i, 'en-GB'],
  [/australia/i, 'en-AU'],
  [/\bUS spanish|spanish us\b|mexic/i, 'es-MX'],
  [/welsh/i, 'cy-GB'],
  [/canad.*french|french.*canad/i, 'fr-CA'],
  [/french/i, 'fr-FR'],
  [/german/i, 'de-DE'],
  [/spanish/i, 'es-ES'],
  [/italian/i, 'it-IT'],
  [/brazil/i, 'pt-BR'],
  [/portug/i, 'pt-PT'],
  [/dutch/i, 'nl-NL'],
  [/polish/i, 'pl-PL'],
  [/russian/i, 'ru-RU'],
  [/swedish/i, 'sv-SE'],
  [/danish/i, 'da-DK'],
  [/norweg/i, 'nb-NO'],
  [/turkish/i, 'tr-TR'],
  [/romanian/i, 'ro-RO'],
  [/japanese/i, 'ja-JP'],
]

export function voiceOf(name: string | null | undefined): Voice {
  const language = languages.find(([words]) => words.test(name ?? ''))?.[1] ?? 'en-US'
  if (!name) return { language }
  return { language, voice: /\bmale\b/i.test(name) ? 'male' : 'female' }
}

/** The list of a play action, as of a prompt or hold media. */
export function playList(play: Members | undefined): readonly Audio[] {
  if (!play) return []
  if (!play.has('play_list')) play.missing('play_list')
  return play.list('play_list').flatMap((element) => audioOf(play.reading, element) ?? [])
}

/** A play action whose other members count for nothing here, such as those of barge-in. */
export function heard(parent: Members, name: string): readonly Audio[] {
  const play = parent.object(name)
  const audio = playList(play)
  for (const known of bargeIn) play?.has(known)
  play?.done()
  return audio
}

export const bargeIn = ['barge_in', 'barge_in_on_digit', 'barge_in_on_speech', 'barge_in_on_speech_options']

/** Messages, one of which is played for each failure; each is a play action, by itself or under its name. */
export function messages(parent: Members, name: string): readonly (readonly Audio[])[] {
  return parent.list(name).map(({ value, path }) => {
    const { reading } = parent
    const outer = reading.members(value, path)
    if (!outer) return []
    const play = outer.has('play') ? outer.object('play') : outer
    const audio = playList(play)
    for (const known of bargeIn) play?.has(known)
    play?.done()
    return audio
  })
}

function audioOf(reading: Reading, { value, path }: Element): Audio | undefined {
  const one = reading.members(value, path)
  if (!one) return undefined
  const audio = kinds.flatMap(([name, read]) => (one.has(name) ? [read(one, name)] : []))
  one.done()
  if (audio.length === 1) return audio[0]
  return reading.fault(path, 'is nothing to play', 'one of text_to_say, file_to_play and digits_to_play')
}

const kinds: readonly (readonly [string, (one: Members, name: string) => Audio | undefined])[] = [
  ['text_to_say', textToSay],
  ['file_to_play', fileToPlay],
  ['digits_to_play', digitsToPlay],
]

function textToSay(one: Members, name: string): Audio | undefined {
  const text = one.text(name)
  const voice = one.text('tts_voice', { most: 200 }) ?? one.reading.context.ttsVoice
  return text === undefined ? undefined : { kind: 'say', text, ...voiceOf(voice) }
}

/** GET and nothing else fetches media (reference section 8.4). */
function fileToPlay(one: Members, name: string): Audio | undefined {
  if (one.has('decryption_cipher')) one.reading.notOffered('playing of encrypted files')
  if (isObject(one.raw(name))) {
    const page = pageOf(one.object(name)!)
    return page && { kind: 'url', url: page.url, method: 'GET' }
  }
  const file = one.text(name, { most: 200 })
  if (file === undefined) return undefined
  const recorded = one.reading.context.recorded?.(file)
  return recorded ? { kind: 'recording', ...recorded } : { kind: 'file', name: storedName(file) }
}

function digitsToPlay(one: Members, name: string): Audio | undefined {
  if (!isObject(one.raw(name))) return toPlay(one.digits(name, '', 100))
  const inner = one.object(name)!
  const digits = inner.digits('digits', '', 100)
  inner.done()
  return toPlay(digits)
}

const toPlay = (digits: string): Audio => ({ kind: 'digits', digits })
