// How this dialect writes times, countries and languages. Times in requests are read where a route takes one.

/** UTC with milliseconds and `Z`. */
export const isoTime = (ms: number): string => new Date(ms).toISOString()

const reduced = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?)?)?$/

/** ISO 8601, also reduced to a year, month, day or minute (reference 2.2); UTC where no zone is told. Undefined: no such time. */
export function parseTime(text: string): number | undefined {
  const found = reduced.exec(text)
  if (!found) return undefined
  const [, year, month = '01', day = '01', time = '00:00', zone = 'Z'] = found
  // Fractions to the millisecond, zones with a colon: what ECMAScript reads.
  const exact = time.replace(/(\.\d{3})\d+$/, '$1')
  const ms = Date.parse(`${year}-${month}-${day}T${exact}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`)
  return Number.isNaN(ms) ? undefined : ms
}

/** A stable decimal id of a country; the vendor's own is 1 for the United States and arbitrary for all others. */
export function countryId(iso: string): string {
  return iso === 'US' ? '1' : String(1000 + (iso.charCodeAt(0) - 65) * 26 + (iso.charCodeAt(1) - 65))
}

export function countryOfId(id: string): string | undefined {
  if (id === '1') return 'US'
  const value = /^1[0-9]{3}$/.test(id) ? Number(id) - 1000 : -1
  if (value < 0 || value >= 676) return undefined
  return String.fromCharCode(65 + Math.floor(value / 26), 65 + (value % 26))
}

/** Windows language ids, which the vendor uses. The tags are those of reference 2.7. */
export const languageIds = {
  'de-DE': '1031',
  'en-GB': '2057',
  'en-US': '1033',
  'es-419': '22538',
  'es-ES': '1034',
  'fi-FI': '1035',
  'fr-CA': '3084',
  'fr-FR': '1036',
  'it-IT': '1040',
  'ja-JP': '1041',
  'ko-KR': '1042',
  'nl-NL': '1043',
  'pt-BR': '1046',
  'pt-PT': '2070',
  'zh-CN': '2052',
  'zh-HK': '3076',
  'zh-TW': '1028',
} as const

export type LanguageTag = keyof typeof languageIds
export const languageTags = Object.keys(languageIds) as LanguageTag[]

/** The supported tag nearest to a BCP 47 tag: itself, else the first of the same language. */
export function supportedLanguage(tag: string): LanguageTag | undefined {
  const wanted = tag.toLowerCase()
  const exact = languageTags.find((one) => one.toLowerCase() === wanted)
  if (exact) return exact
  const [language] = wanted.split('-')
  if (language === 'en') return 'en-US'
  return languageTags.find((one) => one.slice(0, 2).toLowerCase() === language)
}

/**
 * The language of an answer (reference 2.7): what Accept-Language asks for; a missing, wrong or unsupported value is no
 * error and falls back.
 */
export function answerLanguage(header: string | undefined, fallback: string): LanguageTag {
  const usual = supportedLanguage(fallback) ?? 'en-US'
  if (header === undefined || header === '') return usual
  const wanted = header
    .slice(0, 500)
    .split(',')
    .map((part, place) => {
      const [tag = '', ...params] = part.split(';').map((piece) => piece.trim())
      const q = params.find((param) => param.startsWith('q='))
      const weight = q === undefined ? 1 : Number(q.slice(2))
      return { tag, weight: weight >= 0 && weight <= 1 ? weight : 0, place }
    })
    .filter((one) => one.weight > 0)
    .toSorted((a, b) => b.weight - a.weight || a.place - b.place)
  for (const { tag } of wanted) {
    const found = supportedLanguage(tag)
    if (found) return found
  }
  return usual
}

const languageRecords = new Map<string, ReturnType<typeof makeLanguageRecord>>()

function makeLanguageRecord(tag: LanguageTag, shownIn: LanguageTag) {
  const names = new Intl.DisplayNames([shownIn], { type: 'language' })
  return { id: languageIds[tag], name: names.of(tag) ?? tag, isoCode: tag.split('-')[0]!, localeCode: tag }
}

/** There are no more of them than supported languages squared, and they never change. */
export function languageRecord(tag: LanguageTag, shownIn: LanguageTag): ReturnType<typeof makeLanguageRecord> {
  const key = `${tag} ${shownIn}`
  let record = languageRecords.get(key)
  if (!record) languageRecords.set(key, (record = makeLanguageRecord(tag, shownIn)))
  return record
}

const regionNames = new Map<LanguageTag, Map<string, string>>()

export function countryName(iso: string, shownIn: LanguageTag): string {
  let names = regionNames.get(shownIn)
  if (!names) regionNames.set(shownIn, (names = new Map()))
  let name = names.get(iso)
  if (name === undefined) names.set(iso, (name = new Intl.DisplayNames([shownIn], { type: 'region' }).of(iso) ?? iso))
  return name
}
