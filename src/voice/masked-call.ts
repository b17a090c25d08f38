// Calls to a number over which parties reach each other without seeing each other: whoever dials it is put through to the party that it is
// masked from, who sees the number alone. Whoever is masked from nobody by it reaches nobody.

import { refusal } from '#reasons/refusal.ts'
import { maskingOf, otherParty, type MaskingRow } from '#store/maskings.ts'
import type { NumberRow } from '#store/numbers.ts'
import type { Reader } from '#store/store.ts'
import type { CallCallback } from './call-wish.ts'
import type { CallTarget, Dial } from './verbs/verb.ts'

/** Most numbers do not: asked at every call. */
export const masksCalls = ({ detail }: Pick<NumberRow, 'detail'>): boolean => detail.includes('"masking":true')

export interface MaskedCall {
  /** Whose words its calls are told in. */
  readonly face: string
  readonly dial: Dial
  readonly callback: CallCallback | null
  readonly clientRef: string
}

const ringMs = 60_000
const mostMs = 14_400_000

const targetOf = (party: string): CallTarget =>
  party.startsWith('client:') ? { kind: 'client', login: party.slice('client:'.length) } : { kind: 'number', number: party }

/** `parties`: the names that the caller may be known by. Throws session.not_found. */
export async function maskedCall(
  read: Pick<Reader, 'all'>,
  number: NumberRow,
  parties: readonly string[],
  nowMs: number,
): Promise<MaskedCall> {
  for (const party of parties) {
    const row = await maskingOf(read, { account: number.account_id!, number: number.id, party, nowMs })
    if (row) return masked(row, party)
  }
  throw refusal('session.not_found')
}

function masked(row: MaskingRow, party: string): MaskedCall {
  const callback = row.callback === null ? null : (JSON.parse(row.callback) as CallCallback)
  const dial: Dial = {
    verb: 'dial',
    targets: [{ to: targetOf(otherParty(row, party)) }],
    callerId: row.number,
    timeoutMs: ringMs,
    mostMs,
    ...(row.record === 1 && { record: 'mixed' }),
    ...(row.record === 1 && callback && { recordCallback: { url: callback.url, method: callback.method } }),
    answerWithThem: true,
    passEarlyMedia: true,
    endsCall: true,
  }
  return { face: row.face, dial, callback, clientRef: row.client_ref }
}
