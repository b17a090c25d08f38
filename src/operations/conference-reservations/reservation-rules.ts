// What a reservation asks for, judged before anything is written.

import type { Caller } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readApplicationByName } from '#store/applications.ts'
import type { ReservationDone } from '#store/conference-reservations.ts'
import type { Reader } from '#store/store.ts'
import { horizonMs, leastDurationMs, leastParticipants, mostDurationMs, mostParticipants, noticeMs } from './reservation-view.ts'

const minuteMs = 60_000

/** Gives conference.participants_out_of_range, conference.participants_over_allowance. */
export function requireParticipants({ account }: Caller, participants: number): void {
  if (participants < leastParticipants || participants > mostParticipants)
    refuse('conference.participants_out_of_range', { min: leastParticipants, max: mostParticipants })
  const limit = account.settings.limits.reservedParticipants
  if (participants > limit) refuse('conference.participants_over_allowance', { limit })
}

/** Gives conference.start_time_past, conference.start_time_invalid. */
export function requireStart(startsMs: number, nowMs: number): void {
  const value = new Date(startsMs).toISOString()
  if (startsMs <= nowMs) refuse('conference.start_time_past', { value })
  const earliestMs = Math.floor((nowMs + noticeMs) / minuteMs) * minuteMs
  if (startsMs < earliestMs || startsMs > nowMs + horizonMs) refuse('conference.start_time_invalid', { value })
}

export const durationRange = { min: leastDurationMs / minuteMs, max: mostDurationMs / minuteMs }

/** Gives conference.duration_out_of_range. */
export function requireDuration(durationMs: number): void {
  if (durationMs < leastDurationMs || durationMs > mostDurationMs) refuse('conference.duration_out_of_range', durationRange)
}

/** Gives service.not_found. */
export async function requireDivert(read: Reader, { account }: Caller, service: string | null | undefined): Promise<void> {
  if (service === null || service === undefined) return
  if (!(await readApplicationByName(read, account.id, 'inbound', service))) refuse('service.not_found', { service })
}

/** For any change of one. Gives conference.not_found, conference.cancelled, conference.finished. */
export function requireNotOver<W extends string>(
  done: ReservationDone<W>,
): asserts done is Exclude<ReservationDone<W>, { readonly refused: 'gone' }> {
  if (!('row' in done)) return refuse('conference.not_found', {})
  if (done.refused === 'cancelled') refuse('conference.cancelled', { conference: done.row.name })
  if (done.refused === 'completed') refuse('conference.finished', { conference: done.row.name })
}
