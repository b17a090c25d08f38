// The reasons whose slug begins with `recording`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const recordingReasons = {
  'recording.not_found': {
    fault: 'caller',
    retry: 'after-change',
    class: 'NOT_FOUND',
    http: 404,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Recording not found',
    detail: 'The recording[ {recording}] was not found.',
    remedy: "Check the recording's identifier.",
    params: { recording: 'text?' },
  },
  'recording.file_missing': {
    fault: 'platform',
    retry: 'later',
    class: 'NOT_FOUND',
    http: 404,
    sip: null,
    q850: null,
    smpp: null,
    title: "Recording's file cannot be found",
    detail: 'The file of the recording[ {recording}] cannot be found.',
    remedy: 'Try again later, then report it.',
    params: { recording: 'text?' },
  },
  'recording.deleted': {
    fault: 'caller',
    retry: 'never',
    class: 'NOT_FOUND',
    http: 410,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Recording was deleted',
    detail: 'The recording[ {recording}] was deleted.',
    remedy: 'Stop asking for it.',
    params: { recording: 'text?' },
  },
} as const satisfies Record<string, Reason>
