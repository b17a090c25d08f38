// Every route of this door, and how a path finds its own. The columns are those of reference section 5: rate group,
// permission of the application, permission of the user.

import router from 'find-my-way'
import { generateCode, listVersions, readClientInfo, readStatus, readVersion } from './about-us.ts'
import { readAccount } from './account.ts'
import { showLogin, startAuthorization, takeConsent, takeLogin } from './authorize.ts'
import { checkPermission, listGrants, readAuthzProfile } from './authz-profile.ts'
import { assignQueueMembers, listCallQueues, listQueueMembers } from './call-queues.ts'
import { listCountries, listCoverPages, listLanguages, readCountry, readLanguage } from './dictionaries.ts'
import { createExtension, deleteExtension, listExtensions, readExtension, updateExtension } from './extensions.ts'
import type { Route } from './knock.ts'
import { listAccountNumbers, listExtensionNumbers, listForwardingNumbers, readPhoneNumber } from './phone-numbers.ts'
import { readProfileImage, setProfileImage } from './profile-image.ts'
import { callRoutes } from './call-routes.ts'
import { messageRoutes } from './message-routes.ts'
import { subscriptionRoutes } from './subscription-routes.ts'
import { issueToken, revokeToken } from './token-endpoint.ts'
import { refuse } from '#reasons/refusal.ts'

const account = '/v1.0/account/:accountId'
const extension = `${account}/extension/:extensionId`

const queues = { door: 'user', app: 'ReadAccounts', user: 'ReadExtensions' } as const

const notBuilt: Route['perform'] = async (_, knock) =>
  refuse('platform.not_implemented', { operation: `${knock.method} ${knock.route!.path}` })

