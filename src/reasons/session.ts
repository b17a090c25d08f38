// The reasons whose slug begins with `session`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const sessionReasons = {
  'session.not_found': {
    fault: 'caller',
    retry: 'after-change',
    class: 'NOT_FOUND',
    http: 404,
    sip: 481,
    q850: 101,
    smpp: null,
    title: 'Session does not exist',
    detail: 'The session[ {session}] does not exist.',
    remedy: 'Use the identifier of an existing session.',
    params: { session: 'text?' },
  },
  'session.closed': {
    fault: 'caller',
    retry: 'never',
    class: 'FAILED_PRECONDITION',
    http: 410,
    sip: 481,
    q850: 101,
    smpp: null,
    title: 'Session is closed',
    detail: 'The session[ {session}] is closed.',
    remedy: 'Start a new session.',
    params: { session: 'text?' },
  },
} as const satisfies Record<string, Reason>
