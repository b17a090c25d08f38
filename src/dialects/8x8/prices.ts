// Prices (reference section 6.9), made from the rates by prefix of the deck that holds for a sub-account. No operators are known here, so a
// country has one entry, for what its calling code costs; asked for one operator by mcc and mnc, there is none to tell.

import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max'
import { listAccountsOperation } from '#operations/accounts/list-accounts.ts'
import { listRatesOperation } from '#operations/rates/list-rates.ts'
import type { Caller } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { json } from './formats.ts'
import type { Route, Visit } from './knock.ts'

const subAccountsAtMost = 500
const names = new Intl.DisplayNames('en', { type: 'region' })

interface Asked {
  readonly country: string | undefined
  readonly operator: boolean
  readonly directions: readonly ('outbound' | 'inbound')[]
}

function askedIn({ query }: Visit): Asked {
  const country = query.get('country')
  if (country !== undefined && !/^[A-Za-z]{2}$/.test(country))
    refuse('request.parameter_invalid', {
      parameter: 'country',
      value: country.slice(0, 60),
      expected: 'two letters of ISO 3166',
    })
  const [mcc, mnc] = [query.get('mcc'), query.get('mnc')]
  for (const [parameter, value, form] of [
    ['mcc', mcc, /^\d{3}$/],
    ['mnc', mnc, /^\d{2,3}$/],
  ] as const) {
    if (value !== undefined && !form.test(value))
      refuse('request.parameter_invalid', { parameter, value: value.slice(0, 60), expected: 'digits' })
  }
  if ((mcc === undefined) !== (mnc === undefined))
    refuse('request.parameter_missing', { parameter: mcc === undefined ? 'mcc' : 'mnc', location: 'parameter' })
  const direction = query.get('direction')
  if (direction !== undefined && direction !== 'outbound' && direction !== 'inbound')
    refuse('request.parameter_invalid', {
      parameter: 'direction',
      value: direction.slice(0, 60),
      expected: 'outbound or inbound',
    })
  return {
    country: country?.toUpperCase(),
    operator: mcc !== undefined,
    directions: direction === undefined ? ['outbound', 'inbound'] : [direction],
  }
}

interface Priced {
  readonly alpha2Code: string
  readonly code: string
  readonly amount: number
  readonly currency: string
}

/** What each country costs by its calling code: the longest prefix that fits. */
async function countriesOf({ parts }: Visit, caller: Caller, asked: Asked, direction: 'out' | 'in'): Promise<Priced[]> {
  if (asked.operator) return []
  const { currency, rates } = await parts.run(listRatesOperation, caller, { service: 'sms', direction })
  if (currency === null) return []
  return getCountries().flatMap((alpha2Code) => {
    if (asked.country !== undefined && asked.country !== alpha2Code) return []
    const code = String(getCountryCallingCode(alpha2Code))
    const [rate] = rates.filter(({ prefix }) => code.startsWith(prefix)).toSorted((a, b) => b.prefix.length - a.prefix.length)
    return rate ? [{ alpha2Code, code, amount: rate.priceMicro / rate.per / 1_000_000, currency }] : []
  })
}

async function pricesOf(visit: Visit, caller: Caller, asked: Asked): Promise<object> {
  const { parts, ids } = visit
  const shown: Record<string, unknown> = { subAccountId: await ids.subAccountId(parts.store, caller.account.id) }
  if (asked.directions.includes('outbound')) {
    const countries = await countriesOf(visit, caller, asked, 'out')
    shown['outbound'] = {
      countries: countries.map(({ alpha2Code, code, amount, currency }) => ({
        alpha2Code,
        countryName: names.of(alpha2Code) ?? alpha2Code,
        dialingPrefix: `+${code}`,
        operators: [{ operatorName: 'All', hni: [], price: { amount, currency } }],
      })),
    }
  }
  if (asked.directions.includes('inbound')) {
    const countries = await countriesOf(visit, caller, asked, 'in')
    shown['inbound'] = {
      countries: countries.map(({ alpha2Code, amount, currency }) => ({
        alpha2Code,
        numberTypes: [{ type: 'all', defaultPrice: { amount, currency } }],
      })),
    }
  }
  return shown
}

async function callersOf(visit: Visit): Promise<Caller[]> {
  const { parts, ids, caller, query } = visit
  const wanted = query.get('subAccountId')
  if (wanted !== undefined) return [await ids.forSubAccount(parts.store, caller, wanted)]
  const { items } = await parts.run(listAccountsOperation, caller, { limit: subAccountsAtMost, oldestFirst: true })
  const callers: Caller[] = []
  for (const { id } of items) callers.push(await ids.forSubAccount(parts.store, caller, await ids.subAccountId(parts.store, id)))
  return callers
}

async function prices(visit: Visit) {
  const asked = askedIn(visit)
  const subAccounts: object[] = []
  for (const caller of await callersOf(visit)) subAccounts.push(await pricesOf(visit, caller, asked))
  return json(200, { subAccounts })
}

export const priceRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/accounts/{accountId}/prices', permission: 'credit.read', answer: prices },
]
