// The reasons whose slug begins with `masking`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const maskingReasons = {
  'masking.secret_number_invalid': {
    fault: 'caller',
    retry: 'after-change',
    class: 'INVALID_ARGUMENT',
    http: 400,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Masking number is not valid',
    detail: 'The masking number[ {number}] is not one of the pool.',
    remedy: 'Use a number of the masking pool.',
    params: { number: 'text?' },
  },
  'masking.subscriber_not_found': {
    fault: 'caller',
    retry: 'after-change',
    class: 'NOT_FOUND',
    http: 404,
    sip: 404,
    q850: 1,
    smpp: null,
    title: 'Subscriber does not exist',
    detail: 'The subscriber[ {subscriber}] does not exist.',
    remedy: 'Use an existing subscriber.',
    params: { subscriber: 'text?' },
  },
} as const satisfies Record<string, Reason>
