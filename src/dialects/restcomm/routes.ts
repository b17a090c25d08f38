// Every resource of the reference that stands on accounts, users, keys, applications, clients and numbers. An unknown path
// and a wrong method are told apart.

import FindMyWay from 'find-my-way'
import { createAccountOperation } from '#operations/accounts/create-account.ts'
import { listAccountsOperation } from '#operations/accounts/list-accounts.ts'
import { readAccountOperation } from '#operations/accounts/read-account.ts'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import { createApplicationOperation } from '#operations/applications/create-application.ts'
import { deleteApplicationOperation } from '#operations/applications/delete-application.ts'
import { listApplicationsOperation } from '#operations/applications/list-applications.ts'
import { readApplicationOperation } from '#operations/applications/read-application.ts'
import { updateApplicationOperation } from '#operations/applications/update-application.ts'
import { listRefusalsOperation, readRefusalOperation } from '#operations/audit/read-refusal.ts'
import { createClientOperation } from '#operations/clients/create-client.ts'
import { deleteClientOperation } from '#operations/clients/delete-client.ts'
import { listClientsOperation } from '#operations/clients/list-clients.ts'
import { readClientOperation } from '#operations/clients/read-client.ts'
import { updateClientOperation } from '#operations/clients/update-client.ts'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { deleteKeyOperation } from '#operations/keys/delete-key.ts'
import { listKeysOperation } from '#operations/keys/list-keys.ts'
import { readKeyOperation } from '#operations/keys/read-key.ts'
import { updateKeyOperation } from '#operations/keys/update-key.ts'
import { buyNumbersOperation } from '#operations/numbers/buy-numbers.ts'
import { listNumbersOperation, listPlacesOperation, listStockOperation } from '#operations/numbers/list-numbers.ts'
import { readNumberOperation } from '#operations/numbers/read-number.ts'
import { releaseNumberOperation } from '#operations/numbers/release-number.ts'
import { updateNumberOperation } from '#operations/numbers/update-number.ts'
import { createUserOperation } from '#operations/users/create-user.ts'
import { deleteUserOperation } from '#operations/users/delete-user.ts'
import { listUsersOperation } from '#operations/users/list-users.ts'
import { readUserOperation } from '#operations/users/read-user.ts'
import { updateUserOperation } from '#operations/users/update-user.ts'
import { decodeSegment } from '#protocols/http/query.ts'
import { createAccount, listAccounts, readAccount, updateAccount } from './accounts.ts'
import { createApplication, deleteApplication, listApplications, readApplication, updateApplication } from './applications.ts'
import { listAvailable } from './available-numbers.ts'
import { createClient, deleteClient, listClients, readClient, updateClient } from './clients.ts'
import type { Route } from './knock.ts'
import { listNotifications, readNotification } from './notifications.ts'
import { availableCountries, buyNumber, listNumbers, readNumber, releaseNumber, typePaths, updateNumber } from './numbers.ts'
import { listTraces, readTrace, traceAccess } from './traces.ts'
import { listUsage, usageKinds } from './usage.ts'
import { createKey, createUser, deleteKey, deleteUser, listKeys, listUsers, readKey, readUser, updateKey, updateUser } from './users.ts'

const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const
type Method = (typeof methods)[number]

export interface RouteTable {
  /** `path` is still percent-encoded. Gives request.encoding_mismatch. */
  find(method: string, path: string): { route: Route; params: Readonly<Record<string, string>> } | undefined
  methods(path: string): Method[]
}

