// The reasons whose slug begins with `feature`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const featureReasons = {
  'feature.not_enabled': {
    fault: 'operator-policy',
    retry: 'after-change',
    class: 'PERMISSION_DENIED',
    http: 403,
    sip: 403,
    q850: 50,
    smpp: 0x00000100,
    title: 'Feature is not enabled for the account',
    detail: 'The feature {feature} is not enabled for the account.',
    remedy: 'Have the feature enabled.',
    params: { feature: 'text' },
  },
  'feature.not_for_extension_type': {
    fault: 'caller',
    retry: 'after-change',
    class: 'PERMISSION_DENIED',
    http: 403,
    sip: 403,
    q850: 50,
    smpp: 0x00000100,
    title: 'Feature does not exist for this extension type',
    detail: 'The feature {feature} does not exist for this extension type[ ({extensionType})].',
    remedy: 'Use an extension of another type.',
    params: { feature: 'text', extensionType: 'text?', url: 'text?' },
  },
} as const satisfies Record<string, Reason>
