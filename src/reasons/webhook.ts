// The reasons whose slug begins with `webhook`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const webhookReasons = {
  'webhook.gateway_url_missing': {
    fault: 'caller',
    retry: 'after-change',
    class: 'FAILED_PRECONDITION',
    http: 409,
    sip: 500,
    q850: 127,
    smpp: null,
    title: 'No gateway URL is configured',
    detail: 'No gateway URL is configured[ for {service}].',
    remedy: 'Configure the gateway URL.',
    params: { service: 'text?' },
  },
  'webhook.callback_url_invalid': {
    fault: 'caller',
    retry: 'after-change',
    class: 'INVALID_ARGUMENT',
    http: 400,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Callback URL is not valid',
    detail: 'The callback URL[ {value}] is not valid.',
    remedy: 'Give a well-formed, reachable URL.',
    params: { parameter: 'text?', value: 'text?' },
  },
  'webhook.method_invalid': {
    fault: 'caller',
    retry: 'after-change',
    class: 'INVALID_ARGUMENT',
    http: 400,
    sip: null,
    q850: null,
    smpp: null,
    title: 'Callback method is not supported',
    detail: 'The callback method[ {method}] is not supported; supported: {allowed}.',
    remedy: 'Use a supported method, POST or GET.',
    params: { parameter: 'text?', method: 'text?', allowed: 'list' },
  },
} as const satisfies Record<string, Reason>
