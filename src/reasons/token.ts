// The reasons whose slug begins with `token`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const tokenReasons = {
  'token.usage_missing': {
    fault: 'caller',
    retry: 'after-change',
    class: 'INVALID_ARGUMENT',
    http: 400,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Token would permit nothing',
    detail: 'The token would permit nothing.',
    remedy: 'Permit at least one usage.',
    params: {},
  },
} as const satisfies Record<string, Reason>
