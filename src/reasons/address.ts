// The reasons whose slug begins with `address`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const addressReasons = {
  'address.required': {
    fault: 'caller',
    retry: 'after-change',
    class: 'FAILED_PRECONDITION',
    http: 400,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Regulation address is required',
    detail: 'A regulation address is required for this number[, country {country}].',
    remedy: 'Create an address and pass its name.',
    params: { country: 'text?', type: 'text?' },
  },
  'address.incompatible': {
    fault: 'caller',
    retry: 'after-change',
    class: 'FAILED_PRECONDITION',
    http: 400,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Regulation address does not suit the number',
    detail: 'The regulation address[ {address}] does not suit the number[; a {required} one is needed].',
    remedy: 'Pass an address of the Local, National or Worldwide type asked for.',
    params: { address: 'text?', required: 'text?' },
  },
  'address.not_found': {
    fault: 'caller',
    retry: 'after-change',
    class: 'NOT_FOUND',
    http: 400,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Regulation address is not known',
    detail: 'The regulation address[ {address}] is not known.',
    remedy: 'Choose one from the list of addresses.',
    params: { address: 'text?' },
  },
} as const satisfies Record<string, Reason>
