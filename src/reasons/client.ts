// The reasons whose slug begins with `client`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const clientReasons = {
  'client.error': {
    fault: 'recipient',
    retry: 'after-change',
    class: 'FAILED_PRECONDITION',
    http: 422,
    sip: 480,
    q850: 31,
    smpp: null,
    title: 'Client failed',
    detail: 'The client[ {client}] failed[: {cause}].',
    remedy: "Check the client's registration and address.",
    params: { client: 'text?', cause: 'text?' },
  },
  'client.not_found': {
    fault: 'caller',
    retry: 'after-change',
    class: 'NOT_FOUND',
    http: 404,
    sip: 404,
    q850: 1,
    smpp: null,
    title: 'Client does not exist',
    detail: 'The client[ {client}] does not exist.',
    remedy: 'Create the client or correct its name.',
    params: { client: 'text?' },
  },
  'client.registration_expired': {
    fault: 'recipient',
    retry: 'after-change',
    class: 'FAILED_PRECONDITION',
    http: 409,
    sip: 480,
    q850: 20,
    smpp: null,
    title: "Client's registration has expired",
    detail: 'The registration of the client[ {client}] has expired.',
    remedy: 'Make the client register again.',
    params: { source: 'text?', client: 'text?' },
  },
  'client.on_other_node': {
    fault: 'platform',
    retry: 'after-change',
    class: 'UNAVAILABLE',
    http: 409,
    sip: 480,
    q850: 20,
    smpp: null,
    title: 'Client is connected to another node',
    detail:
      'The client[ {client}] is registered over a connection to another node of the platform than the one that the call is on, and no way leads there.',
    remedy: 'Set OFFHOOK_NODE_SIP on every node, so that each reaches the phones of all.',
    params: { client: 'text?' },
  },
} as const satisfies Record<string, Reason>
