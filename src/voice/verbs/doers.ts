// Which file does which verb.

import { doJoinConference } from './do-conference.ts'
import { doDial } from './do-dial.ts'
import { doEndAfter, doHangUp, doReject } from './do-end.ts'
import { doGather } from './do-gather.ts'
import { doHold, doResume } from './do-hold.ts'
import { doPause } from './do-pause.ts'
import { doPlay } from './do-play.ts'
import { doRecord, doStopRecording } from './do-record.ts'
import { doRefer } from './do-refer.ts'
import { doDeleteFile, doSendEmail, doSendMessage } from './do-send.ts'
import { doSupervise } from './do-supervise.ts'
import type { Outcome } from './outcome.ts'
import type { Do, Step } from './step.ts'
import type { Verb } from './verb.ts'

const doers: { readonly [V in Verb['verb']]: Do<Extract<Verb, { verb: V }>> } = {
  // The run answers before any verb that its form does not except.
  answer: async ({ call }) => {
    await call.answer()
    return { result: { verb: 'answer' } }
  },
  redirect: async (_, { to }) => ({ page: to, result: { verb: 'redirect' } }),
  play: doPlay,
  pause: doPause,
  gather: doGather,
  record: doRecord,
  stopRecording: doStopRecording,
  dial: doDial,
  conference: doJoinConference,
  supervise: doSupervise,
  message: doSendMessage,
  email: doSendEmail,
  deleteFile: doDeleteFile,
  hold: doHold,
  resume: doResume,
  refer: doRefer,
  hangUp: doHangUp,
  reject: doReject,
  endAfter: doEndAfter,
}

export function doVerb(step: Step, verb: Verb): Promise<Outcome> {
  return (doers[verb.verb] as Do)(step, verb)
}
