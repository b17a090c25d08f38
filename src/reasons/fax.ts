// The reasons whose slug begins with `fax`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const faxReasons = {
  'fax.not_for_extension': {
    fault: 'caller',
    retry: 'after-change',
    class: 'PERMISSION_DENIED',
    http: 403,
    sip: 403,
    q850: 21,
    smpp: null,
    title: 'Extension may not send faxes',
    detail: 'The extension[ {extension}] may not send faxes.',
    remedy: 'Have outbound fax allowed.',
    params: { extension: 'text?' },
  },
  'fax.resend_state': {
    fault: 'caller',
    retry: 'after-change',
    class: 'FAILED_PRECONDITION',
    http: 409,
    sip: null,
    q850: null,
    smpp: null,
    title: "Fax's state does not allow sending again",
    detail: 'The state of the fax[, {state},] does not allow sending it again.',
    remedy: 'Wait for a suitable state, or send a new fax.',
    params: { state: 'text?' },
  },
  'fax.envelope_unparsable': {
    fault: 'caller',
    retry: 'after-change',
    class: 'INVALID_ARGUMENT',
    http: 400,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Fax envelope cannot be parsed',
    detail: 'The fax envelope cannot be parsed[: {fault}].',
    remedy: 'Send a well-formed envelope.',
    params: { fault: 'text?' },
  },
} as const satisfies Record<string, Reason>
