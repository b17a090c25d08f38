// Buying, listing and giving back telephone numbers. Reference section 5. Regulation addresses cannot be registered yet:
// the list of them is empty, no country asks for one, and any name given is unknown (0012).

import { actFor } from '#accounts/act-for.ts'
import { readServiceOperation } from '#operations/applications/read-application.ts'
import { buyNumbersOperation } from '#operations/numbers/buy-numbers.ts'
import { listNumbersOperation } from '#operations/numbers/list-numbers.ts'
import type { NumberShown } from '#operations/numbers/number-view.ts'
import { findNumberOperation } from '#operations/numbers/read-number.ts'
import { releaseNumberOperation } from '#operations/numbers/release-number.ts'
import { takeTestNumberOperation } from '#operations/numbers/take-test-number.ts'
import { updateNumberOperation } from '#operations/numbers/update-number.ts'
import { findUserOperation } from '#operations/users/read-user.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { readFacet, setFacet } from '#store/facets.ts'
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
import { faceName } from './auth.ts'
import { digitsOf, readTelephone } from './formats.ts'
import { serviceNameForm } from './ids.ts'
import { wholeList } from './paging.ts'
import { count, flag, list, must, placeName, text } from './parameters.ts'
import { deed, type Asked, type Deed, type DeedTable } from './routes.ts'
import { readService, writeService } from './services.ts'
import type { Configuration } from './service-schema.ts'

const maxQuantity = 100
const serviceName = text(serviceNameForm, 'the name of an inbound service')

/** Which phones may call a toll-free number. */
const callerTypes = ['ordinary_cpc', 'cellular_cpc', 'payphone_cpc'] as const
type CallerTypes = Record<(typeof callerTypes)[number], boolean>

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
    const mayCall = callerTypesIn(fields, didType)
    const places = await allPlaces(asked)
    const [place] = placesIn(places, { country, didType, state, region })
    if (state === undefined && place!.state !== '')
      refuse('request.parameter_missing', { parameter: 'state', location: 'parameter' })
    if (fields.regulation_address !== undefined) refuse('address.not_found', { address: fields.regulation_address })
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
      },
      { idempotencyKey },
    )
    const numbers = items as readonly NumberShown[]
    for (const number of numbers) {
      if (template) await serve(asked, number, template)
      if (mayCall) await keepCallerTypes(asked, number, mayCall)
    }
    return told(numbers)
  },
})

/** Undefined unless some were given. Gives 0030 for numbers that are not toll-free, 0202 when nobody could call. */
function callerTypesIn(
  fields: { readonly [K in keyof CallerTypes]?: boolean | undefined },
  didType: DidType,
): CallerTypes | undefined {
  const given = callerTypes.filter((name) => fields[name] !== undefined)
  if (given.length === 0) return undefined
  if (didType !== 'tollfree') refuse('request.parameters_exclusive', { parameters: [given[0]!, `did_type ${didType}`] })
  const mayCall = Object.fromEntries(callerTypes.map((name) => [name, fields[name] ?? true])) as CallerTypes
  if (!Object.values(mayCall).includes(true)) refuse('number.tollfree_no_caller_type')
  return mayCall
}

/** Kept and shown; calls to the number are held to it once there are calls. */
async function keepCallerTypes({ parts, caller }: Asked, { id }: NumberShown, mayCall: CallerTypes): Promise<void> {
  const row = {
    face: faceName,
    noun: 'number',
    id,
    account_id: caller.account.id,
    data: JSON.stringify(mayCall),
    updated_ms: parts.clock.nowMs(),
  }
  await parts.store.write(setFacet, row)
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
    for (const row of rows) if (row.form === 'e164') told.push(await numberTold(parts, row))
    return told
  },
})

/** The account of a user that the caller reaches. Gives account.user_unknown: for a stranger's user like for none. */
async function ownerNamed(parts: Asked['parts'], caller: Asked['caller'], login: string): Promise<Asked['caller']> {
  const { accountId } = await parts.run(findUserOperation, caller, { login })
  return actFor(parts.store, caller, accountId)
}

async function numberTold(parts: Asked['parts'], row: NumberShown): Promise<object> {
  const { number, country, state, region, type, detail, capabilities } = row
  const mayCall = type === 'tollfree' ? await readFacet<CallerTypes>(parts.store, faceName, 'number', row.id) : undefined
  return {
    number: digitsOf(number),
    country: countryName(country),
    ...(state !== '' && { state }),
    region,
    did_type: didTypeOf(type),
    service: detail['service'] ?? null,
    messaging: capabilities.sms,
    ...mayCall,
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
  operations: [readServiceOperation],
  secure: true,
  // Addresses are registered by the operator, and nothing registers them in this version: there are none.
  answer: async () => [],
})

export const numberOperations: DeedTable = {
  tel_purchase: purchase,
  tel_purchase_development: purchaseDevelopment,
  tel_list_numbers: listNumbers,
  tel_delete_numbers: deleteNumbers,
  // The list of operations and the error list spell it differently.
  tel_list_regulation_addresses: listAddresses,
  tel_list_regulation_address: listAddresses,
}
