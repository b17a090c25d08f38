// A call that is recorded from its answer on, because whoever placed it said so and not its script: what is done before the script. Where
// the account tells people that they are recorded, they hear that first.

import type { Account } from '#accounts/account.ts'
import type { RecordCall, Verb } from './verbs/verb.ts'

/** Beside what follows, without bounds of its own. */
export const recordBeside = (channels: 'mixed' | 'dual'): RecordCall => ({
  verb: 'record',
  channels,
  mostMs: 0,
  silenceMs: 0,
  finishOn: '',
  beep: false,
  trim: false,
  thenWhenEmpty: false,
  background: true,
})

export function recordWhole({ settings: { voice, language } }: Account, channels: 'mixed' | 'dual'): readonly Verb[] {
  const record: RecordCall = { ...recordBeside(channels), wholeCall: true }
  if (voice.consent === '') return [record]
  return [{ verb: 'play', audio: [{ kind: 'say', text: voice.consent, language }], times: 1 }, record]
}
