// The user whose number it is, where it was given to one.

import type { NumberRow } from '#store/numbers.ts'

export function userOf(number: Pick<NumberRow, 'detail'> | null | undefined): number | null {
  // Asked at every call: most numbers are nobody's in particular.
  if (!number?.detail.includes('"userId"')) return null
  return (JSON.parse(number.detail) as { userId?: number | null }).userId ?? null
}
