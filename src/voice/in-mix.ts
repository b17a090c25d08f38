// Who of the calls hears whom: a call's seat in a mix, with whether it may speak. Mute is the call's own and outlives its seat: who was
// muted by a request stays so when it is connected or comes into a conference.

import type { InMix } from '#media/contract.ts'
import type { LiveCall } from './live-call.ts'

interface Seat {
  mix: Omit<InMix, 'muted'> | undefined
  isMuted: boolean
}

const seats = new WeakMap<LiveCall, Seat>()

function seatOf(call: LiveCall): Seat {
  let seat = seats.get(call)
  if (!seat) seats.set(call, (seat = { mix: undefined, isMuted: false }))
  return seat
}

function sit(call: LiveCall, { mix, isMuted }: Seat): void {
  if (mix) call.stream?.join({ ...mix, muted: isMuted })
}

export const isMuted = (call: LiveCall): boolean => seatOf(call).isMuted

export function joinMix(call: LiveCall, mix: Omit<InMix, 'muted'>): void {
  const seat = seatOf(call)
  seat.mix = mix
  sit(call, seat)
}

export function leaveMix(call: LiveCall): void {
  const seat = seatOf(call)
  if (!seat.mix) return
  seat.mix = undefined
  call.stream?.leave()
}

export function mute(call: LiveCall, muted: boolean): void {
  const seat = seatOf(call)
  seat.isMuted = muted
  sit(call, seat)
}
