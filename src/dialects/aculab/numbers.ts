// Buying, setting up, listing and giving back telephone numbers. Reference section 5. Regulation addresses are registered
// at the native API, as this vendor has them registered on its console; here they are listed and named.

import { actFor } from '#accounts/act-for.ts'
import { findAddressOperation, listAddressesOperation } from '#operations/addresses/read-address.ts'
import { buyNumbersOperation } from '#operations/numbers/buy-numbers.ts'
import { listNumbersOperation } from '#operations/numbers/list-numbers.ts'
import type { NumberShown } from '#operations/numbers/number-view.ts'
import { findNumberOperation } from '#operations/numbers/read-number.ts'
import { releaseNumberOperation } from '#operations/numbers/release-number.ts'
import { setMessagingOperation } from '#operations/numbers/switch-number.ts'
import { takeTestNumberOperation } from '#operations/numbers/take-test-number.ts'
import {
  distrustNumberOperation,
  listTrustedNumbersOperation,
  trustNumberOperation,
} from '#operations/numbers/trusted-numbers.ts'
import { updateNumberOperation } from '#operations/numbers/update-number.ts'
import { findUserOperation } from '#operations/users/read-user.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import {
  allPlaces,
  coreType,
  countryName,
  didTypeOf,
  didTypeParameter,
  placesIn,
  regionParameter,
  type DidType,
} from './areas.ts'
import { digitsOf, readTelephone } from './formats.ts'
import { serviceNameForm } from './ids.ts'
import { wholeList } from './paging.ts'
import { count, flag, list, must, placeName, text, type Parameter } from './parameters.ts'
import { deed, type Asked, type Deed, type DeedTable } from './routes.ts'
import { readService, writeService } from './services.ts'
import type { Configuration } from './service-schema.ts'

const maxQuantity = 100
const serviceName = text(serviceNameForm, 'the name of an inbound service')

/** Which phones may call a toll-free number. */
const callerTypes = ['ordinary_cpc', 'cellular_cpc', 'payphone_cpc'] as const
type CallerTypes = Record<(typeof callerTypes)[number], boolean>
const coreCaller = { ordinary_cpc: 'ordinary', cellular_cpc: 'cellular', payphone_cpc: 'payphone' } as const

const isNotMobile = (sent: ReadonlyMap<string, string>): boolean => sent.get('did_type') !== 'mobile'

const purchase: Deed = deed({
  parameters: {
    country: must(placeName()),
    state: placeName(),
    // Mobile numbers belong to a country as a whole: no region could be named.
    region: must.where(isNotMobile, regionParameter),
    did_type: didTypeParameter,
    regulation_address: placeName({ digits: true }),
    quantity: count(maxQuantity),
    based_on: serviceName,
    allow_partial: flag,
    ordinary_cpc: flag,
    cellular_cpc: flag,
    payphone_cpc: flag,
  },
  operations: [buyNumbersOperation],
  charged: true,
  async answer(asked) {
    const { parts, caller, fields, idempotencyKey } = asked
    const {
      country,
      state,
      region,
      did_type: didType = 'geographic',
      quantity,
      allow_partial: partial,
      based_on: basedOn,
    } = fields
    const callers = callersIn(fields, didType)
    const places = await allPlaces(asked)
    const [place] = placesIn(places, { country, didType, state, region })
    if (state === undefined && place!.state !== '')
      refuse('request.parameter_missing', { parameter: 'state', location: 'parameter' })
    const { regulation_address: name } = fields
    const address = name === undefined ? undefined : await parts.run(findAddressOperation, caller, { name })
    const template = basedOn === undefined ? undefined : await templateNamed(asked, basedOn)
    const { items } = await parts.run(
      buyNumbersOperation,
      caller,
      {
        country: place!.countryCode,
        type: coreType(didType),
        ...(state !== undefined && { state }),
        ...(region !== undefined && { region }),
        ...(quantity !== undefined && { quantity }),
        ...(partial !== undefined && { partial }),
        ...(address && { addressId: address.id }),
        ...(callers && { callers }),
      },
      { idempotencyKey },
    )
    const numbers = items as readonly NumberShown[]
    if (template) for (const number of numbers) await serve(asked, number, template)
    return told(numbers)
  },
})

/** Undefined unless some were given. Gives 0030 for numbers that are not toll-free. */
function callersIn(
  fields: { readonly [K in keyof CallerTypes]?: boolean | undefined },
  didType: DidType,
): Partial<Record<'ordinary' | 'cellular' | 'payphone', boolean>> | undefined {
  const given = callerTypes.filter((name) => fields[name] !== undefined)
  if (given.length === 0) return undefined
  if (didType !== 'tollfree') refuse('request.parameters_exclusive', { parameters: [given[0]!, `did_type ${didType}`] })
  return Object.fromEntries(given.map((name) => [coreCaller[name], fields[name]!]))
}

/** Gives service.template_unknown. */
async function templateNamed(asked: Asked, name: string): Promise<Configuration> {
  try {
    return (await readService(asked, 'inbound', name)).configuration
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'service.not_found') refuse('service.template_unknown', { service: name })
    throw error
  }
}

/** Each new number gets a service of its own, named by the number, with the template's configuration. */
async function serve(asked: Asked, number: NumberShown, template: Configuration): Promise<void> {
  const name = digitsOf(number.number)
  await writeService(asked, 'inbound', name, template)
  await asked.parts.run(updateNumberOperation, asked.caller, { id: number.id, detail: { service: name } })
}

const told = (numbers: readonly NumberShown[]) => ({
  numbers: numbers.map(({ number }) => digitsOf(number)),
  count: numbers.length,
})

