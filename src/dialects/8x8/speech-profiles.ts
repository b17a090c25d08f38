// Voices by this vendor's way of naming them: a locale and a name. What is said in one is said by the platform's usual provider in that
// language; which it has, only saying something tells, so a language that it has not is told in the summary of the session (-2005).

import type { Voice } from '#voice/verbs/verb.ts'

const locales = [
  'ar-SA',
  'bn-IN',
  'cs-CZ',
  'da-DK',
  'de-DE',
  'el-GR',
  'en-AU',
  'en-GB',
  'en-IN',
  'en-US',
  'es-ES',
  'es-MX',
  'fi-FI',
  'fr-CA',
  'fr-FR',
  'hi-IN',
  'hu-HU',
  'id-ID',
  'it-IT',
  'ja-JP',
  'ko-KR',
  'ms-MY',
  'nb-NO',
  'nl-NL',
  'pl-PL',
  'pt-BR',
  'pt-PT',
  'ro-RO',
  'ru-RU',
  'sv-SE',
  'ta-IN',
  'th-TH',
  'tr-TR',
  'uk-UA',
  'vi-VN',
  'zh-CN',
  'zh-HK',
] as const

const known = new Map(locales.map((locale) => [locale.toLowerCase(), locale]))
const genders = ['Female', 'Male'] as const

/** `en-US-Female`. A name of the vendor's own after the locale (`en-US-JennyNeural`) is the usual voice. Undefined: no such locale. */
export function voiceOfProfile(code: string): Voice | undefined {
  const [language = '', region = '', name = ''] = code.split('-')
  const locale = known.get(`${language}-${region}`.toLowerCase())
  if (!locale) return undefined
  const gender = name.toLowerCase()
  return { language: locale, ...((gender === 'female' || gender === 'male') && { voice: gender }) }
}

export function speechProfiles(): object[] {
  const names = new Intl.DisplayNames(['en'], { type: 'language' })
  return locales.flatMap((localeCode) =>
    genders.map((gender) => ({
      speechProfileCode: `${localeCode}-${gender}`,
      localeCode,
      localeDescription: names.of(localeCode) ?? localeCode,
      gender,
    })),
  )
}
