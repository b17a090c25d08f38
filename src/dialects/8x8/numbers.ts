// Virtual numbers of a sub-account. Reference section 13.

import { listNumbersOperation } from '#operations/numbers/list-numbers.ts'
import type { NumberShown } from '#operations/numbers/number-view.ts'
import { findNumberOperation } from '#operations/numbers/read-number.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { json, timestamp, told } from './formats.ts'
import type { Ids } from './ids.ts'
import type { Route, Visit } from './knock.ts'

/** The vendor's list has no pages; more than so many are not told. */
const mostNumbers = 10_000

const types: Record<string, string> = { local: 'Local', tollfree: 'TollFree', mobile: 'Mobile', national: 'National' }

/** A term that is over within so long is told as running out. */
const expiringMs = 30 * 24 * 3_600_000

function statusOf({ status, expiresAt }: NumberShown, nowMs: number): 'Active' | 'Expiring' | 'Inactive' {
  if (status !== 'active') return 'Inactive'
  return expiresAt !== null && expiresAt - nowMs < expiringMs ? 'Expiring' : 'Active'
}

/** `path` of the list that it stands in; absent where it is told by itself. */
export function numberShown(ids: Ids, number: NumberShown, nowMs: number, path?: string): Record<string, unknown> {
  return {
    msisdn: number.number,
    ...(number.boughtAt !== null && { dateCreated: timestamp(number.boughtAt) }),
    dateUpdated: timestamp(number.updatedAt),
    countryCode: number.country,
    operationalStatus: statusOf(number, nowMs),
    referenceId: ids.guid('number', number.id),
    rentalPrice: number.priceMicro / 1_000_000,
    billingCurrency: number.currency,
    ...told('numberType', types[number.type]),
    ...(path !== undefined && { uri: `${path}/${number.number.replace('+', '')}` }),
    numberHealthCheckEnabled: false,
  }
}

async function list({ parts, ids, caller, knock }: Visit) {
  const path = knock.request.path.replace(/\/$/, '')
  const numbers: object[] = []
  let updated = caller.account.createdMs
  const nowMs = parts.clock.nowMs()
  for (let after: number | undefined; numbers.length < mostNumbers;) {
    const page = await parts.run(listNumbersOperation, caller, { limit: 1000, ...(after !== undefined && { after }) })
    for (const number of page.items as unknown as NumberShown[]) {
      if (number.form !== 'e164') continue
      numbers.push(numberShown(ids, number, nowMs, path))
      updated = Math.max(updated, number.updatedAt)
    }
    if (page.next === null) break
    after = page.next
  }
  return json(200, {
    totalNumbers: numbers.length,
    lastUpdatedAt: timestamp(updated),
    numbers,
    statusCode: 0,
    statusMessage: 'ok',
  })
}

/** Nobody's, somebody else's and unknown numbers answer alike. */
async function read({ parts, ids, caller, params }: Visit) {
  const number = await parts.run(findNumberOperation, caller, { number: params['number']! }).catch((error: unknown) => {
    if (error instanceof Refusal && (error.reason === 'number.not_occupied' || error.reason === 'number.not_owned'))
      refuse('number.not_found', {})
    throw error
  })
  const { id, number: text, country } = number as unknown as NumberShown
  const payload = { referenceId: ids.guid('number', id), msisdn: text, countryCode: country }
  return json(200, { statusCode: 0, statusMessage: 'ok', timestamp: timestamp(parts.clock.nowMs()), payload })
}

const base = '/api/v1/subaccounts/{subAccountId}/numbers'

export const numberRoutes: readonly Route[] = [
  { method: 'GET', path: base, permission: 'numbers.read', shape: 'voice_numbers', answer: list },
  { method: 'GET', path: `${base}/{number}`, permission: 'numbers.read', shape: 'voice_numbers', answer: read },
]
