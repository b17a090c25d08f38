// An extension as this dialect shows it: a user of ours, with what only this vendor's clients see kept as a facet.

import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max'
import type { Account } from '#accounts/account.ts'
import { isDepartment } from '#accounts/department.ts'
import type { UserShown } from '#operations/users/user-view.ts'
import { refuse } from '#reasons/refusal.ts'
import { readFacet } from '#store/facets.ts'
import { face } from './applications.ts'
import { countryId, countryName, languageRecord, supportedLanguage, type LanguageTag } from './formats.ts'
import { apiUri, type RingCentralKnock, type Room } from './knock.ts'
import { stateWords } from './log-in.ts'

export const extensionNoun = 'extension'

/** What the core has no use for. */
export interface ExtensionFacet {
  readonly contact?: Readonly<Record<string, string>>
}

/** Contact fields that are kept as they come. */
export const plainContactFields = ['company', 'jobTitle', 'email', 'department', 'homePhone', 'mobilePhone', 'notes'] as const

export const readExtensionFacet = async (room: Room, userId: number): Promise<ExtensionFacet> =>
  (await readFacet<ExtensionFacet>(room.parts.store, face, extensionNoun, userId)) ?? {}

const showsFeature: Readonly<Record<string, string>> = {
  SMS: 'sms',
  SMSReceiving: 'sms',
  MMS: 'mms',
  FaxReceiving: 'fax',
  CallForwarding: 'voice',
  Conferencing: 'conference',
  AutomaticCallRecording: 'recording',
}

export function accountUri(room: Room, knock: Pick<RingCentralKnock, 'base'>, accountId: number): string {
  return apiUri(room, knock, `/account/${room.ids.show('account', accountId)}`)
}

export function extensionUri(room: Room, knock: Pick<RingCentralKnock, 'base'>, accountId: number, userId: number): string {
  return `${accountUri(room, knock, accountId)}/extension/${room.ids.show('user', userId)}`
}

const callingCode = (country: string): string => (isSupportedCountry(country) ? getCountryCallingCode(country) : '')

export function countryRecord(room: Room, knock: RingCentralKnock, iso: string, language: LanguageTag) {
  const id = countryId(iso)
  return {
    id,
    uri: apiUri(room, knock, `/dictionary/country/${id}`),
    name: countryName(iso, language),
    isoCode: iso,
    callingCode: callingCode(iso),
  }
}

export function regionalSettings(room: Room, knock: RingCentralKnock, account: Account, ownLanguage: unknown) {
  const { timezone, country, language } = account.settings
  const tag = supportedLanguage(typeof ownLanguage === 'string' ? ownLanguage : language) ?? 'en-US'
  return {
    timezone: { name: timezone },
    homeCountry: countryRecord(room, knock, country, 'en-US'),
    language: languageRecord(tag, 'en-US'),
    greetingLanguage: languageRecord(tag, 'en-US'),
    formattingLocale: languageRecord(tag, 'en-US'),
    currency: { code: account.settings.currency },
    timeFormat: tag === 'en-US' ? '12h' : '24h',
  }
}

/** Of those that the vendor has, the two that there are here. */
export const extensionType = ({ detail }: Pick<UserShown, 'detail'>): 'User' | 'Department' =>
  isDepartment(detail) ? 'Department' : 'User'

/** Gives feature.not_for_extension_type. */
export function requirePerson(user: UserShown, feature: string): void {
  if (isDepartment(user.detail)) refuse('feature.not_for_extension_type', { feature, extensionType: extensionType(user) })
}

/** `account` is the one the user belongs to. */
export function extensionView(room: Room, knock: RingCentralKnock, account: Account, user: UserShown, facet: ExtensionFacet) {
  const { detail } = user
  const id = room.ids.show('user', user.id)
  const ownAccountUri = accountUri(room, knock, account.id)
  const uri = `${ownAccountUri}/extension/${id}`
  const email = facet.contact?.['email'] ?? (user.login.includes('@') ? user.login : undefined)
  return {
    uri,
    id,
    ...(detail.extensionNumber !== undefined && { extensionNumber: detail.extensionNumber }),
    name: user.name,
    type: extensionType(user),
    status: stateWords[user.status] ?? 'Disabled',
    hidden: false,
    setupWizardState: 'Completed',
    contact: {
      ...(detail.firstName !== undefined && { firstName: detail.firstName }),
      ...(detail.lastName !== undefined && { lastName: detail.lastName }),
      ...(detail.phoneNumber !== undefined && { businessPhone: detail.phoneNumber }),
      ...facet.contact,
      ...(email !== undefined && { email }),
    },
    regionalSettings: regionalSettings(room, knock, account, detail.language),
    permissions: { admin: { enabled: user.role === 'administrator' }, internationalCalling: { enabled: false } },
    profileImage: { uri: `${uri}/profile-image` },
    serviceFeatures: Object.entries(showsFeature).map(([featureName, feature]) => ({
      featureName,
      enabled: account.settings.features.includes(feature),
    })),
    account: { id: String(room.ids.show('account', account.id)), uri: ownAccountUri },
  }
}
