// Calls (reference section 9.1): placed with the flow of a number or with commands of their own, read, told what to do while they are up, and
// ended. What becomes of one is told to the status URL of its number.

import Type from 'typebox'
import { endCallOperation, updateCallOperation } from '#operations/calls/change-calls.ts'
import { placeCallOperation } from '#operations/calls/place-call.ts'
import { readCallOperation } from '#operations/calls/read-call.ts'
import type { NumberShown } from '#operations/numbers/number-view.ts'
import { readNumberOperation } from '#operations/numbers/read-number.ts'
import { Optional } from '#operations/fields.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import type { Verb } from '#voice/verbs/verb.ts'
import { callbackUrlIn, methodIn } from './callback.ts'
import { readCommands } from './call-commands.ts'
import { causeOf, resultOf } from './call-events.ts'
import { maxDurationIn, partyIn, partyText } from './call-fields.ts'
import { given, route, type Body, type Call } from './call.ts'
import { programmable, subscribed } from './flows.ts'
import { decimalOf, digitsOf, gmtOf, localTime } from './formats.ts'
import type { CallShown } from './records.ts'

const statuses: Readonly<Record<CallShown['state'], string>> = {
  queued: 'SETUP',
  ringing: 'ALERT',
  answered: 'CONNECT',
  completed: 'DISCONNECT',
  busy: 'DISCONNECT',
  no_answer: 'DISCONNECT',
  failed: 'DISCONNECT',
  canceled: 'DISCONNECT',
}

function callBody({ ids, caller: { account }, nowMs }: Call, call: CallShown): Body {
  const time = (ms: number | null): string => (ms === null ? '' : localTime(account, ms))
  const outcome = call.reason && resultOf({ reason: call.reason.slug as never, params: call.reason.params as never })
  return {
    session_id: ids.show('call', call.sessionId),
    ...(call.reference !== '' && { reference_id: call.reference }),
    call_status: statuses[call.state],
    calling_party: partyText(call.from),
    called_party: partyText(call.to),
    direction: call.direction === 'in' ? 0 : 1,
    call_setup_time: time(call.createdAt),
    call_alert_time: time(call.ringingAt),
    call_connected_time: time(call.answeredAt),
    call_disconnected_time: time(call.endedAt),
    gmt: gmtOf(account, nowMs),
    call_connected: call.answeredAt === null ? 0 : 1,
    call_duration: Math.round((call.durationMs ?? 0) / 1000),
    call_cause: call.final
      ? causeOf({ reason: call.reason?.slug ?? null, sipStatus: call.sipStatus, answeredMs: call.answeredAt })
      : '',
    call_result: outcome?.code ?? 0,
    charge: decimalOf(call.priceMicro),
    currency: call.currency,
  }
}

const Place = Type.Object({
  number: Type.String({ minLength: 1, maxLength: 64 }),
  calling_party: Optional(Type.String({ maxLength: 64 })),
  called_party: Type.String({ minLength: 1, maxLength: 512 }),
  callback_url: Optional(Type.String({ maxLength: 2048 })),
  callback_method: Optional(Type.String({ maxLength: 16 })),
  commands: Optional(Type.Array(Type.Unknown(), { maxItems: 100 })),
})

const place = route({
  method: 'POST',
  path: '/call/v1/calls',
  needs: [placeCallOperation],
  read(call) {
    const { body, check } = call
    check(Place, body)
    const url = callbackUrlIn(body)
    const method = methodIn(body, 'callback_method')
    const maxSeconds = maxDurationIn(call)
    const { reference_id: reference } = body
    return {
      number: body['number'] as string,
      commands: body['commands'] as unknown[] | undefined,
      callingParty: body['calling_party'] as string | undefined,
      handle: url === undefined ? undefined : { url, method: method ?? 'POST' },
      maxSeconds,
      wish: given({
        to: partyIn(body, 'called_party'),
        reference: reference === undefined ? undefined : String(reference),
      }),
    }
  },
  async perform(call, { number, commands, callingParty, handle, maxSeconds, wish }) {
    const { number: own, status, detail } = await subscribed(call, number, programmable)
    if (status === 'expired') refuse('number.expired', { number })
    if (status !== 'active') refuse('number.not_active', { number })
    const page = handle ?? flowOf(detail)
    if (!page && !commands) refuse('service.call_flow_missing', {})
    const verbs = commands && verbsOf(commands, page, own)
    return (await call.ask(
      placeCallOperation,
      given({
        from: callingParty === undefined ? own : digitsOf(callingParty),
        ...wish,
        maxSeconds: maxSeconds ?? detail['callSeconds'] ?? undefined,
        // What is given with the call is all that it does, unless a command of it is to be told of.
        url: verbs ? undefined : page?.url,
        method: verbs ? undefined : page?.method,
        verbs,
        memory: verbs && { queue: commands, handle: page },
        statusUrl: detail['statusUrl'] ?? undefined,
        statusMethod: detail['statusMethod'] ?? undefined,
      }),
      { names },
    )) as CallShown
  },
  write: (call, placed) => callBody(call, placed),
  made: ({ ids }, { id }) => `/call/v1/calls/${ids.show('call', id)}`,
})

