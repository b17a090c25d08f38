// Rings, connects, and comes to exactly one result, whoever ends it: the called party, the caller, the time, a request. What the caller
// hears meanwhile is chosen here; ringing is in ring-targets.ts, talking in bridge.ts.

import type { Account } from '#accounts/account.ts'
import type { Clip } from '#media/contract.ts'
import { catalogue } from '#reasons/catalogue.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import { Bridge } from '../bridge.ts'
import type { CallEnd } from '../call-news.ts'
import type { LiveCall } from '../live-call.ts'
import { musicOnHold } from '../music-on-hold.ts'
import type { RunningRecording } from '../recordings.ts'
import { refusalOfEnd, ringTargets, type Lost, type Rung } from '../ring-targets.ts'
import type { VerbResult } from '../script-form.ts'
import { sipCallIdOf } from '../sip-call-id.ts'
import { asksOf } from '../stream-asks.ts'
import { takeRefer } from '../take-refer.ts'
import { Ringback } from '../ringback.ts'
import type { Outcome } from './outcome.ts'
import type { Step } from './step.ts'
import type { Dial } from './verb.ts'

type Result = Extract<VerbResult, { verb: 'dial' }>

export async function doDial(step: Step, verb: Dial): Promise<Outcome> {
  const { call, state } = step
  state.holdMusic?.stop()
  const ringback = new Ringback(step, verb)
  await ringback.start()
  const rung = await ringTargets(step, verb, ringback)
  ringback.stop()
  const { winner } = rung
  if (!winner) return unanswered(step, verb, rung)
  try {
    await call.answer()
    const consent = verb.record && (verb.consent ?? consentOf(call.account))
    if (consent) await sayToBoth(step, winner, consent)
  } catch (error) {
    winner.hangUp(error instanceof Refusal ? error : refusal('call.canceled_by_request'), 'platform')
    throw error
  }
  if (winner.over || call.over) {
    winner.hangUp(refusal('call.completed'), 'caller')
    return { result: connected(winner, 0, rung.ringMs, undefined) }
  }
  return talk(step, verb, winner, rung.ringMs)
}

async function talk(step: Step, verb: Dial, winner: LiveCall, ringMs: number): Promise<Outcome> {
  const { call, parts, signal } = step
  const bridge = new Bridge(
    { clock: parts.clock, music: musicOnHold, referred: (...refer) => takeRefer(step, ...refer) },
    call,
    winner,
    verb.mostMs,
  )
  // A caller who has gone is heard of by the bridge itself.
  const stop = (): void => {
    if (!call.over) bridge.leave()
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  const recording = verb.record && (await startRecording(step, verb, verb.record))
  const ended = await bridge.ended
  signal.removeEventListener('abort', stop)
  const { talkedMs } = bridge
  recording?.stop()
  const recorded = await recording?.ended
  const result = connected(winner, talkedMs, ringMs, recorded?.state === 'ready' ? recorded.id : undefined)
  const endsCall = verb.endsCall && !verb.then && ended.how === 'ended' && !call.over
  return endsCall ? { result, end: { refusal: whyOver(ended.end), by: ended.end.by } } : { result }
}

/** The caller is told when the called party was lost, and not that it hung up. */
const whyOver = ({ reason, params }: CallEnd): Refusal =>
  catalogue[reason].fault === 'none' ? refusal('call.completed') : new Refusal(reason, params)

async function startRecording(step: Step, verb: Dial, channels: 'mixed' | 'dual'): Promise<RunningRecording | undefined> {
  const { call, parts } = step
  const { stream } = call
  if (!stream) return undefined
  const wish = { source: 'dial', channels, mostMs: verb.mostMs, callback: verb.recordCallback, tag: verb.tag } as const
  try {
    return await parts.recordings.start(call, asksOf(stream), wish)
  } catch (error) {
    // People talk on, unrecorded; whoever wanted it is told.
    step.trouble(error instanceof Refusal ? error : parts.fault(call, error))
    return undefined
  }
}

const consentOf = ({ settings: { voice, language } }: Account): Dial['consent'] =>
  voice.consent === '' ? undefined : [{ kind: 'say', text: voice.consent, language }]

/** Consent: both know it before they hear each other. */
async function sayToBoth(step: Step, winner: LiveCall, audio: NonNullable<Dial['consent']>): Promise<void> {
  const clips: readonly Clip[] = await step.until(step.parts.clips(step.call, audio))
  const play = { clips, times: 1, to: 'stream', stopOn: '' } as const
  const streams = [step.call.stream, winner.stream].flatMap((stream) => (stream ? [stream] : []))
  const ended = await Promise.all(streams.map((stream) => asksOf(stream).play(play, step.signal).ended))
  const failed = ended.find(({ how }) => how === 'failed')
  if (failed) throw failed.refusal ?? refusal('play.failed', {})
}

function connected(winner: LiveCall, connectedMs: number, ringMs: number, recordingId: number | undefined): Result {
  const leg = winner.end?.leg
  return {
    verb: 'dial',
    state: 'completed',
    callId: winner.id,
    leg: winner.view(),
    wasPlaced: true,
    connectedMs,
    ringMs,
    recordingId: recordingId ?? null,
    ...sipCallIdOf(winner),
    ...(leg?.headers && { headers: leg.headers }),
  }
}

function unanswered({ call }: Step, verb: Dial, rung: Rung): Outcome {
  // Whoever still rang is the one that was given up; what others came to before counts no more.
  const best = rung.ringing ? undefined : rung.best
  const party = rung.ringing ?? (best && 'call' in best ? best.call : undefined)
  const why = best && reasonOf(best)
  const state = call.over || !best ? 'canceled' : 'end' in best ? best.end.state : 'failed'
  const leg = best && 'end' in best ? best.end.leg : undefined
  const result: Result = {
    verb: 'dial',
    state,
    callId: party?.id ?? null,
    ...(party && { leg: party.view() }),
    wasPlaced: party?.leg !== undefined,
    connectedMs: 0,
    ringMs: rung.ringMs,
    recordingId: null,
    ...(why && { refusal: why }),
    ...(party && sipCallIdOf(party)),
    ...(leg?.cause.sipStatus !== undefined && { sipStatus: leg.cause.sipStatus }),
    ...(leg?.headers && { headers: leg.headers }),
  }
  // The caller learns by its own status how the called party was not had.
  if (verb.answerWithThem && !verb.elseNext && !call.answered && !call.over && !verb.then && why)
    return { result, end: { refusal: why, by: best && 'end' in best ? best.end.by : 'platform' } }
  return { result }
}

const reasonOf = (lost: Lost): Refusal => ('end' in lost ? refusalOfEnd(lost.end) : lost.refusal)
