// What a reservation means for whoever would enter the conference of its name: not before its time, not after it, and no more than were
// reserved. A name that nobody reserved is whoever's comes first.

import { refuse } from '#reasons/refusal.ts'
import { readApplicationByName, type ApplicationRow } from '#store/applications.ts'
import { reservationOfName, type ReservationRow } from '#store/conference-reservations.ts'
import type { Reader } from '#store/store.ts'

/** So long after its end the name is nobody's: who is late does not find themselves alone in another conference. */
const closedForMs = 5 * 60_000

/** Undefined: not reserved. Throws conference.not_running before its time, conference.finished for a while after it. */
export async function reservedNow(
  read: Pick<Reader, 'one'>,
  accountId: number,
  name: string,
  nowMs: number,
): Promise<ReservationRow | undefined> {
  const row = await reservationOfName(read, accountId, name, nowMs - closedForMs)
  if (!row) return undefined
  if (nowMs < row.starts_ms) refuse('conference.not_running', { conference: name })
  if (nowMs >= row.ends_ms) refuse('conference.finished', { conference: name })
  return row
}

/** The service of the account that early callers of a conference are led to. */
export async function divertOf(
  read: Reader,
  accountId: number,
  name: string,
  nowMs: number,
): Promise<ApplicationRow | undefined> {
  const row = await reservationOfName(read, accountId, name, nowMs)
  if (!row || row.divert === '' || nowMs >= row.starts_ms) return undefined
  return readApplicationByName(read, accountId, 'inbound', row.divert)
}
