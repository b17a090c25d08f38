// What a number does with its calls: the call flow of the programmable services (reference section 8), and the forward of `CALL_FORWARD`
// (section 7).

import Type from 'typebox'
import { OneOf, Optional, WebUrl } from '#operations/fields.ts'
import { createForwardOperation, deleteForwardOperation, updateForwardOperation } from '#operations/numbers/forward-number.ts'
import type { NumberShown } from '#operations/numbers/number-view.ts'
import { findNumberOperation } from '#operations/numbers/read-number.ts'
import { updateNumberOperation } from '#operations/numbers/update-number.ts'
import { refuse } from '#reasons/refusal.ts'
import { callbackUrlIn, methodIn } from './callback.ts'
import { maxDurationIn, partyIn, partyText } from './call-fields.ts'
import { given, route, type Body, type Call } from './call.ts'
import { digitsOf, plainNumber } from './formats.ts'

/** Gives number.not_found and what else a number may be, and number.not_subscribed. */
export async function subscribed(call: Call, number: string, services: readonly string[]): Promise<NumberShown> {
  const found = (await call.ask(findNumberOperation, { number })) as NumberShown
  const held = (found.detail['services'] as string[] | undefined) ?? []
  if (!services.some((service) => held.includes(service))) refuse('number.not_subscribed', { number, service: services[0]! })
  return found
}

const numberInPath = ({ params, check }: Call): string => {
  const number = params['number']!
  check(findNumberOperation.input, { number })
  return number
}

export const programmable = ['PROGRAMMABLE_CALL', 'PROGRAMMABLE_VOIP']

const callTypes = ['PSTN', 'IP_FORWARD', 'WS_FORWARD'] as const

const Flow = Type.Object({
  callback_url: Optional(Type.String({ maxLength: 2048 })),
  callback_method: Optional(Type.String({ maxLength: 16 })),
  status_url: Optional(WebUrl('Where states are told.')),
  status_method: Optional(Type.String({ maxLength: 16 })),
  call_type: Optional(OneOf(callTypes, 'IP_FORWARD: calls go on to gateway_url.')),
  gateway_url: Optional(Type.String({ maxLength: 512 })),
})

/** Where calls of an IP_FORWARD go. Gives webhook.gateway_url_missing, request.url_invalid, platform.not_implemented. */
function gatewayIn({ body }: Call): string | null | undefined {
  const type = body['call_type'] as (typeof callTypes)[number] | undefined
  const url = body['gateway_url'] as string | undefined
  if (type === undefined && url === undefined) return undefined
  if (type === 'PSTN') return null
  if (!url) refuse('webhook.gateway_url_missing', { service: type! })
  if (type === 'WS_FORWARD' || /^wss?:/i.test(url)) refuse('platform.not_implemented', { operation: 'WS_FORWARD' })
  if (/^sips?:[^@\s]+@[^@\s]+$/i.test(url)) return url
  refuse('request.url_invalid', { parameter: 'gateway_url', value: url.slice(0, 100) })
}

function flowBody(number: NumberShown): Body {
  const { detail } = number
  return {
    number: plainNumber(number.number),
    callback_url: detail['voiceUrl'] ?? '',
    callback_method: detail['voiceMethod'] ?? 'POST',
    status_url: detail['statusUrl'] ?? '',
    status_method: detail['statusMethod'] ?? 'POST',
    max_call_duration: detail['callSeconds'] ?? '',
    gateway_url: detail['forwardTo'] ?? '',
  }
}

const setFlow = route({
  method: 'PUT',
  path: '/call/v1/flows/:number',
  needs: [updateNumberOperation],
  read(call) {
    const { body, check } = call
    const voiceUrl = callbackUrlIn(body)
    check(Flow, body)
    const voiceMethod = methodIn(body, 'callback_method')
    const statusMethod = methodIn(body, 'status_method')
    const callSeconds = maxDurationIn(call)
    const forwardTo = gatewayIn(call)
    const statusUrl = body['status_url'] as string | undefined
    const detail = given({ voiceUrl, voiceMethod, statusUrl, statusMethod, callSeconds, forwardTo })
    return { number: numberInPath(call), detail }
  },
  async perform(call, { number, detail }) {
    const { id, detail: before } = await subscribed(call, number, programmable)
    const whole = { ...before, ...detail }
    if (!whole['voiceUrl'] && !whole['forwardTo'])
      refuse('request.parameter_missing', { parameter: 'callback_url', location: 'payload' })
    return (await call.ask(updateNumberOperation, { id, detail })) as NumberShown
  },
  write: (_, number) => flowBody(number),
})

