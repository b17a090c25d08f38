// The reasons whose slug begins with `provisioning`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const provisioningReasons = {
  'provisioning.data_invalid': {
    fault: 'caller',
    retry: 'after-change',
    class: 'FAILED_PRECONDITION',
    http: 422,
    sip: 500,
    q850: 41,
    smpp: null,
    title: 'Provisioning data is wrong',
    detail: 'The provisioning data of the {object}[ {id}] is wrong[: {fault}].',
    remedy: 'Correct the settings that the session touches.',
    params: { object: 'text', id: 'text?', fault: 'text?' },
  },
} as const satisfies Record<string, Reason>
