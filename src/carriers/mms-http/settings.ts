// The settings of a carrier of MMS over HTTP. Its secret is the key of the signatures, both ways.

import type { CarrierSettings } from '#values/carrier-settings.ts'

export const mmsHttpSettings = {
  url: {
    type: 'text',
    fallback: '',
    required: true,
    pattern: /^https?:\/\/[^\s/?#@]+(?:[/?][^\s#]*)?$/,
    form: 'an absolute http or https URL without user and fragment',
    about: 'Where messages are posted.',
  },
  timeoutMs: {
    type: 'integer',
    fallback: 15_000,
    min: 100,
    max: 120_000,
    unit: 'ms',
    about: 'How long an answer is waited for.',
  },
  window: {
    type: 'integer',
    fallback: 20,
    min: 1,
    max: 1000,
    unit: 'messages',
    about: 'How many messages may be unanswered.',
  },
  perSecond: {
    type: 'integer',
    fallback: 0,
    min: 0,
    max: 10_000,
    unit: 'messages',
    about: 'How many are posted a second; 0 is no limit.',
  },
  receipts: { type: 'boolean', fallback: true, about: 'Whether the gateway tells what became of a message.' },
} as const satisfies CarrierSettings
