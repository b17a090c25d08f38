// The route table: every resource of the reference that stands on accounts, users, keys, applications, clients, numbers, messages and calls.
// An unknown path and a wrong method are told apart.

import FindMyWay from 'find-my-way'
import { createAccountOperation } from '#operations/accounts/create-account.ts'
import { listAccountsOperation } from '#operations/accounts/list-accounts.ts'
import { moveAccountOperation } from '#operations/accounts/move-account.ts'
import { readAccountOperation } from '#operations/accounts/read-account.ts'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import { createApplicationOperation } from '#operations/applications/create-application.ts'
import { deleteApplicationOperation } from '#operations/applications/delete-application.ts'
import { listApplicationsOperation } from '#operations/applications/list-applications.ts'
import { readApplicationOperation } from '#operations/applications/read-application.ts'
import { updateApplicationOperation } from '#operations/applications/update-application.ts'
import { listRefusalsOperation, readRefusalOperation } from '#operations/audit/read-refusal.ts'
import { updateCallOperation } from '#operations/calls/change-calls.ts'
import { listCallsOperation } from '#operations/calls/list-calls.ts'
import { placeCallOperation } from '#operations/calls/place-call.ts'
import { readCallOperation } from '#operations/calls/read-call.ts'
import { createClientOperation } from '#operations/clients/create-client.ts'
import { deleteClientOperation } from '#operations/clients/delete-client.ts'
import { listClientsOperation } from '#operations/clients/list-clients.ts'
import { readClientOperation } from '#operations/clients/read-client.ts'
import { updateClientOperation } from '#operations/clients/update-client.ts'
import { listConferencesOperation } from '#operations/conferences/list-conferences.ts'
import { listConferenceMembersOperation } from '#operations/conferences/list-members.ts'
import { readConferenceOperation } from '#operations/conferences/read-conference.ts'
import { updateConferenceMemberOperation } from '#operations/conferences/update-member.ts'
import { sendEmailOperation } from '#operations/emails/send-email.ts'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { deleteKeyOperation } from '#operations/keys/delete-key.ts'
import { listKeysOperation } from '#operations/keys/list-keys.ts'
import { readKeyOperation } from '#operations/keys/read-key.ts'
import { updateKeyOperation } from '#operations/keys/update-key.ts'
import { buyNumbersOperation } from '#operations/numbers/buy-numbers.ts'
import { listNumbersOperation, listPlacesOperation, listStockOperation } from '#operations/numbers/list-numbers.ts'
import { moveNumbersOperation } from '#operations/numbers/move-numbers.ts'
import { readNumberOperation } from '#operations/numbers/read-number.ts'
import { releaseNumberOperation } from '#operations/numbers/release-number.ts'
import { updateNumberOperation } from '#operations/numbers/update-number.ts'
import { listMessagesOperation } from '#operations/messages/list-messages.ts'
import { readMessageOperation } from '#operations/messages/read-message.ts'
import { sendMessageOperation } from '#operations/messages/send-message.ts'
import { deleteRecordingOperation } from '#operations/recordings/delete-recording.ts'
import { listRecordingsOperation } from '#operations/recordings/list-recordings.ts'
import { readRecordingOperation } from '#operations/recordings/read-recording.ts'
import { listRefersOperation, readReferOperation } from '#operations/refers/refers.ts'
import { listUsageOperation } from '#operations/usage/list-usage.ts'
import { createUserOperation } from '#operations/users/create-user.ts'
import { deleteUserOperation } from '#operations/users/delete-user.ts'
import { listUsersOperation } from '#operations/users/list-users.ts'
import { readUserOperation } from '#operations/users/read-user.ts'
import { updateUserOperation } from '#operations/users/update-user.ts'
import { decodeSegment } from '#protocols/http/query.ts'
import { createAccount, listAccounts, readAccount, updateAccount } from './accounts.ts'
import { createApplication, deleteApplication, listApplications, readApplication, updateApplication } from './applications.ts'
import { listAvailable } from './available-numbers.ts'
import { listCallRecordings, listCalls, placeCall, readCall } from './calls.ts'
import { createClient, deleteClient, listClients, readClient, updateClient } from './clients.ts'
import { listConferences, listParticipants, muteParticipant, readConference, readParticipant } from './conferences.ts'
import { sendEmail } from './email.ts'
import type { Route } from './knock.ts'
import { listMessages, listSms, readMessage, readSms, sendMessage, sendSms } from './messages.ts'
import { modifyCall } from './modify-call.ts'
import { migrateAccount, migrateNumbers } from './migrate.ts'
import { listCallNotifications, listNotifications, readNotification } from './notifications.ts'
import { availableCountries, buyNumber, listNumbers, readNumber, releaseNumber, typePaths, updateNumber } from './numbers.ts'
import { deleteRecording, listRecordings, readRecording } from './recordings.ts'
import { listRefers, readRefer } from './refers.ts'
import { listTraces, readTrace, traceAccess } from './traces.ts'
import { listUsage, usageKinds } from './usage.ts'
import {
  createKey,
  createUser,
  deleteKey,
  deleteUser,
  listKeys,
  listUsers,
  readKey,
  readUser,
  updateKey,
  updateUser,
} from './users.ts'