const forwardFields = {
  ring_timeout: Optional(Type.Integer({ minimum: 5, maximum: 600 })),
  calling_party: Optional(Type.String({ maxLength: 64 })),
  callback_url: Optional(Type.String({ maxLength: 2048 })),
  callback_method: Optional(Type.String({ maxLength: 16 })),
}
const CreateForward = Type.Object({ destination: Type.String({ minLength: 1, maxLength: 512 }), ...forwardFields })
const UpdateForward = Type.Object({ destination: Optional(Type.String({ minLength: 1, maxLength: 512 })), ...forwardFields })

function forwardIn(call: Call, schema: typeof CreateForward | typeof UpdateForward) {
  const { body, check } = call
  check(schema, body)
  const from = body['calling_party'] as string | undefined
  return given({
    number: numberInPath(call),
    to: body['destination'] === undefined ? undefined : partyIn(body, 'destination'),
    from: from === undefined ? undefined : digitsOf(from),
    ringSeconds: body['ring_timeout'] as number | undefined,
    maxSeconds: maxDurationIn(call),
    statusUrl: callbackUrlIn(body),
    statusMethod: methodIn(body, 'callback_method'),
  })
}

function forwardBody({ number, detail }: NumberShown): Body {
  return {
    number: plainNumber(number),
    destination: partyText((detail['forwardTo'] as string | null | undefined) ?? ''),
    calling_party: plainNumber((detail['forwardFrom'] as string | null | undefined) ?? ''),
    ring_timeout: detail['forwardRingSeconds'] ?? 60,
    max_call_duration: detail['callSeconds'] ?? '',
    callback_url: detail['statusUrl'] ?? '',
    callback_method: detail['statusMethod'] ?? 'POST',
  }
}

const forwarding = ['CALL_FORWARD']
const names = { to: 'destination', from: 'calling_party', ringSeconds: 'ring_timeout', maxSeconds: 'max_call_duration' }

const createForward = route({
  method: 'POST',
  path: '/call/v1/forwards/:number',
  needs: [createForwardOperation],
  read: (call) => forwardIn(call, CreateForward),
  async perform(call, { number, ...wish }) {
    const { id } = await subscribed(call, number, forwarding)
    return (await call.ask(createForwardOperation, { id, ...wish }, { names })) as NumberShown
  },
  write: (_, number) => forwardBody(number),
  made: (_, { number }) => `/call/v1/forwards/${plainNumber(number)}`,
})

const readForward = route({
  method: 'GET',
  path: '/call/v1/forwards/:number',
  needs: [findNumberOperation],
  read: numberInPath,
  async perform(call, number) {
    const found = await subscribed(call, number, forwarding)
    return found.detail['forwardTo'] ? found : refuse('call.forward_not_found', { number })
  },
  write: (_, number) => forwardBody(number),
})

const updateForward = route({
  method: 'PUT',
  path: '/call/v1/forwards/:number',
  needs: [updateForwardOperation],
  read: (call) => forwardIn(call, UpdateForward),
  async perform(call, { number, ...wish }) {
    const { id } = await subscribed(call, number, forwarding)
    return (await call.ask(updateForwardOperation, { id, ...wish }, { names })) as NumberShown
  },
  write: (_, number) => forwardBody(number),
})

const deleteForward = route({
  method: 'DELETE',
  path: '/call/v1/forwards/:number',
  needs: [deleteForwardOperation],
  read: numberInPath,
  async perform(call, number) {
    const { id } = await subscribed(call, number, forwarding)
    return (await call.ask(deleteForwardOperation, { id })) as NumberShown
  },
  write: (_, { number }) => ({ number: plainNumber(number) }),
})

export const flowRoutes = [setFlow, createForward, readForward, updateForward, deleteForward]
