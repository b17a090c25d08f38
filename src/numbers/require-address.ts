// Whether an address satisfies what the number's place asks for.

import { refuse } from '#reasons/refusal.ts'
import type { AddressRow } from '#store/addresses.ts'
import type { AddressNeed, Ruled } from './number-rules.ts'

/** An address that nobody asks for is taken as well. Gives address.required, address.incompatible. */
export function requireAddress(need: AddressNeed, number: Ruled, address: AddressRow | undefined): void {
  if (need === 'none') return
  const { country, type } = number
  if (!address) refuse('address.required', { country, type })
  if (!suits(need, number, address)) refuse('address.incompatible', { address: address.name, required: titles[need] })
}

/** As the vendor's list and ours write them. */
const titles: Record<Exclude<AddressNeed, 'none'>, string> = { local: 'Local', national: 'National', worldwide: 'Worldwide' }

function suits(need: AddressNeed, number: Ruled, address: Pick<AddressRow, 'country' | 'region'>): boolean {
  if (need === 'worldwide') return true
  if (address.country !== number.country) return false
  // Places are typed by people: case does not tell two towns apart.
  return need === 'national' || address.region.toLowerCase() === number.region.toLowerCase()
}