const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const
type Method = (typeof methods)[number]

interface RouteAt extends Route {
  readonly method: readonly Method[]
  readonly path: string
}

type Deed = Route['deed']
type More = Pick<Route, 'takesJson' | 'lists' | 'jsonOnly' | 'beforeActive' | 'precondition' | 'provisionsNumber' | 'changesCall'>

/** POST and PUT both change what is there (reference 1). */
const methodsOf: Record<Deed, readonly Method[]> = {
  Read: ['GET'],
  Create: ['POST'],
  Modify: ['POST', 'PUT'],
  Delete: ['DELETE'],
}

/** The rows of one resource, by the vendor's word for it. */
const resource =
  (name: string) =>
  (deed: Deed, path: string, operation: Route['operation'], perform: Route['perform'], more: More = {}): RouteAt => ({
    method: methodsOf[deed],
    path,
    resource: name,
    deed,
    operation: { permission: operation.permission, ...(operation.feature !== undefined && { feature: operation.feature }) },
    perform,
    ...more,
  })

const accounts = resource('Accounts')
const users = resource('Users')
const keys = resource('Keys')
const applications = resource('Applications')
const clients = resource('Clients')
const numbers = resource('IncomingPhoneNumbers')
const available = resource('AvailablePhoneNumbers')
const notifications = resource('Notifications')
const usage = resource('Usage')
const traces = resource('Traces')
const calls = resource('Calls')
const conferences = resource('Conferences')
const recordings = resource('Recordings')
const refers = resource('Refers')
const emails = resource('EmailMessages')
const sms = resource('SmsMessages')
const channelMessages = resource('Messages')

const beforeActive: More = { beforeActive: true }
const takesJson: More = { takesJson: true }
/** Reference 20: JSON, with a list of files. */
const ofChannels: More = { takesJson: true, jsonOnly: true, lists: ['Media'] }
const precondition: More = { precondition: true }
const provisionsNumber: More = { provisionsNumber: true }
const changesCall: More = { changesCall: true }
const jsonOnly: More = { jsonOnly: true }

const at = '/Accounts/:account'
const numbersAt = `${at}/IncomingPhoneNumbers`

