// Providers of speech and of recognition as an operator writes them in one setting: `name=url` with commas between, the first is the
// usual one. `https://user:password@host` is Basic, `https://:token@host` a Bearer token; after `#` the languages it is used for.
//
//   OFFHOOK_TTS     espeak,acme=https://:s3cret@tts.example/speak#en+de-AT        `espeak` is the one in the box; `off` is none
//   OFFHOOK_SPEECH  acme=wss://:s3cret@hear.example/

import type { ListedProvider } from './listed-provider.ts'
import type { SaySettings } from './say.ts'
import type { SpeechSettings } from './speech-provider.ts'

const form = 'name=url with commas between, the first the usual one, such as acme=https://:token@tts.example/speak#en+de'
const inTheBox = 'espeak'

/** Throws a TypeError that says what is allowed and repeats no secret. */
export function saySettings(text: string): SaySettings {
  const names = words(text)
  const providers = names.filter((word) => word !== inTheBox).map((word) => providerOf(word, /^https?:$/))
  const usual = names[0] === inTheBox ? inTheBox : (providers[0]?.name ?? '')
  return { usual, withEspeak: names.includes(inTheBox), providers: distinct(providers) }
}

/** Throws a TypeError that says what is allowed and repeats no secret. */
export function speechSettings(text: string): SpeechSettings {
  const providers = words(text).map((word) => providerOf(word, /^wss?:$/))
  return { usual: providers[0]?.name ?? '', providers: distinct(providers) }
}

function words(text: string): string[] {
  return text.trim() === 'off' ? [] : text.split(/[\s,]+/).filter(Boolean)
}

function providerOf(word: string, schemes: RegExp): ListedProvider {
  const [, name = '', address = ''] = /^([a-z][a-z0-9_-]{0,31})=(\S+)$/i.exec(word) ?? []
  const url = URL.parse(address)
  if (name === '' || !url || !schemes.test(url.protocol)) throw new TypeError(form)
  const languages = decodeURIComponent(url.hash.slice(1)).split('+').filter(Boolean)
  if (!languages.every((language) => /^[a-z]{2,8}(?:-[a-z0-9]{1,8})*$/i.test(language))) throw new TypeError(form)
  const headers = authorization(decodeURIComponent(url.username), decodeURIComponent(url.password))
  url.hash = url.username = url.password = ''
  return { name, url: url.href, headers, ...(languages.length > 0 && { languages }) }
}

function authorization(user: string, password: string): Record<string, string> {
  if (user !== '') return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
  return password === '' ? {} : { authorization: `Bearer ${password}` }
}

function distinct(providers: readonly ListedProvider[]): readonly ListedProvider[] {
  const names = new Set(providers.map(({ name }) => name.toLowerCase()))
  if (names.size < providers.length || names.has(inTheBox)) throw new TypeError(`each name once, and none called ${inTheBox}`)
  return providers
}
