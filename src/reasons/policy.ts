// The reasons whose slug begins with `policy`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const policyReasons = {
  'policy.hook_failed': {
    fault: 'platform',
    retry: 'later',
    class: 'INTERNAL',
    http: 500,
    sip: 500,
    q850: 41,
    smpp: 0x00000008,
    title: 'Policy extension failed',
    detail: 'The policy extension[ {hook}] failed while it was asked.',
    remedy: 'Retry; the operator checks the extension.',
    params: { hook: 'text?' },
  },
  'policy.session_blocked': {
    fault: 'operator-policy',
    retry: 'after-change',
    class: 'PERMISSION_DENIED',
    http: 403,
    sip: 403,
    q850: 21,
    smpp: 0x00000045,
    title: 'Policy extension refused the session',
    detail: 'A rule of the policy extension[, {rule},] refused the session.',
    remedy: 'Find the rule that applies and change the session or the rule.',
    params: { rule: 'text?' },
  },
} as const satisfies Record<string, Reason>
