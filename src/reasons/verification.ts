// The reasons whose slug begins with `verification`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const verificationReasons = {
  'verification.code_invalid': {
    fault: 'caller',
    retry: 'after-change',
    class: 'INVALID_ARGUMENT',
    http: 400,
    sip: null,
    q850: null,
    smpp: null,
    title: 'One-time password is wrong',
    detail: 'The one-time password is wrong.',
    remedy: 'Ask for the code again.',
    params: {},
  },
  'verification.code_expired': {
    fault: 'caller',
    retry: 'after-change',
    class: 'FAILED_PRECONDITION',
    http: 410,
    sip: null,
    q850: null,
    smpp: null,
    title: 'One-time password has expired',
    detail: 'The one-time password has expired.',
    remedy: 'Send a new code.',
    params: {},
  },
} as const satisfies Record<string, Reason>