export const routes: readonly Route[] = [
  { method: 'GET', path: '', door: 'open', perform: listVersions },
  { method: 'GET', path: '/', door: 'open', perform: listVersions },
  { method: 'GET', path: '/v1.0', door: 'open', perform: readVersion },
  { method: 'GET', path: '/v1.0/', door: 'open', perform: readVersion },
  { method: 'GET', path: '/v1.0/status', door: 'open', perform: readStatus },

  { method: 'POST', path: '/oauth/token', door: 'client', group: 'auth', perform: issueToken },
  { method: 'POST', path: '/oauth/revoke', door: 'client', group: 'auth', perform: revokeToken },
  { method: 'GET', path: '/oauth/authorize', door: 'page', perform: startAuthorization },
  { method: 'POST', path: '/oauth/authorize', door: 'page', perform: startAuthorization },
  { method: 'GET', path: '/oauth/login', door: 'page', perform: showLogin },
  { method: 'POST', path: '/oauth/login', door: 'page', perform: takeLogin },
  { method: 'POST', path: '/oauth/consent', door: 'page', perform: takeConsent },

  {
    method: 'GET',
    path: account,
    door: 'user',
    group: 'light',
    app: 'ReadAccounts',
    user: 'ReadCompanyInfo',
    perform: readAccount,
  },
  { method: 'DELETE', path: account, door: 'user', group: 'heavy', app: 'EditAccounts', perform: notBuilt },
  {
    method: 'GET',
    path: `${account}/extension`,
    door: 'user',
    group: 'medium',
    app: 'ReadAccounts',
    user: 'ReadExtensions',
    perform: listExtensions,
  },
  {
    method: 'POST',
    path: `${account}/extension`,
    door: 'user',
    group: 'medium',
    app: 'EditAccounts',
    user: 'AddRemoveUsers',
    body: 'json',
    perform: createExtension,
  },
  {
    method: 'GET',
    path: extension,
    door: 'user',
    group: 'light',
    app: 'ReadAccounts',
    user: 'ReadExtensions',
    others: 'anyone',
    batch: 'extensionId',
    perform: readExtension,
  },
  {
    method: 'PUT',
    path: extension,
    door: 'user',
    group: 'medium',
    app: 'EditExtensions',
    user: 'EditUserInfo',
    others: 'administrator',
    body: 'json',
    batch: 'extensionId',
    perform: updateExtension,
  },
  {
    method: 'PATCH',
    path: extension,
    door: 'user',
    group: 'medium',
    app: 'EditExtensions',
    others: 'administrator',
    perform: notBuilt,
  },
  {
    method: 'DELETE',
    path: extension,
    door: 'user',
    group: 'medium',
    app: 'EditAccounts',
    user: 'AddRemoveUsers',
    others: 'administrator',
    batch: 'extensionId',
    perform: deleteExtension,
  },
  {
    method: 'GET',
    path: `${extension}/phone-number`,
    door: 'user',
    group: 'light',
    app: 'ReadAccounts',
    user: 'ReadUserPhoneNumbers',
    others: 'private',
    perform: listExtensionNumbers,
  },
  {
    method: 'GET',
    path: `${account}/phone-number`,
    door: 'user',
    group: 'heavy',
    app: 'ReadAccounts',
    user: 'ReadCompanyPhoneNumbers',
    perform: listAccountNumbers,
  },
  {
    method: 'GET',
    path: `${account}/phone-number/:phoneNumberId`,
    door: 'user',
    group: 'light',
    app: 'ReadAccounts',
    user: 'ReadCompanyPhoneNumbers',
    batch: 'phoneNumberId',
    perform: readPhoneNumber,
  },
  {
    method: 'GET',
    path: `${extension}/forwarding-number`,
    door: 'user',
    group: 'light',
    app: 'ReadAccounts',
    user: 'ReadUserForwardingFlipNumbers',
    others: 'private',
    feature: 'voice',
    perform: listForwardingNumbers,
  },
  {
    method: 'GET',
    path: `${extension}/grant`,
    door: 'user',
    group: 'light',
    app: 'ReadAccounts',
    user: 'ReadExtensionGrant',
    others: 'private',
    perform: listGrants,
  },
  {
    method: 'GET',
    path: `${extension}/authz-profile`,
    door: 'user',
    group: 'medium',
    others: 'private',
    perform: readAuthzProfile,
  },
  {
    method: 'GET',
    path: `${extension}/authz-profile/check`,
    door: 'user',
    group: 'light',
    others: 'private',
    perform: checkPermission,
  },
  {
    method: 'GET',
    path: `${extension}/profile-image`,
    door: 'user',
    group: 'light',
    app: 'ReadAccounts',
    user: 'ReadExtensions',
    others: 'anyone',
    perform: readProfileImage,
  },
  {
    method: 'PUT',
    path: `${extension}/profile-image`,
    door: 'user',
    group: 'heavy',
    app: 'EditExtensions',
    user: 'EditUserInfo',
    others: 'administrator',
    body: 'raw',
    perform: setProfileImage,
  },
  {
    method: 'POST',
    path: `${extension}/profile-image`,
    door: 'user',
    group: 'heavy',
    app: 'EditExtensions',
    user: 'EditUserInfo',
    others: 'administrator',
    body: 'raw',
    perform: setProfileImage,
  },

  { ...queues, method: 'GET', path: `${account}/call-queues`, group: 'medium', perform: listCallQueues },
  // The older word, as far as clients still ask with it.
  ...['call-queues', 'department'].map((word): Route => ({
    ...queues,
    method: 'GET',
    path: `${account}/${word}/:groupId/members`,
    group: 'light',
    perform: listQueueMembers,
  })),
  {
    method: 'POST',
    path: `${account}/call-queues/:groupId/bulk-assign`,
    door: 'user',
    group: 'heavy',
    app: 'EditExtensions',
    user: 'EditUserInfo',
    body: 'json',
    perform: assignQueueMembers,
  },

  ...messageRoutes(extension),
  ...callRoutes(account, extension),
  ...subscriptionRoutes,

  { method: 'GET', path: '/v1.0/dictionary/language', door: 'user', group: 'light', perform: listLanguages },
  { method: 'GET', path: '/v1.0/dictionary/language/:languageId', door: 'user', group: 'light', perform: readLanguage },
  { method: 'GET', path: '/v1.0/dictionary/country', door: 'user', group: 'light', perform: listCountries },
  { method: 'GET', path: '/v1.0/dictionary/country/:countryId', door: 'user', group: 'light', perform: readCountry },
  {
    method: 'GET',
    path: '/v1.0/dictionary/fax-cover-page',
    door: 'user',
    group: 'light',
    feature: 'fax',
    perform: listCoverPages,
  },
  { method: 'GET', path: '/v1.0/client-info', door: 'user', group: 'light', perform: readClientInfo },
  { method: 'POST', path: '/v1.0/interop/generate-code', door: 'user', group: 'light', body: 'json', perform: generateCode },
]

export interface Found {
  readonly route: Route
  readonly params: Readonly<Record<string, string | undefined>>
}

/** `path` begins with `/restapi` and is still percent-encoded; ids and `~` come out decoded. */
export function openRoutes(): (method: string, path: string) => Found | undefined {
  // Fifty ids in one segment are allowed.
  const table = router({ maxParamLength: 4000, caseSensitive: true })
  for (const route of routes) table.on(route.method as 'GET', `/restapi${route.path}`, () => undefined, route)
  return (method, path) => {
    const found = table.find(method as 'GET', path)
    return found ? { route: found.store as Route, params: found.params } : undefined
  }
}