const purchaseDevelopment: Deed = deed({
  parameters: { based_on: serviceName },
  operations: [takeTestNumberOperation],
  async answer(asked) {
    const { parts, caller, fields, idempotencyKey } = asked
    const template = fields.based_on === undefined ? undefined : await templateNamed(asked, fields.based_on)
    const number = (await parts.run(takeTestNumberOperation, caller, {}, { idempotencyKey })) as NumberShown
    if (template) await serve(asked, number, template)
    return told([number])
  },
})

const username = text(/^[^/\s\p{Cc}]{1,200}$/u, 'a username')

const listNumbers: Deed = deed({
  parameters: { username },
  operations: [listNumbersOperation],
  async answer({ parts, caller, fields }) {
    const whose = fields.username === undefined ? caller : await ownerNamed(parts, caller, fields.username)
    const rows = (await wholeList((page) => parts.run(listNumbersOperation, whose, page))) as readonly NumberShown[]
    const told: object[] = []
    for (const row of rows) if (row.form === 'e164') told.push(numberTold(row))
    return told
  },
})

/** The account of a user that the caller reaches. Gives account.user_unknown: for a stranger's user like for none. */
async function ownerNamed(parts: Asked['parts'], caller: Asked['caller'], login: string): Promise<Asked['caller']> {
  const { accountId } = await parts.run(findUserOperation, caller, { login })
  return actFor(parts.store, caller, accountId)
}

function numberTold({ number, country, state, region, type, detail, messaging, callers }: NumberShown): object {
  return {
    number: digitsOf(number),
    country: countryName(country),
    ...(state !== '' && { state }),
    region,
    did_type: didTypeOf(type),
    service: detail['service'] ?? null,
    messaging: messaging.sms,
    ...(callers && Object.fromEntries(callerTypes.map((name) => [name, callers[coreCaller[name]] ?? true]))),
  }
}

const telephone: Parameter<string> = { required: false, read: readTelephone }

/** Which service answers a number, and whether it sends and receives messages. What is not given stays. */
const updateNumber: Deed = deed({
  parameters: { number: must(telephone), service: serviceName, messaging: flag },
  operations: [updateNumberOperation, setMessagingOperation],
  async answer({ parts, caller, fields }) {
    const { number, service, messaging } = fields
    const found = await ownNumber(parts, caller, number)
    let row = found
    if (service !== undefined)
      row = (await parts.run(updateNumberOperation, caller, { id: found.id, detail: { service } })) as NumberShown
    if (messaging !== undefined)
      row = (await parts.run(setMessagingOperation, caller, { id: found.id, enabled: messaging })) as NumberShown
    return numberTold(row)
  },
})

/** Gives number.not_found, whoever else owns it or nobody (0301). */
async function ownNumber(parts: Asked['parts'], caller: Asked['caller'], number: string): Promise<NumberShown> {
  try {
    return (await parts.run(findNumberOperation, caller, { number })) as NumberShown
  } catch (error) {
    if (error instanceof Refusal && error.reason.startsWith('number.')) refuse('number.not_found', { number })
    throw error
  }
}

const deleteNumbers: Deed = deed({
  parameters: { numbers: must(list(readTelephone)) },
  operations: [releaseNumberOperation],
  async answer({ parts, caller, fields }) {
    const wanted = [...new Set(fields.numbers)]
    const ids: number[] = []
    for (const number of wanted) ids.push(await idOfOwn(parts, caller, number))
    for (const id of ids) await parts.run(releaseNumberOperation, caller, { id })
    return { numbers: wanted, count: wanted.length }
  },
})

/** Gives number.not_owned, whoever owns it or nobody (0300). */
async function idOfOwn(parts: Asked['parts'], caller: Asked['caller'], number: string): Promise<number> {
  try {
    return (await parts.run(findNumberOperation, caller, { number })).id
  } catch (error) {
    if (error instanceof Refusal && error.reason.startsWith('number.')) refuse('number.not_owned', { number })
    throw error
  }
}

const listAddresses: Deed = deed({
  operations: [listAddressesOperation],
  secure: true,
  async answer({ parts, caller }) {
    const rows = await wholeList((page) => parts.run(listAddressesOperation, caller, page))
    return rows.map(({ name, holder, street, city, region, postalCode, country }) => ({
      name,
      holder,
      street,
      city,
      region,
      postal_code: postalCode,
      country: countryName(country),
    }))
  },
})

const whitelist: Deed = deed({
  operations: [listTrustedNumbersOperation],
  async answer({ parts, caller }) {
    const rows = await wholeList((page) => parts.run(listTrustedNumbersOperation, caller, page))
    return rows.map(({ number }) => digitsOf(number))
  },
})

const whitelistAdd: Deed = deed({
  parameters: { number: must(telephone) },
  operations: [trustNumberOperation],
  answer: async ({ parts, caller, fields }) => ({
    number: digitsOf((await parts.run(trustNumberOperation, caller, { number: fields.number })).number),
  }),
})

/** Gives number.not_in_whitelist (0302). */
const whitelistDelete: Deed = deed({
  parameters: { number: must(telephone) },
  operations: [distrustNumberOperation],
  async answer({ parts, caller, fields: { number } }) {
    await parts.run(distrustNumberOperation, caller, { number })
    return { number }
  },
})

export const numberOperations: DeedTable = {
  tel_purchase: purchase,
  tel_purchase_development: purchaseDevelopment,
  tel_list_numbers: listNumbers,
  tel_update_number: updateNumber,
  tel_delete_numbers: deleteNumbers,
  // The list of operations and the error list spell it differently.
  tel_list_regulation_addresses: listAddresses,
  tel_list_regulation_address: listAddresses,
  tel_whitelist_list: whitelist,
  tel_whitelist_add: whitelistAdd,
  tel_whitelist_delete: whitelistDelete,
}
