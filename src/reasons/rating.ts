// The reasons whose slug begins with `rating`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const ratingReasons = {
  'rating.charge_rate_invalid': {
    fault: 'platform',
    retry: 'after-change',
    class: 'FAILED_PRECONDITION',
    http: 422,
    sip: 500,
    q850: 41,
    smpp: null,
    title: 'Charge rate is not valid',
    detail: 'The charge rate[ {rate}] is not valid.',
    remedy: 'Correct the charge rate.',
    params: { rate: 'text?' },
  },
  'rating.charging_block_invalid': {
    fault: 'caller',
    retry: 'after-change',
    class: 'INVALID_ARGUMENT',
    http: 400,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Charging block is not valid',
    detail: 'The charging block[ {value}] is not valid.',
    remedy: 'Give a valid charging block.',
    params: { value: 'text?' },
  },
  'rating.no_rate': {
    fault: 'platform',
    retry: 'after-change',
    class: 'FAILED_PRECONDITION',
    http: 422,
    sip: 500,
    q850: 41,
    smpp: 0x00000008,
    title: 'No rate is found',
    detail: 'No rate is found[ of the kind {kind}][ for {destination}].',
    remedy: 'Have a rate defined.',
    params: { kind: 'text?', destination: 'text?' },
  },
} as const satisfies Record<string, Reason>
