// Dictionaries (reference section 5): languages, countries, fax cover pages. Names are in the language that was asked for.

import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { countryRecord } from './extension-view.ts'
import { answerLanguage, countryOfId, languageIds, languageRecord, languageTags, type LanguageTag } from './formats.ts'
import { apiUri, json, type RingCentralKnock, type Room } from './knock.ts'
import { cut, listAnswer, pageOf } from './paging.ts'

const languageOf = (knock: RingCentralKnock): LanguageTag =>
  answerLanguage(
    knock.request.headers['accept-language'],
    String(knock.caller?.user?.detail['language'] ?? knock.caller?.account.settings.language ?? 'en-US'),
  )

function told(answer: HttpAnswer, language: string): HttpAnswer {
  answer.headers['content-language'] = language
  return answer
}

const greets = { ui: true, greeting: true, formattingLocale: true }

export async function listLanguages(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const language = languageOf(knock)
  const wanted = pageOf(knock.query)
  const uri = apiUri(room, knock, '/dictionary/language')
  const records = languageTags.map((tag) => ({ uri: `${uri}/${languageIds[tag]}`, ...languageRecord(tag, language), ...greets }))
  return told(listAnswer(knock, uri, wanted, cut(records, wanted)), language)
}

export async function readLanguage(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const language = languageOf(knock)
  const named = knock.params['languageId']!
  const tag = languageTags.find((one) => languageIds[one] === named)
  if (!tag) refuse('resource.not_found', { noun: 'language', parameter: 'languageId', id: named.slice(0, 40) })
  return told(
    json({ uri: apiUri(room, knock, `/dictionary/language/${named}`), ...languageRecord(tag, language), ...greets }),
    language,
  )
}

const isCountry = (iso: string): boolean => (getCountries() as string[]).includes(iso)

const country = (room: Room, knock: RingCentralKnock, iso: string, language: LanguageTag) => ({
  ...countryRecord(room, knock, iso, language),
  emergencyCalling: false,
  numberSelling: false,
  loginAllowed: true,
  signupAllowed: false,
})

export async function listCountries(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const language = languageOf(knock)
  const wanted = pageOf(knock.query)
  const codes = getCountries().filter((iso) => getCountryCallingCode(iso) !== undefined)
  const page = cut(codes, wanted)
  const records = page.records.map((iso) => country(room, knock, iso, language))
  return told(listAnswer(knock, apiUri(room, knock, '/dictionary/country'), wanted, { ...page, records }), language)
}

export async function readCountry(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const language = languageOf(knock)
  const named = knock.params['countryId']!
  const iso = countryOfId(named)
  if (iso === undefined || !isCountry(iso))
    refuse('resource.not_found', { noun: 'country', parameter: 'countryId', id: named.slice(0, 40) })
  return told(json(country(room, knock, iso, language)), language)
}

/** Faxes go without a cover page of ours; the vendor's first entry says just that. */
export async function listCoverPages(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const wanted = pageOf(knock.query)
  return listAnswer(knock, apiUri(room, knock, '/dictionary/fax-cover-page'), wanted, cut([{ id: '0', name: 'None' }], wanted))
}
