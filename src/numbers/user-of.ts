// The user whose number or phone it is, where it was given to one.

import type { NumberRow } from '#store/numbers.ts'

export function userOf(thing: Pick<NumberRow, 'detail'> | null | undefined): number | null {
  // Asked at every call: most are nobody's in particular.
  if (!thing?.detail.includes('"userId"')) return null
  return (JSON.parse(thing.detail) as { userId?: number | null }).userId ?? null
}
