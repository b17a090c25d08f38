// One party's way through a conference: what it hears while it waits, what others hear when it comes and goes, its keys, and one result.

import type { Clip } from '#media/contract.ts'
import { beep as beepClip } from '#media/tones.ts'
import { Refusal } from '#reasons/refusal.ts'
import type { ConferenceRoom, RoomEnd } from '../conference-room.ts'
import type { EnterWish } from '../conferences.ts'
import type { LiveCall } from '../live-call.ts'
import { asksOf } from '../stream-asks.ts'
import type { Outcome } from './outcome.ts'
import type { Step } from './step.ts'
import type { Audio, JoinConference } from './verb.ts'
import { WaitForOthers } from './wait-for-others.ts'

type Out = RoomEnd | { readonly how: 'left' }

export async function doJoinConference(step: Step, verb: JoinConference): Promise<Outcome> {
  const { call, parts, signal } = step
  await step.hear()
  const [joined, left] = await Promise.all([clipsOf(step, entering(verb)), clipsOf(step, verb.left ?? [])])
  const wait = new WaitForOthers(step, verb)
  let room: ConferenceRoom | undefined
  let isHeard = false
  let leave: (out: Out) => void = () => {}
  const out = new Promise<Out>((resolve) => (leave = resolve))
  const wish: EnterWish = {
    name: verb.name,
    muted: verb.muted,
    startOnEnter: verb.startOnEnter,
    endOnExit: verb.endOnExit,
    most: verb.most,
    mostMs: verb.mostMs,
    record: verb.record ?? false,
    talks: () => {
      wait.stop()
      // Once, and after its seat is taken, so that it hears it too.
      if (!isHeard) queueMicrotask(() => tellAll(call, verb.beep === true ? [beepClip(), ...joined] : joined))
      isHeard = true
    },
    waits: () => wait.start(),
    out: leave,
  }
  try {
    room = await parts.conferences.enter(call, wish)
  } catch (error) {
    wait.stop()
    if (!(error instanceof Refusal)) throw error
    const instead = error.reason === 'conference.not_running' ? await parts.diverted(call, verb.name) : undefined
    if (instead) step.giveWayTo(instead)
    return { result: { verb: 'conference', conferenceId: null, connectedMs: 0, refusal: error }, failed: error }
  }
  const { id } = room
  step.seen('conference.joined', { conferenceId: id, members: room.size })
  const startMs = parts.clock.elapsedMs()
  const stop = (): void => leave({ how: 'left' })
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  const deaf = keys(verb, call, room, leave)
  const ended = await out
  deaf()
  signal.removeEventListener('abort', stop)
  wait.stop()
  const other = room.talking.find((member) => member.call !== call)
  room.leave(call.id)
  step.seen('conference.left', { conferenceId: id, how: ended.how })
  if (other && isHeard && room.state !== 'over') tellAll(other.call, left)
  const connectedMs = Math.round(parts.clock.elapsedMs() - startMs)
  const why = 'refusal' in ended ? ended.refusal : undefined
  const result = { verb: 'conference', conferenceId: id, connectedMs, ...(why && { refusal: why }) } as const
  // Its longest time, or whoever put it out: there is nothing to go on with.
  return why ? { result, end: { refusal: why, by: ended.how === 'ejected' ? 'application' : 'platform' } } : { result }
}

const entering = ({ beep, joined }: JoinConference): readonly Audio[] => [
  ...(typeof beep === 'object' ? beep : []),
  ...(joined ?? []),
]

async function clipsOf(step: Step, audio: readonly Audio[]): Promise<readonly Clip[]> {
  if (audio.length === 0) return []
  try {
    return await step.until(step.parts.clips(step.call, audio))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    step.trouble(error)
    return []
  }
}

/** All that are in the mix of this call hear it, under what is said. */
function tellAll({ stream }: LiveCall, clips: readonly Clip[]): void {
  if (stream && clips.length > 0) void asksOf(stream).play({ clips, times: 1, to: 'mix', stopOn: '', over: true }).ended
}

function keys(verb: JoinConference, call: LiveCall, room: ConferenceRoom, leave: (out: Out) => void): () => void {
  const { exitDigit, muteDigit, unmuteDigit } = verb
  const { stream } = call
  if (!stream || !(exitDigit ?? muteDigit ?? unmuteDigit)) return () => {}
  return asksOf(stream).onDigit((digit) => {
    if (digit === exitDigit) leave({ how: 'left' })
    // One key for both turns it over.
    else if (digit === muteDigit && digit === unmuteDigit) room.change(call.id, { muted: !room.member(call.id)?.isMuted })
    else if (digit === muteDigit) room.change(call.id, { muted: true })
    else if (digit === unmuteDigit) room.change(call.id, { muted: false })
  })
}
