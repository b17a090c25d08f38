// The settings of the pretend network.

import type { CarrierSettings } from '#values/carrier-settings.ts'

export const loopbackSettings = {
  receiptAfterMs: {
    type: 'integer',
    fallback: 100,
    min: 0,
    max: 3_600_000,
    unit: 'ms',
    about: 'How long after a submit its receipt comes.',
  },
  lateAfterMs: {
    type: 'integer',
    fallback: 5000,
    min: 0,
    max: 86_400_000,
    unit: 'ms',
    about: 'How long after a submit a late receipt comes.',
  },
  slowAfterMs: {
    type: 'integer',
    fallback: 3000,
    min: 0,
    max: 600_000,
    unit: 'ms',
    about: 'How long a slow answer takes.',
  },
  window: {
    type: 'integer',
    fallback: 1000,
    min: 1,
    max: 100_000,
    unit: 'messages',
    about: 'How many messages may be unanswered.',
  },
  ringMs: {
    type: 'integer',
    fallback: 300,
    min: 0,
    max: 60_000,
    unit: 'ms',
    about: 'How long a virtual handset rings before it answers a call.',
  },
} as const satisfies CarrierSettings
