// Where numbers are to be had: which countries, states and regions are known for a type of number. A place is known as
// long as the platform has, or sold, numbers there. Says nothing of how many are left.

import { refuse } from '#reasons/refusal.ts'

export interface Place {
  readonly country: string
  readonly type: string
  readonly state: string
  readonly region: string
}

export interface Area {
  readonly country: string
  /** Undefined: of any type. */
  readonly type?: string | undefined
  readonly state?: string | undefined
  readonly region?: string | undefined
  /** The type in the words of whoever asks. */
  readonly typeShown?: string
}

/**
 * The places of a country, narrowed by type, state and region where given; never none. Gives number.area_unknown (level
 * country, state or region) and number.state_not_applicable (cause type or country). Only geographic numbers are arranged by
 * state, and those in few countries.
 */
export function placesIn<P extends Place>(places: readonly P[], area: Area): P[] {
  const { country, type, state, region, typeShown = type } = area
  const inCountry = places.filter((place) => place.country === country && (type === undefined || place.type === type))
  if (inCountry.length === 0) {
    const value = typeShown === undefined ? country : `${country} for ${typeShown} numbers`
    refuse('number.area_unknown', { level: 'country', value })
  }
  if (state !== undefined) {
    if (type !== undefined && type !== 'local') refuse('number.state_not_applicable', { cause: 'type', state })
    if (inCountry.every((place) => place.state === '')) refuse('number.state_not_applicable', { cause: 'country', state })
  }
  const inState = state === undefined ? inCountry : inCountry.filter((place) => place.state === state)
  if (inState.length === 0) refuse('number.area_unknown', { level: 'state', value: `${state} in ${country}` })
  if (region === undefined) return inState
  const inRegion = inState.filter((place) => place.region === region)
  if (inRegion.length === 0) refuse('number.area_unknown', { level: 'region', value: `${region} in ${state ?? country}` })
  return inRegion
}
