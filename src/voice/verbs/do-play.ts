// Plays and says. The sound is made ready first, so that a gap is heard before it and none inside.

import { refusal } from '#reasons/refusal.ts'
import type { Outcome } from './outcome.ts'
import type { Step } from './step.ts'
import type { Play } from './verb.ts'

export async function doPlay(step: Step, { audio, times, stopOn = '', stopOnSpeech = false }: Play): Promise<Outcome> {
  const clips = await step.until(step.parts.clips(step.call, audio))
  const asks = await step.hear()
  const play = { clips, times, to: 'stream', stopOn, ...(stopOnSpeech && { stopOnSpeech }) } as const
  const { how, refusal: failed } = await asks.play(play, step.signal).ended
  step.state.endedByKey = how === 'digit'
  if (how === 'failed') return { failed: failed ?? refusal('play.failed', {}) }
  return { result: { verb: 'play', interrupted: how !== 'over' } }
}