const names = { from: 'calling_party', to: 'called_party', maxSeconds: 'max_call_duration', reference: 'reference_id' }

interface Handle {
  readonly url: string
  readonly method: 'GET' | 'POST'
}

function flowOf(detail: Readonly<Record<string, unknown>>): Handle | undefined {
  const url = detail['voiceUrl']
  return typeof url === 'string' && url !== '' ? { url, method: detail['voiceMethod'] === 'GET' ? 'GET' : 'POST' } : undefined
}

/** Refuses what a call handle's answer would only be told of later: here somebody waits for the answer. */
function verbsOf(commands: readonly unknown[], page: Handle | undefined, number: string): readonly Verb[] {
  const { verbs, fault } = readCommands(commands, { page: page ?? { url: '', method: 'POST' }, callerId: number })
  if (fault) throw fault
  if (!page && verbs.some((verb) => 'then' in verb)) refuse('service.call_flow_missing', {})
  return verbs
}

/** Gives call.not_found for what is no call of the account, and of another face's form of id. */
async function callInPath(call: Call): Promise<CallShown> {
  const id = call.ids.read('call', call.params['session_id']!) ?? refuse('call.not_found', {})
  try {
    return (await call.ask(readCallOperation, { id })) as CallShown
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.record_not_found') refuse('call.not_found', {})
    throw error
  }
}

const read = route({
  method: 'GET',
  path: '/call/v1/calls/:session_id',
  needs: [readCallOperation],
  read: () => undefined,
  perform: callInPath,
  write: callBody,
})

const Change = Type.Object({ commands: Type.Array(Type.Unknown(), { minItems: 1, maxItems: 100 }) })

const detailOf = async (call: Call, id: number): Promise<NumberShown['detail']> =>
  ((await call.ask(readNumberOperation, { id })) as NumberShown).detail

/** What a call that is over is told. Gives session.closed, call.not_connected. */
async function upCall(call: Call, isAnswered: boolean): Promise<CallShown> {
  const found = await callInPath(call)
  if (found.final) refuse('session.closed', {})
  if (isAnswered && found.answeredAt === null) refuse('call.not_connected', {})
  return found
}

/** It may have ended since it was read. */
async function orClosed<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.not_found') refuse('session.closed', {})
    throw error
  }
}

const change = route({
  method: 'PUT',
  path: '/call/v1/calls/:session_id',
  needs: [updateCallOperation],
  read({ body, check }) {
    check(Change, body)
    return body['commands'] as unknown[]
  },
  async perform(call, commands) {
    const found = await upCall(call, true)
    const page = found.numberId === null ? undefined : flowOf(await detailOf(call, found.numberId))
    const verbs = verbsOf(commands, page, found.direction === 'in' ? found.to : found.from)
    // What is queued from now on are these commands: an event of one of them goes on among them.
    const memory = { queue: commands, ...(page && { handle: page }) }
    return (await orClosed(call.ask(updateCallOperation, { id: found.id, verbs, memory }))) as CallShown
  },
  write: callBody,
})

const hangUp = route({
  method: 'DELETE',
  path: '/call/v1/calls/:session_id',
  needs: [endCallOperation],
  read: () => undefined,
  async perform(call) {
    const { id } = await upCall(call, false)
    return (await orClosed(call.ask(endCallOperation, { id }))) as CallShown
  },
  write: callBody,
})

export const callRoutes = [place, read, change, hangUp]
