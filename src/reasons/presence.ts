// The reasons whose slug begins with `presence`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const presenceReasons = {
  'presence.not_allowed_by_user': {
    fault: 'recipient',
    retry: 'after-change',
    class: 'PERMISSION_DENIED',
    http: 403,
    sip: 403,
    q850: 21,
    smpp: null,
    title: 'User does not allow it',
    detail: 'The user[ {user}] does not allow this ({right}).',
    remedy: 'Ask the user to allow it.',
    params: { right: 'text', user: 'text?', filter: 'text?' },
  },
} as const satisfies Record<string, Reason>
