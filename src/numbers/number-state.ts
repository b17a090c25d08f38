// What state a number is in, and whether it may be used. A term or a hold that is over is over at once, whether or not a
// loop has come by since: the moment decides, not the row.

import { refuse } from '#reasons/refusal.ts'
import type { NumberRow } from '#store/numbers.ts'

export const numberStates = ['available', 'reserved', 'withheld', 'active', 'inactive', 'blocked', 'expired'] as const

/**
 * In stock: available, reserved (held for somebody), withheld (not for sale). Owned: active, inactive (switched off by its
 * owner), expired (its term is over; it may be renewed until it goes back). Either: blocked (by the operator).
 */
export type NumberState = (typeof numberStates)[number]

type Lived = Pick<NumberRow, 'account_id' | 'status' | 'expires_ms' | 'reserved_until_ms'>

export function stateOf(row: Lived, nowMs: number): NumberState {
  if (row.status === 'blocked') return 'blocked'
  if (row.account_id === null) {
    if (row.status !== 'active') return 'withheld'
    return isHeld(row, nowMs) ? 'reserved' : 'available'
  }
  if (isExpired(row, nowMs)) return 'expired'
  return row.status === 'active' ? 'active' : 'inactive'
}

const isHeld = ({ reserved_until_ms }: Lived, nowMs: number): boolean => reserved_until_ms !== null && reserved_until_ms > nowMs

const isExpired = ({ status, expires_ms }: Pick<NumberRow, 'status' | 'expires_ms'>, nowMs: number): boolean =>
  status === 'expired' || (expires_ms !== null && expires_ms <= nowMs)

/** Whether this account may buy it: nobody's, for sale, and held by nobody else. */
export function isForSale(row: Lived & Pick<NumberRow, 'reserved_by'>, accountId: number, nowMs: number): boolean {
  const state = stateOf(row, nowMs)
  return state === 'available' || (state === 'reserved' && row.reserved_by === accountId)
}

/** Gives number.blocked, number.expired, number.not_active. */
export function requireUsable(row: Lived & Pick<NumberRow, 'number'>, nowMs: number): void {
  const { number } = row
  switch (stateOf(row, nowMs)) {
    case 'active':
      return
    case 'blocked':
      return refuse('number.blocked', { number })
    case 'expired':
      return refuse('number.expired', { number })
    default:
      refuse('number.not_active', { number })
  }
}