export function routes(): RouteTable {
  const router = FindMyWay({ ignoreTrailingSlash: true, maxParamLength: 500 })

  /** The deed behind a method; POST and PUT both change what is there (reference 1). */
  function on(method: Method | readonly Method[], path: string, resource: string, deed: Route['deed'], operation: Route['operation'], perform: Route['perform'], more: Partial<Route> = {}): void {
    const route: Route = { operation: { permission: operation.permission, ...(operation.feature !== undefined && { feature: operation.feature }) }, resource, deed, perform, ...more }
    for (const one of [method].flat()) router.on(one as Method, path, () => undefined, route)
  }
  const change = ['POST', 'PUT'] as const

  on('GET', '/Accounts', 'Accounts', 'Read', listAccountsOperation, listAccounts, { beforeActive: true })
  on('POST', '/Accounts', 'Accounts', 'Create', createAccountOperation, createAccount)
  on('GET', '/Accounts/:account', 'Accounts', 'Read', readAccountOperation, readAccount, { beforeActive: true })
  on(change, '/Accounts/:account', 'Accounts', 'Modify', updateAccountOperation, updateAccount, { beforeActive: true })

  const users = '/Accounts/:account/Users'
  const json = { takesJson: true }
  on('GET', users, 'Users', 'Read', listUsersOperation, listUsers)
  on('POST', users, 'Users', 'Create', createUserOperation, createUser, json)
  on('GET', `${users}/:user`, 'Users', 'Read', readUserOperation, readUser)
  on(change, `${users}/:user`, 'Users', 'Modify', updateUserOperation, updateUser, json)
  on('DELETE', `${users}/:user`, 'Users', 'Delete', deleteUserOperation, deleteUser)
  on('GET', `${users}/:user/Keys`, 'Keys', 'Read', listKeysOperation, listKeys)
  on('POST', `${users}/:user/Keys`, 'Keys', 'Create', createKeyOperation, createKey, json)
  on('GET', `${users}/:user/Keys/:key`, 'Keys', 'Read', readKeyOperation, readKey)
  on(change, `${users}/:user/Keys/:key`, 'Keys', 'Modify', updateKeyOperation, updateKey, json)
  on('DELETE', `${users}/:user/Keys/:key`, 'Keys', 'Delete', deleteKeyOperation, deleteKey)

  const applications = '/Accounts/:account/Applications'
  on('GET', applications, 'Applications', 'Read', listApplicationsOperation, listApplications)
  on('POST', applications, 'Applications', 'Create', createApplicationOperation, createApplication)
  on('GET', `${applications}/:sid`, 'Applications', 'Read', readApplicationOperation, readApplication)
  on(change, `${applications}/:sid`, 'Applications', 'Modify', updateApplicationOperation, updateApplication)
  on('DELETE', `${applications}/:sid`, 'Applications', 'Delete', deleteApplicationOperation, deleteApplication)

  const clients = '/Accounts/:account/Clients'
  on('GET', clients, 'Clients', 'Read', listClientsOperation, listClients)
  on('POST', clients, 'Clients', 'Create', createClientOperation, createClient)
  on('GET', `${clients}/:sid`, 'Clients', 'Read', readClientOperation, readClient)
  on(change, `${clients}/:sid`, 'Clients', 'Modify', updateClientOperation, updateClient)
  on('DELETE', `${clients}/:sid`, 'Clients', 'Delete', deleteClientOperation, deleteClient)

  const numbers = '/Accounts/:account/IncomingPhoneNumbers'
  const provisions = { provisionsNumber: true }
  on('GET', numbers, 'IncomingPhoneNumbers', 'Read', listNumbersOperation, listNumbers())
  on('POST', numbers, 'IncomingPhoneNumbers', 'Create', buyNumbersOperation, buyNumber(), provisions)
  for (const [path, type] of Object.entries(typePaths)) {
    on('GET', `${numbers}/${path}`, 'IncomingPhoneNumbers', 'Read', listNumbersOperation, listNumbers(type, `/${path}`))
    on('POST', `${numbers}/${path}`, 'IncomingPhoneNumbers', 'Create', buyNumbersOperation, buyNumber(type), provisions)
    on('GET', `/Accounts/:account/AvailablePhoneNumbers/:country/${path}`, 'AvailablePhoneNumbers', 'Read', listStockOperation, listAvailable(type))
  }
  on('GET', `${numbers}/AvailableCountries`, 'IncomingPhoneNumbers', 'Read', listPlacesOperation, availableCountries)
  on('GET', `${numbers}/:sid`, 'IncomingPhoneNumbers', 'Read', readNumberOperation, readNumber)
  on(change, `${numbers}/:sid`, 'IncomingPhoneNumbers', 'Modify', updateNumberOperation, updateNumber, provisions)
  on('DELETE', `${numbers}/:sid`, 'IncomingPhoneNumbers', 'Delete', releaseNumberOperation, releaseNumber)

  const notifications = '/Accounts/:account/Notifications'
  on('GET', notifications, 'Notifications', 'Read', listRefusalsOperation, listNotifications)
  on('GET', `${notifications}/:sid`, 'Notifications', 'Read', readRefusalOperation, readNotification)

  const usage = '/Accounts/:account/Usage/Records'
  on('GET', usage, 'Usage', 'Read', listNumbersOperation, listUsage('AllTime'))
  for (const kind of usageKinds) on('GET', `${usage}/${kind}`, 'Usage', 'Read', listNumbersOperation, listUsage(kind))

  const traces = '/Accounts/:account/Traces'
  on('GET', traces, 'Traces', 'Read', traceAccess, listTraces)
  on('GET', `${traces}/:sid`, 'Traces', 'Read', traceAccess, readTrace)

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
