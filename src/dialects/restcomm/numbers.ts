// IncomingPhoneNumbers (reference 9.1): the account's numbers, bought from stock, or SIP numbers and patterns of its own.

import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max'
import { readApplicationOperation } from '#operations/applications/read-application.ts'
import { addNumberOperation } from '#operations/numbers/add-number.ts'
import { buyNumbersOperation } from '#operations/numbers/buy-numbers.ts'
import { listNumbersOperation, listPlacesOperation } from '#operations/numbers/list-numbers.ts'
import { e164 } from '#operations/numbers/number-input.ts'
import type { NumberDetailValue, NumberShown } from '#operations/numbers/number-view.ts'
import { readNumberOperation } from '#operations/numbers/read-number.ts'
import { releaseNumberOperation } from '#operations/numbers/release-number.ts'
import { updateNumberOperation } from '#operations/numbers/update-number.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { apiVersion } from './formats.ts'
import type { Ask } from './knock.ts'
import { detailIn, mainApplication, uses } from './number-fields.ts'
import { applicationOf, numberView, type ApplicationNames } from './number-view.ts'
import { envelopeOf, readPage, readSort } from './paging.ts'
import { sent } from './urls.ts'
import { writeList, writeNothing, writeOne, writePage } from './write.ts'

export type NumberType = 'local' | 'tollfree' | 'mobile'

export const typePaths: Record<string, NumberType> = { Local: 'local', TollFree: 'tollfree', Mobile: 'mobile' }

const names = { number: 'PhoneNumber', name: 'FriendlyName' }

function numberId({ means, params }: Ask): number {
  const id = means.sids.read('PN', params['sid']!)
  if (id === undefined) refuse('number.not_found', {})
  return id
}

/** The names of the applications that the numbers are attached to; one that is gone has none. */
async function applicationNames({ means, caller }: Ask, numbers: readonly NumberShown[]): Promise<ApplicationNames> {
  const ids = new Set(numbers.flatMap((number) => uses.flatMap((use) => applicationOf(number, use) ?? [])))
  const found = new Map<number, string>()
  if (ids.size === 0 || !caller.permissions.has('applications.read')) return () => undefined
  for (const id of ids) {
    try {
      found.set(id, (await means.parts.run(readApplicationOperation, caller, { id })).name)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
    }
  }
  return (id) => found.get(id)
}

async function writeNumber(ask: Ask, number: NumberShown): Promise<HttpAnswer> {
  return writeOne(ask.json, 'IncomingPhoneNumber', numberView(ask, number, await applicationNames(ask, [number])))
}

/** `*` stands for any text; SQL's own wildcards work as well (reference 4.2). */
const pattern = (text: string): string => text.replaceAll('*', '%')

export const listNumbers = (type?: NumberType, path = '') =>
  async function listNumbersOf(ask: Ask): Promise<HttpAnswer> {
    const { means, caller, fields, accountSid, json } = ask
    const asked = readPage(fields)
    const sort = readSort(fields, ['PhoneNumber', 'FriendlyName'])
    const number = fields.filled('PhoneNumber')
    const name = fields.filled('FriendlyName')
    const page = await means.parts.run(
      listNumbersOperation,
      caller,
      {
        limit: asked.pageSize,
        skip: asked.skip,
        oldestFirst: true,
        counted: true,
        ...sent({
          type,
          number: number === undefined ? undefined : pattern(number),
          shownName: name === undefined ? undefined : pattern(name),
          sortBy: sort && (sort.by === 'PhoneNumber' ? ('number' as const) : ('name' as const)),
          // Reverse turns the order round (reference 4.2).
          descending: sort && sort.descending !== (fields.truth('Reverse') ?? false),
        }),
      },
      { names: { number: 'PhoneNumber', shownName: 'FriendlyName' }, location: 'parameter' },
    )
    const items = page.items as unknown as NumberShown[]
    const nameOf = await applicationNames(ask, items)
    const envelope = envelopeOf({
      asked,
      total: page.total ?? 0,
      rows: items.length,
      lastSid: items.length > 0 ? means.sids.show('PN', items.at(-1)!.id) : undefined,
      uri: `/restcomm/${apiVersion}/Accounts/${accountSid}/IncomingPhoneNumbers${path}${json ? '.json' : ''}`,
      filters: ['PhoneNumber', 'FriendlyName', 'SortBy', 'Reverse'].flatMap((one) =>
        fields.text(one) === undefined ? [] : [[one, fields.text(one)!] as const],
      ),
      absent: means.parts.settings.options()['plainNulls'] === true ? null : 'null',
    })
    return writePage(
      json,
      envelope,
      'incomingPhoneNumbers',
      'IncomingPhoneNumber',
      items.map((one) => numberView(ask, one, nameOf)),
    )
  }

