// The reasons whose slug begins with `call_log`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const callLogReasons = {
  'call_log.sync_token_invalid': {
    fault: 'caller',
    retry: 'after-change',
    class: 'FAILED_PRECONDITION',
    http: 400,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Sync token no longer holds',
    detail: 'The sync token no longer holds[: {fault}].',
    remedy: 'Do a full synchronisation.',
    params: { fault: 'text?' },
  },
} as const satisfies Record<string, Reason>
