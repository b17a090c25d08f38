// Voices by this vendor's way of naming them: a locale and a name. What is said in one is said by the platform's usual provider in that
// language; which it has, only saying something tells, so a language that it has not is told in the summary of the session (-2005).

import type { Voice } from '#voice/verbs/verb.ts'

const locales = [
  'af-ZA',
  'am-ET',
  'ar-AE',
  'ar-EG',
  'ar-SA',
  'bg-BG',
  'bn-BD',
  'bn-IN',
  'ca-ES',
  'cmn-CN',
  'cmn-TW',
  'cs-CZ',
  'cy-GB',
  'da-DK',
  'de-AT',
  'de-CH',
  'de-DE',
  'el-GR',
  'en-AU',
  'en-CA',
  'en-GB',
  'en-HK',
  'en-IE',
  'en-IN',
  'en-NZ',
  'en-PH',
  'en-SG',
  'en-US',
  'en-ZA',
  'es-AR',
  'es-CL',
  'es-CO',
  'es-ES',
  'es-MX',
  'es-US',
  'et-EE',
  'fa-IR',
  'fi-FI',
  'fr-BE',
  'fr-CA',
  'fr-CH',
  'fr-FR',
  'ga-IE',
  'gu-IN',
  'he-IL',
  'hi-IN',
  'hr-HR',
  'hu-HU',
  'id-ID',
  'is-IS',
  'it-IT',
  'ja-JP',
  'kn-IN',
  'ko-KR',
  'lt-LT',
  'lv-LV',
  'ml-IN',
  'mr-IN',
  'ms-MY',
  'mt-MT',
  'my-MM',
  'nb-NO',
  'ne-NP',
  'nl-BE',
  'nl-NL',
  'pa-IN',
  'pl-PL',
  'pt-BR',
  'pt-PT',
  'ro-RO',
  'ru-RU',
  'si-LK',
  'sk-SK',
  'sl-SI',
  'sq-AL',
  'sr-RS',
  'sv-SE',
  'sw-KE',
  'ta-IN',
  'ta-SG',
  'te-IN',
  'th-TH',
  'tr-TR',
  'uk-UA',
  'ur-PK',
  'uz-UZ',
  'vi-VN',
  'yue-CN',
  'zh-CN',
  'zh-HK',
  'zh-TW',
] as const

const known = new Map(locales.map((locale) => [locale.toLowerCase(), locale]))
const genders = { Female: 'F', Male: 'M' } as const

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
    Object.entries(genders).map(([name, gender]) => ({
      speechProfileCode: `${localeCode}-${name}`,
      localeCode,
      localeDescription: names.of(localeCode) ?? localeCode,
      gender,
    })),
  )
}
