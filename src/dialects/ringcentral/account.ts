// GET /account/{accountId} (reference section 5).

import { listNumbersOperation } from '#operations/numbers/list-numbers.ts'
import { readAccountOperation } from '#operations/accounts/read-account.ts'
import { listUsersOperation } from '#operations/users/list-users.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import type { Caller } from '#accounts/caller.ts'
import { accountUri, extensionUri, regionalSettings } from './extension-view.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { knownBrand } from './token-endpoint.ts'

const statusWords: Readonly<Record<string, string>> = { active: 'Confirmed', suspended: 'Disabled', closed: 'Disabled' }

export async function readAccount(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { run } = room.parts
  const { caller } = knock.target!
  const account = await run(readAccountOperation, caller, { id: caller.account.id })
  const [main, operator] = await Promise.all([mainNumber(room, caller), oldestAdministrator(room, caller)])
  const { country } = account.settings
  const regional = regionalSettings(room, knock, caller.account, undefined)
  return json({
    uri: accountUri(room, knock, account.id),
    id: room.ids.show('account', account.id),
    ...(main !== undefined && { mainNumber: main }),
    status: statusWords[account.status],
    ...(operator && {
      operator: {
        uri: extensionUri(room, knock, account.id, operator.id),
        id: room.ids.show('user', operator.id),
        ...(operator.detail.extensionNumber !== undefined && { extensionNumber: operator.detail.extensionNumber }),
      },
    }),
    serviceInfo: {
      uri: `${accountUri(room, knock, account.id)}/service-info`,
      brand: { id: knownBrand, name: account.name, homeCountry: regional.homeCountry },
      contractedCountry: regional.homeCountry,
      servicePlan: { id: account.kind, name: account.kind },
    },
    setupWizardState: 'Completed',
    regionalSettings: regional,
    timezone: regional.timezone,
    maxExtensionNumberLength: 8,
    localCountry: country,
  })
}

/** The number marked as main, else the oldest. */
async function mainNumber(room: Room, caller: Caller): Promise<string | undefined> {
  if (!caller.permissions.has('numbers.read')) return undefined
  const { items } = await room.parts.run(listNumbersOperation, caller, { limit: 100, oldestFirst: true })
  return (items.find((number) => number.detail['usage'] === 'main') ?? items[0])?.number
}

async function oldestAdministrator(room: Room, caller: Caller) {
  if (!caller.permissions.has('users.read')) return undefined
  const { items } = await room.parts.run(listUsersOperation, caller, {
    limit: 1,
    oldestFirst: true,
    role: 'administrator',
    status: 'active',
  })
  return items[0]
}
