// Who of the calls hears whom: a call's seat in a mix, with whether it may speak. Mute is the call's own and outlives its seat: who was
// muted by a request stays so when it is connected or comes into a conference.

import type { InMix, Stream } from '#media/contract.ts'

/** A call as a mix knows it; its stream may be another one from one moment to the next. */
interface SeatedCall {
  readonly stream: Pick<Stream, 'join' | 'leave'> | undefined
}

interface Seat {
  mix: Omit<InMix, 'muted'> | undefined
  isMuted: boolean
}

const seats = new WeakMap<SeatedCall, Seat>()

function seatOf(call: SeatedCall): Seat {
  let seat = seats.get(call)
  if (!seat) seats.set(call, (seat = { mix: undefined, isMuted: false }))
  return seat
}

function sit(call: SeatedCall, { mix, isMuted }: Seat): void {
  if (mix) call.stream?.join({ ...mix, muted: isMuted })
}

export const isMuted = (call: SeatedCall): boolean => seatOf(call).isMuted

export function joinMix(call: SeatedCall, mix: Omit<InMix, 'muted'>): void {
  const seat = seatOf(call)
  seat.mix = mix
  sit(call, seat)
}

export function leaveMix(call: SeatedCall): void {
  const seat = seatOf(call)
  if (!seat.mix) return
  seat.mix = undefined
  call.stream?.leave()
}

export function mute(call: SeatedCall, muted: boolean): void {
  const seat = seatOf(call)
  seat.isMuted = muted
  sit(call, seat)
}
