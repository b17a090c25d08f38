// A masking as the operations show it: two parties, the number over which they reach each other, and until when.

import Type, { type Static } from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { isOver, type MaskingDone, type MaskingRow } from '#store/maskings.ts'
import { Id, Method, Moment, OneOf, WebUrl } from '../fields.ts'

export const MaskingView = Type.Object({
  id: Id('masking'),
  accountId: Id('account'),
  number: Type.String({ description: 'The number of the account that both dial, and see.' }),
  partyA: Type.String({ description: 'E.164, or client:login.' }),
  partyB: Type.String({ description: 'E.164, or client:login.' }),
  isRecorded: Type.Boolean({ description: 'Whether their calls are recorded.' }),
  statusUrl: Type.Union([Type.String({ description: 'Where their calls and recordings are told.' }), Type.Null()]),
  statusMethod: Type.Union([Method('How they are told.'), Type.Null()]),
  reference: Type.String({ description: "The client's own id; empty for none." }),
  state: OneOf(['open', 'expired', 'ended'], 'Only an open one connects anybody.'),
  expiresAt: Type.Union([Moment('From then on it connects nobody.'), Type.Null()]),
  endedAt: Type.Union([Moment('When it was ended.'), Type.Null()]),
  createdAt: Moment('When it was made.'),
  updatedAt: Moment('When it last changed.'),
})

export type MaskingShown = Static<typeof MaskingView>

export const statusUrl = WebUrl('Where their calls and recordings are told.')
export const statusMethod = Method('How they are told; POST unless told.')

interface Callback {
  readonly url: string
  readonly method: 'GET' | 'POST'
}

export const callbackOf = ({ callback }: Pick<MaskingRow, 'callback'>): Callback | null =>
  callback === null ? null : (JSON.parse(callback) as Callback)

export const callbackText = (url: string, method: Callback['method'] = 'POST'): string => JSON.stringify({ url, method })

/** Gives request.parameter_invalid. */
export function requireToCome(expiresAt: number | null | undefined, nowMs: number): void {
  if (typeof expiresAt === 'number' && expiresAt <= nowMs)
    refuse('request.parameter_invalid', { parameter: 'expiresAt', expected: 'a moment to come' })
}

export function maskingView(row: MaskingRow, nowMs: number): MaskingShown {
  const { url = null, method = null } = callbackOf(row) ?? {}
  const isExpired = row.expires_ms !== null && row.expires_ms <= (row.ended_ms ?? nowMs)
  return {
    id: row.id,
    accountId: row.account_id,
    number: row.number,
    partyA: row.party_a,
    partyB: row.party_b,
    isRecorded: row.record === 1,
    statusUrl: url,
    statusMethod: method,
    reference: row.client_ref,
    state: isOver(row, nowMs) ? (isExpired ? 'expired' : 'ended') : 'open',
    expiresAt: row.expires_ms,
    endedAt: row.ended_ms,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  }
}

/** As it is after a change, or at its end. Gives session.not_found, session.closed. */
export function openMasking({ row, over }: MaskingDone, nowMs: number): MaskingShown {
  if (!row) return refuse('session.not_found', {})
  if (over) refuse('session.closed', {})
  return maskingView(row, nowMs)
}