const routeTable: readonly RouteAt[] = [
  accounts('Read', '/Accounts', listAccountsOperation, listAccounts, beforeActive),
  accounts('Create', '/Accounts', createAccountOperation, createAccount),
  accounts('Read', at, readAccountOperation, readAccount, beforeActive),
  accounts('Modify', at, updateAccountOperation, updateAccount, beforeActive),
  accounts('Modify', '/Accounts/migrate/:account', moveAccountOperation, migrateAccount, precondition),

  users('Read', `${at}/Users`, listUsersOperation, listUsers),
  users('Create', `${at}/Users`, createUserOperation, createUser, takesJson),
  users('Read', `${at}/Users/:user`, readUserOperation, readUser),
  users('Modify', `${at}/Users/:user`, updateUserOperation, updateUser, takesJson),
  users('Delete', `${at}/Users/:user`, deleteUserOperation, deleteUser),

  keys('Read', `${at}/Users/:user/Keys`, listKeysOperation, listKeys),
  keys('Create', `${at}/Users/:user/Keys`, createKeyOperation, createKey, takesJson),
  keys('Read', `${at}/Users/:user/Keys/:key`, readKeyOperation, readKey),
  keys('Modify', `${at}/Users/:user/Keys/:key`, updateKeyOperation, updateKey, takesJson),
  keys('Delete', `${at}/Users/:user/Keys/:key`, deleteKeyOperation, deleteKey),

  applications('Read', `${at}/Applications`, listApplicationsOperation, listApplications),
  applications('Create', `${at}/Applications`, createApplicationOperation, createApplication),
  applications('Read', `${at}/Applications/:sid`, readApplicationOperation, readApplication),
  applications('Modify', `${at}/Applications/:sid`, updateApplicationOperation, updateApplication),
  applications('Delete', `${at}/Applications/:sid`, deleteApplicationOperation, deleteApplication),

  clients('Read', `${at}/Clients`, listClientsOperation, listClients),
  clients('Create', `${at}/Clients`, createClientOperation, createClient),
  clients('Read', `${at}/Clients/:sid`, readClientOperation, readClient),
  clients('Modify', `${at}/Clients/:sid`, updateClientOperation, updateClient),
  clients('Delete', `${at}/Clients/:sid`, deleteClientOperation, deleteClient),

  numbers('Read', numbersAt, listNumbersOperation, listNumbers()),
  numbers('Create', numbersAt, buyNumbersOperation, buyNumber(), provisionsNumber),
  ...Object.entries(typePaths).flatMap(([path, type]) => [
    numbers('Read', `${numbersAt}/${path}`, listNumbersOperation, listNumbers(type, `/${path}`)),
    numbers('Create', `${numbersAt}/${path}`, buyNumbersOperation, buyNumber(type), provisionsNumber),
    available('Read', `${at}/AvailablePhoneNumbers/:country/${path}`, listStockOperation, listAvailable(type)),
  ]),
  numbers('Read', `${numbersAt}/AvailableCountries`, listPlacesOperation, availableCountries),
  numbers('Modify', `${numbersAt}/migrate`, moveNumbersOperation, migrateNumbers, precondition),
  numbers('Read', `${numbersAt}/:sid`, readNumberOperation, readNumber),
  numbers('Modify', `${numbersAt}/:sid`, updateNumberOperation, updateNumber, provisionsNumber),
  numbers('Delete', `${numbersAt}/:sid`, releaseNumberOperation, releaseNumber),

  notifications('Read', `${at}/Notifications`, listRefusalsOperation, listNotifications),
  notifications('Read', `${at}/Notifications/:sid`, readRefusalOperation, readNotification),

  usage('Read', `${at}/Usage/Records`, listUsageOperation, listUsage('AllTime')),
  ...usageKinds.map((kind) => usage('Read', `${at}/Usage/Records/${kind}`, listUsageOperation, listUsage(kind))),

  sms('Create', `${at}/SMS/Messages`, sendMessageOperation, sendSms),
  sms('Read', `${at}/SMS/Messages`, listMessagesOperation, listSms),
  sms('Read', `${at}/SMS/Messages/:sid`, readMessageOperation, readSms),

  channelMessages('Create', `${at}/Messages`, sendMessageOperation, sendMessage, ofChannels),
  channelMessages('Read', `${at}/Messages`, listMessagesOperation, listMessages, ofChannels),
  channelMessages('Read', `${at}/Messages/:sid`, readMessageOperation, readMessage, ofChannels),

  calls('Create', `${at}/Calls`, placeCallOperation, placeCall),
  calls('Read', `${at}/Calls`, listCallsOperation, listCalls),
  calls('Read', `${at}/Calls/:sid`, readCallOperation, readCall),
  calls('Modify', `${at}/Calls/:sid`, updateCallOperation, modifyCall, changesCall),
  calls('Read', `${at}/Calls/:sid/Recordings`, listRecordingsOperation, listCallRecordings),
  notifications('Read', `${at}/Calls/:call/Notifications`, listRefusalsOperation, listCallNotifications),

  conferences('Read', `${at}/Conferences`, listConferencesOperation, listConferences),
  conferences('Read', `${at}/Conferences/:conference`, readConferenceOperation, readConference),
  conferences('Read', `${at}/Conferences/:conference/Participants`, listConferenceMembersOperation, listParticipants),
  conferences('Read', `${at}/Conferences/:conference/Participants/:sid`, listConferenceMembersOperation, readParticipant),
  conferences(
    'Modify',
    `${at}/Conferences/:conference/Participants/:sid`,
    updateConferenceMemberOperation,
    muteParticipant,
    changesCall,
  ),

  recordings('Read', `${at}/Recordings`, listRecordingsOperation, listRecordings),
  recordings('Read', `${at}/Recordings/:sid`, readRecordingOperation, readRecording),
  recordings('Delete', `${at}/Recordings/:sid`, deleteRecordingOperation, deleteRecording),

  refers('Read', `${at}/Refers`, listRefersOperation, listRefers, jsonOnly),
  refers('Read', `${at}/Refers/:sid`, readReferOperation, readRefer, jsonOnly),

  emails('Create', `${at}/Email/Messages`, sendEmailOperation, sendEmail),

  traces('Read', `${at}/Traces`, traceAccess, listTraces),
  traces('Read', `${at}/Traces/:sid`, traceAccess, readTrace),
]

export interface Router {
  /** `path` is still percent-encoded. Gives request.encoding_mismatch. */
  find(method: string, path: string): { route: Route; params: Readonly<Record<string, string>> } | undefined
  methods(path: string): Method[]
}

export function openRouter(): Router {
  const router = FindMyWay({ ignoreTrailingSlash: true, maxParamLength: 500 })
  for (const route of routeTable) for (const method of route.method) router.on(method, route.path, () => undefined, route)

  return {
    find(method, path) {
      const asked = method === 'HEAD' ? 'GET' : method
      if (!(methods as readonly string[]).includes(asked)) return undefined
      const found = router.find(asked as Method, path)
      if (!found) return undefined
      const params: Record<string, string> = {}
      for (const [name, value] of Object.entries(found.params)) if (value !== undefined) params[name] = decodeSegment(value)
      return { route: found.store as Route, params }
    },
    methods: (path) => methods.filter((method) => router.find(method, path) !== null),
  }
}