/** A SIP number is a user's name or digits; what else a regular expression may hold makes it a pattern (reference 9.1). */
const plainSipNumber = /^[+*#]?[\w#.-]+$/

export const buyNumber = (type?: NumberType) =>
  async function buyNumberOf(ask: Ask): Promise<HttpAnswer> {
    const { means, caller, fields, idempotencyKey } = ask
    const { run } = means.parts
    const detail = detailIn(means.sids, fields)
    const setUp = { detail, applicationId: mainApplication(detail), ...sent({ name: fields.filled('FriendlyName') }) }
    const number = fields.filled('PhoneNumber')
    if (fields.truth('isSIP')) {
      const text = number ?? fields.required('PhoneNumber')
      const capabilities = {
        voice: fields.truth('VoiceCapable') ?? true,
        sms: fields.truth('SmsCapable') ?? true,
        mms: fields.truth('MmsCapable') ?? false,
        fax: fields.truth('FaxCapable') ?? false,
      }
      const form = plainSipNumber.test(text) ? 'sip' : 'pattern'
      const added = await run(
        addNumberOperation,
        caller,
        { number: text, form, capabilities, ...setUp },
        { idempotencyKey, names },
      )
      return writeNumber(ask, added as unknown as NumberShown)
    }
    const areaCode = fields.filled('AreaCode')
    if (number === undefined && areaCode === undefined) fields.required('PhoneNumber')
    const wanted = number === undefined ? inArea(ask, areaCode!) : numberWanted(ask, number, type)
    const bought = await run(buyNumbersOperation, caller, { ...wanted, ...sent({ type }), ...setUp }, { idempotencyKey, names })
    return writeNumber(ask, bought.items[0] as unknown as NumberShown)
  }

/** Of a typed factory only a number of that type is to be had. Gives number.invalid. */
function numberWanted({ caller }: Ask, text: string, type: NumberType | undefined): { number: string } | { contains: string } {
  const number = e164(text, text.startsWith('+') ? undefined : caller.account.settings.country)
  return type === undefined ? { number } : { contains: number }
}

/** Gives request.parameter_invalid. */
function inArea({ caller }: Ask, areaCode: string): { country: string; contains: string } {
  const { country } = caller.account.settings
  if (!/^\d{1,8}$/.test(areaCode) || !isSupportedCountry(country))
    refuse('request.parameter_invalid', { parameter: 'AreaCode', value: areaCode.slice(0, 60), expected: 'digits' })
  return { country, contains: `+${getCountryCallingCode(country)}${areaCode}%` }
}

export async function readNumber(ask: Ask): Promise<HttpAnswer> {
  return writeNumber(
    ask,
    (await ask.means.parts.run(readNumberOperation, ask.caller, { id: numberId(ask) })) as unknown as NumberShown,
  )
}

/** An empty value clears a setting; the number itself stays what it is (reference 9.1). */
export async function updateNumber(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields } = ask
  const { run } = means.parts
  const id = numberId(ask)
  const before = (await run(readNumberOperation, caller, { id })) as unknown as NumberShown
  const detail = detailIn(means.sids, fields)
  const attaches = Object.keys(detail).some((name) => name.endsWith('ApplicationId'))
  const merged: NumberDetailValue = {
    ...Object.fromEntries(uses.map((use) => [`${use}ApplicationId`, applicationOf(before, use)])),
    ...detail,
  }
  const input = {
    id,
    detail,
    ...sent({ name: fields.text('FriendlyName') }),
    ...(attaches && { applicationId: mainApplication(merged) }),
  }
  return writeNumber(ask, (await run(updateNumberOperation, caller, input, { names })) as unknown as NumberShown)
}

export async function releaseNumber(ask: Ask): Promise<HttpAnswer> {
  await ask.means.parts.run(releaseNumberOperation, ask.caller, { id: numberId(ask) })
  return writeNothing(204)
}

/** Where numbers are in stock. */
export async function availableCountries({ means, caller, json }: Ask): Promise<HttpAnswer> {
  const { items } = await means.parts.run(listPlacesOperation, caller, {})
  return writeList(json, 'AvailableCountries', 'Country', [...new Set(items.map((place) => place.country))].toSorted())
}
