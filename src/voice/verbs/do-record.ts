// Records what the caller says, or the whole call beside the verbs that follow; and stops that.

import { refusal } from '#reasons/refusal.ts'
import type { Outcome, Step } from './step.ts'
import type { RecordCall } from './verb.ts'

export async function doRecord(step: Step, verb: RecordCall): Promise<Outcome> {
  const { call, state, parts } = step
  if (verb.cipher && !isUsable(verb.cipher)) {
    const { line, column, element } = verb.at ?? {}
    const expected = 'a key of 16, 24 or 32 bytes and a vector of 16, in hex'
    return { failed: refusal('markup.schema_invalid', { attribute: 'cipher', expected, line, column, element }), noThen: true }
  }
  const asks = await step.hear()
  // There is no engine that writes down a file: whoever asked is told, and has the recording.
  if (verb.transcribe) step.trouble(refusal('speech.no_provider'))
  const recording = await parts.recordings.start(call, asks, {
    source: 'call',
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
  })
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

/** AES (FIPS 197) and its block. */
function isUsable({ key, iv }: NonNullable<RecordCall['cipher']>): boolean {
  return /^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(key) && /^[0-9a-f]{32}$/i.test(iv)
}

export async function doStopRecording({ state }: Step): Promise<Outcome> {
  const recording = state.recordings.at(-1)
  if (!recording) return { failed: refusal('call.state_invalid', { operation: 'stop recording' }) }
  recording.stop()
  await recording.ended
  return { result: { verb: 'stopRecording' } }
}
