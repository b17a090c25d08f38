// The reasons whose slug begins with `destination`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const destinationReasons = {
  'destination.invalid': {
    fault: 'caller',
    retry: 'after-change',
    class: 'INVALID_ARGUMENT',
    http: 400,
    sip: 484,
    q850: 28,
    smpp: 0x0000000b,
    title: 'Destination is not a valid number',
    detail: 'The destination[ {destination}] is not a valid number.',
    remedy: 'Correct the destination.',
    params: { destination: 'text?' },
  },
  'destination.not_allowed': {
    fault: 'operator-policy',
    retry: 'after-change',
    class: 'PERMISSION_DENIED',
    http: 403,
    sip: 403,
    q850: 21,
    smpp: 0x0000000b,
    title: 'Destination may not be reached',
    detail: 'The destination[ {destination}] may not be reached from this account[: {country} is not among its countries].',
    remedy:
      "Use another destination, or have the operator open this one: a country in the account's settings.voice.countries, an address in OFFHOOK_OUTGOING_ALLOW.",
    params: { destination: 'text?', country: 'text?' },
  },
  'destination.high_risk': {
    fault: 'operator-policy',
    retry: 'after-change',
    class: 'PERMISSION_DENIED',
    http: 403,
    sip: 403,
    q850: 21,
    smpp: null,
    title: 'Destination is of a class that is closed',
    detail: 'The destination[ {destination}] is a {class} number, and these are closed to the account.',
    remedy: 'Have the class of numbers opened for the account, if it is to call them.',
    params: { destination: 'text?', class: 'text' },
  },
} as const satisfies Record<string, Reason>
