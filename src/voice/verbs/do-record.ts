// Records what the caller says, or the whole call beside the verbs that follow; and stops that.

import { Refusal, refusal } from '#reasons/refusal.ts'
import type { RecordingWish } from '../recordings.ts'
import { requireCipher } from './cipher.ts'
import type { Outcome } from './outcome.ts'
import type { Step } from './step.ts'
import type { RecordCall } from './verb.ts'

export async function doRecord(step: Step, verb: RecordCall): Promise<Outcome> {
  const { call, state, parts } = step
  try {
    requireCipher(verb)
  } catch (error) {
    if (error instanceof Refusal) return { failed: error, noThen: true }
    throw error
  }
  const asks = await step.hear()
  // There is no engine that writes down a file: whoever asked is told, and has the recording.
  if (verb.transcribe) step.trouble(refusal('speech.no_provider'))
  const isBeside = verb.wholeCall === true || verb.background === true
  const wish: RecordingWish = {
    ...(verb.voicemailOf === undefined ? { source: 'call' } : { source: 'voicemail', voicemailOf: verb.voicemailOf }),
    channels: verb.channels,
    mostMs: verb.mostMs,
    silenceMs: verb.silenceMs,
    firstSilenceMs: verb.firstSilenceMs ?? 0,
    finishOn: verb.finishOn,
    beep: verb.beep,
    trim: verb.trim,
    callback: verb.callback,
    tag: verb.tag,
    cipher: verb.cipher,
  }
  const recording = await (isBeside ? parts.recordings.follow(call, asks, wish) : parts.recordings.start(call, asks, wish))
  if (verb.wholeCall) return {}
  if (verb.background) {
    state.recordings.push(recording)
    void recording.ended.then(() => state.recordings.splice(state.recordings.indexOf(recording), 1))
    return {}
  }
  step.signal.addEventListener('abort', () => recording.stop(), { once: true })
  if (step.signal.aborted) recording.stop()
  const ended = await recording.ended
  const { id, state: outcome, durationMs, hasSound, how, digit = '' } = ended
  if (outcome === 'failed') return { failed: ended.refusal ?? refusal('recording.not_written', {}) }
  const hungUp = call.over || how === 'closed'
  const recordingId = outcome === 'ready' ? id : null
  const result = { verb: 'record', recordingId, durationMs, hasSound, digits: digit, hungUp } as const
  return { result, noThen: !hasSound && !verb.thenWhenEmpty }
}

export async function doStopRecording({ state }: Step): Promise<Outcome> {
  const recording = state.recordings.at(-1)
  if (!recording) return { failed: refusal('call.state_invalid', { operation: 'stop recording' }) }
  recording.stop()
  await recording.ended
  return { result: { verb: 'stopRecording' } }
}
