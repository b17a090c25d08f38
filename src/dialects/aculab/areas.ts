// Countries, states and regions as this vendor tells them: names, from what the platform has or had in stock. The names
// told here are exactly those that a purchase takes. Reference section 5.

import { listPlacesOperation } from '#operations/numbers/list-numbers.ts'
import * as areas from '#numbers/areas.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { Static } from 'typebox'
import { dollars } from './formats.ts'
import { choice, must, placeName } from './parameters.ts'
import { deed, type Asked, type Deed, type DeedTable } from './routes.ts'

type CorePlace = Static<(typeof listPlacesOperation)['output']>['items'][number]
export type CoreType = CorePlace['type']

const types = {
  geographic: 'local',
  national: 'national',
  tollfree: 'tollfree',
  mobile: 'mobile',
} as const satisfies Record<string, CoreType>

export type DidType = keyof typeof types

export const coreType = (didType: DidType): CoreType => types[didType]
export const didTypeOf = (type: CoreType): DidType => (type === 'local' ? 'geographic' : type)

export interface Place {
  readonly country: string
  /** ISO 3166 alpha-2. */
  readonly countryCode: string
  readonly type: CoreType
  readonly didType: DidType
  readonly state: string
  readonly region: string
  readonly stock: number
  readonly monthlyCost: number | null
  readonly address: CorePlace['address']
}

const english = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' })
const names = new Map<string, string>()

export function countryName(code: string): string {
  let name = names.get(code)
  if (name === undefined) {
    name = /^[A-Z]{2}$/.test(code) ? (english.of(code) ?? code) : code
    names.set(code, name)
  }
  return name
}

export async function allPlaces({ parts, caller }: Pick<Asked, 'parts' | 'caller'>): Promise<Place[]> {
  const { items } = await parts.run(listPlacesOperation, caller, { soldOut: true })
  return items.map(({ country, type, state, region, stock, priceMicro, currency, address }) => ({
    country: countryName(country),
    countryCode: country,
    type,
    didType: didTypeOf(type),
    state,
    region,
    stock,
    monthlyCost: dollars(priceMicro, currency),
    address,
  }))
}

export interface Area {
  readonly country: string
  readonly didType: DidType
  readonly state?: string | undefined
  readonly region?: string | undefined
}

/** The places of a country, narrowed by state and region where given, with the faults of areas in this vendor's words. */
export const placesIn = (places: readonly Place[], { country, didType, state, region }: Area): Place[] =>
  areas.placesIn(places, { country, type: coreType(didType), typeShown: didType, state, region })

const unknownType = (type: string, parameter: string): Refusal =>
  refusal('number.type_invalid', { parameter, type: type.slice(0, 40) })

export const didTypeParameter = choice<DidType>(
  new Map((Object.keys(types) as DidType[]).map((type) => [type, type])),
  unknownType,
)
export const regionParameter = placeName({ digits: true })

/** From what asks for nothing to what asks for most. */
const needs: readonly Place['address'][] = ['none', 'worldwide', 'national', 'local']

/** One row for each set of names, with the stock of all its places, the lowest cost and the strictest rule of addresses. */
function summed(places: readonly Place[], told: (place: Place) => Record<string, string>) {
  const rows = new Map<
    string,
    { names: Record<string, string>; didType: DidType; stock: number; cost: number | null; need: number }
  >()
  for (const place of places) {
    const names = told(place)
    const key = `${place.didType}\n${Object.values(names).join('\n')}`
    const row = rows.get(key)
    const need = needs.indexOf(place.address)
    if (!row) rows.set(key, { names, didType: place.didType, stock: place.stock, cost: place.monthlyCost, need })
    else {
      row.stock += place.stock
      row.need = Math.max(row.need, need)
      if (place.monthlyCost !== null && (row.cost === null || place.monthlyCost < row.cost)) row.cost = place.monthlyCost
    }
  }
  return [...rows.values()].map(({ names, didType, stock, cost, need }) => ({
    ...names,
    did_type: didType,
    regulation_address_required: needs[need],
    setup_cost: 0,
    monthly_cost: cost,
    stock,
  }))
}

const countries: Deed = deed({
  parameters: { did_type: didTypeParameter },
  operations: [listPlacesOperation],
  async answer(asked) {
    const { did_type: didType } = asked.fields
    const places = await allPlaces(asked)
    return summed(didType ? places.filter((place) => place.didType === didType) : places, ({ country }) => ({ country }))
  },
})

const states: Deed = deed({
  parameters: { country: must(placeName()), did_type: didTypeParameter },
  operations: [listPlacesOperation],
  async answer(asked) {
    const { country, did_type: didType = 'geographic' } = asked.fields
    const places = placesIn(await allPlaces(asked), { country, didType })
    return summed(
      places.filter((place) => place.state !== ''),
      ({ state }) => ({ country, state }),
    )
  },
})

const regions: Deed = deed({
  parameters: { country: must(placeName()), state: placeName(), did_type: didTypeParameter },
  operations: [listPlacesOperation],
  async answer(asked) {
    const { country, state, did_type: didType = 'geographic' } = asked.fields
    const places = placesIn(await allPlaces(asked), { country, didType, state })
    return summed(
      places.filter((place) => place.region !== ''),
      (place) => ({ country, ...(place.state !== '' && { state: place.state }), region: place.region }),
    )
  },
})

export const areaOperations: DeedTable = {
  tel_get_supported_countries: countries,
  tel_get_supported_states: states,
  tel_get_supported_regions: regions,
}
