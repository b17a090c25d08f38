// SMS: sending one and many, calling back, reading, the outcome that a client measured, and forgetting (reference section 6.1 to 6.7),
// with the older paths to the same (section 18). What the sender could not foresee is a message REJECTED, not an error.

import {
  cancelBatchOperation,
  cancelMessageOperation,
  noteOutcomeOperation,
  redactMessageOperation,
} from '#operations/messages/change-messages.ts'
import { keptHeaders } from '#operations/messages/kept-headers.ts'
import type { MessageValue } from '#operations/messages/message-view.ts'
import { readMessageOperation } from '#operations/messages/read-message.ts'
import { sendBatchOperation } from '#operations/messages/send-batch.ts'
import type { SendValue } from '#operations/messages/send-input.ts'
import { sendMessageOperation } from '#operations/messages/send-message.ts'
import { listNumbersOperation } from '#operations/numbers/list-numbers.ts'
import { detailOf, Refusal, refuse } from '#reasons/refusal.ts'
import { empty, json, told } from './formats.ts'
import type { Route, Visit } from './knock.ts'
import { messageInput, requireClientIp } from './message-input.ts'
import { detailShown, encodingShown } from './message-shown.ts'

type Given = Readonly<Record<string, unknown>>

const objectIn = (value: unknown, parameter = 'body'): Given => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Given
  return refuse('request.parameter_invalid', { parameter, value: typeof value, expected: 'an object' })
}

/** What stands for the sender where none is named. */
const nobody = 'SMS'

/** The sub-account's first number that sends, else letters that name nobody; asked for once. */
function sourceOf({ parts, caller }: Visit): () => Promise<string> {
  let found: Promise<string> | undefined
  const first = async (): Promise<string> => {
    if (!caller.permissions.has('numbers.read')) return nobody
    const { items } = await parts.run(listNumbersOperation, caller, { oldestFirst: true, limit: 50 })
    return items.find(({ status, capabilities }) => status === 'active' && capabilities.sms)?.number ?? nobody
  }
  return () => (found ??= first())
}

function sentShown({ ids }: Visit, message: MessageValue): object {
  const { state, reason } = message
  return {
    umid: ids.guid('message', message.id),
    ...told('clientMessageId', message.reference),
    destination: message.to.replace('+', ''),
    encoding: encodingShown(message),
    status:
      state === 'failed'
        ? { code: 'REJECTED', description: reason?.detail ?? '' }
        : { code: 'QUEUED', description: 'queued for sending' },
  }
}

async function send(visit: Visit) {
  const { parts, caller, body, idempotencyKey } = visit
  const input = await messageInput(objectIn(body), parts.clock.nowMs(), sourceOf(visit))
  const message = await parts.run(sendMessageOperation, caller, input, { idempotencyKey })
  const answer = json(200, sentShown(visit, message))
  return { ...answer, headers: { ...answer.headers, ...keptHeaders(message) } }
}

const manyAtMost = 10_000
const batchIdChars = 20
const templateFields = ['source', 'text', 'encoding', 'scheduled', 'expiry', 'dlrCallbackUrl'] as const

/** What each message of a batch asks for; its own fields go before the template's. Gives request.one_of_required, request.batch_too_large. */
function itemsOf(body: Given): Given[] {
  const { messages, destinations } = body
  const given = Object.entries(
    body['template'] === undefined || body['template'] === null ? {} : objectIn(body['template'], 'template'),
  )
  const template = Object.fromEntries(given.filter(([name]) => (templateFields as readonly string[]).includes(name)))
  const list = messages ?? destinations
  const parameter = messages !== undefined && messages !== null ? 'messages' : 'destinations'
  if (list === undefined || list === null) refuse('request.one_of_required', { parameters: ['messages', 'destinations'] })
  if (!Array.isArray(list) || list.length === 0)
    refuse('request.parameter_invalid', { parameter, value: typeof list, expected: 'an array with something in it' })
  if (list.length > manyAtMost) refuse('request.batch_too_large', { limit: manyAtMost })
  return list.map((one: unknown) => {
    if (parameter === 'destinations') return { ...template, destination: one }
    const own = typeof one === 'object' && one !== null && !Array.isArray(one) ? (one as Given) : {}
    return { ...template, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== null)) }
  })
}

function rejectedShown({ clientMessageId, destination }: Given, why: string): object {
  return {
    umid: null,
    ...(typeof clientMessageId === 'string' && told('clientMessageId', clientMessageId)),
    ...(typeof destination === 'string' && { destination: destination.replace('+', '') }),
    status: { code: 'REJECTED', description: why },
  }
}

async function sendMany(visit: Visit) {
  const { parts, ids, caller, idempotencyKey } = visit
  const body = objectIn(visit.body)
  const clientBatchId = batchIdOf(body)
  requireClientIp(body)
  const now = parts.clock.nowMs()
  const source = sourceOf(visit)
  const items = itemsOf(body)
  const inputs: (SendValue | string)[] = []
  for (const item of items) inputs.push(await inputOr(item, now, source, clientBatchId))
  const messages = inputs.filter((one) => typeof one !== 'string')
  const sent =
    messages.length === 0
      ? undefined
      : await parts.run(sendBatchOperation, caller, { messages, reference: clientBatchId ?? '' }, { idempotencyKey })
  const outcomes = sent?.items.values()
  const shown = items.map((item, at) => {
    const input = inputs[at]!
    if (typeof input === 'string') return rejectedShown(item, input)
    const { message, refused } = outcomes!.next().value!
    return message ? sentShown(visit, message) : rejectedShown(item, refused!.detail)
  })
  const acceptedCount = sent?.batch.accepted ?? 0
  return json(200, {
    // Of a batch in which nothing could be sent nothing is kept, and there is nothing to call back.
    batchId: ids.guid('messageBatch', sent?.batch.id ?? parts.nextId()),
    clientBatchId: clientBatchId ?? null,
    acceptedCount,
    rejectedCount: items.length - acceptedCount,
    messages: body['includeMessagesInResponse'] === true ? shown : null,
  })
}

function batchIdOf({ clientBatchId }: Given): string | undefined {
  if (clientBatchId === undefined || clientBatchId === null) return undefined
  const parameter = 'clientBatchId'
  if (typeof clientBatchId !== 'string')
    refuse('request.parameter_invalid', { parameter, value: String(clientBatchId).slice(0, 60), expected: 'text' })
  if (clientBatchId.length > batchIdChars) refuse('request.parameter_too_long', { parameter, maxLengthChars: batchIdChars })
  return clientBatchId
}

/** What it asks for, or why it cannot be: in a batch that is told of each for itself. */
async function inputOr(item: Given, now: number, source: () => Promise<string>, clientBatchId: string | undefined) {
  try {
    const input = await messageInput(item, now, source)
    return clientBatchId === undefined ? input : { ...input, custom: { ...input.custom, clientBatchId } }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return detailOf(error)
  }
}

/** Gives request.parameter_invalid for what is no GUID, resource.not_found. */
function idIn({ ids, params }: Visit, kind: 'message' | 'messageBatch' = 'message'): number {
  const parameter = kind === 'message' ? 'umid' : 'batchId'
  const id = ids.readGuid(kind, parameter, params[parameter]!)
  return id ?? refuse('resource.not_found', { noun: 'message', parameter })
}

/** What `ask` is refused for with one of these reasons is told as nothing done. */
async function orNothing<T>(ask: () => Promise<T>, reasons: readonly string[]): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Refusal && reasons.includes(error.reason)) return undefined
    throw error
  }
}

async function cancel(visit: Visit) {
  const { parts, caller } = visit
  const id = idIn(visit)
  const done = await orNothing(() => parts.run(cancelMessageOperation, caller, { id }), ['message.state_invalid'])
  return json(200, { cancelledCount: done ? 1 : 0 })
}

/** No 404 is documented for a batch that is not there (section 6.3). */
async function cancelMany(visit: Visit) {
  const { parts, ids, caller, params } = visit
  const id = ids.readGuid('messageBatch', 'batchId', params['batchId']!)
  const done =
    id === undefined ? undefined : await orNothing(() => parts.run(cancelBatchOperation, caller, { id }), ['resource.not_found'])
  return json(200, { cancelledCount: done?.canceled ?? 0 })
}

/** One a second for a sub-account (section 5). */
const reads = { limit: 1, windowMs: 1000, scope: 'api' } as const

async function read(visit: Visit) {
  const { parts, ids, caller } = visit
  const id = idIn(visit)
  await parts.rates.take({ ...reads, bucket: `8x8 details ${caller.account.id}` })
  const message = await parts.run(readMessageOperation, caller, { id })
  const subAccountId = await ids.subAccountId(parts.store, message.accountId)
  return json(200, detailShown(ids, message, subAccountId, parts.settings.options()['masking'] !== false))
}

async function feedback(visit: Visit) {
  const { parts, caller } = visit
  const id = idIn(visit)
  const body = objectIn(visit.body)
  const { outcome, timestamp: at } = body
  if (outcome === undefined) refuse('request.parameter_missing', { parameter: 'outcome', location: 'payload' })
  if (outcome !== 'success' && outcome !== 'failure')
    refuse('request.parameter_invalid', {
      parameter: 'outcome',
      value: String(outcome).slice(0, 60),
      expected: 'success or failure',
    })
  const atMs = at === undefined || at === null ? parts.clock.nowMs() : typeof at === 'string' ? Date.parse(at) : NaN
  if (Number.isNaN(atMs))
    refuse('request.parameter_invalid', {
      parameter: 'timestamp',
      value: String(at).slice(0, 60),
      expected: 'a moment in ISO 8601',
    })
  await parts.run(noteOutcomeOperation, caller, { id, outcome, measuredAt: atMs })
  return empty(200)
}

async function forget(visit: Visit) {
  const { parts, caller } = visit
  await parts.run(redactMessageOperation, caller, { id: idIn(visit) })
  return empty(202)
}

const base = '/api/v1/subaccounts/{subAccountId}/messages'
const old = '/sms/v1/{subAccountId}'
const write = { permission: 'messages.write' } as const

export const messageRoutes: readonly Route[] = [
  { method: 'POST', path: base, ...write, answer: send },
  { method: 'POST', path: `${base}/batch`, ...write, answer: sendMany },
  { method: 'DELETE', path: `${base}/batch/{batchId}`, ...write, answer: cancelMany },
  { method: 'GET', path: `${base}/{umid}`, permission: 'messages.read', answer: read },
  { method: 'DELETE', path: `${base}/{umid}`, ...write, answer: cancel },
  { method: 'POST', path: `${base}/{umid}/feedback`, ...write, answer: feedback },
  { method: 'DELETE', path: `${base}/{umid}/pii`, ...write, answer: forget },
  { method: 'POST', path: `${old}/single`, ...write, answer: send },
  { method: 'DELETE', path: `${old}/single/{umid}`, ...write, answer: cancel },
  { method: 'POST', path: `${old}/many`, ...write, answer: sendMany },
  { method: 'POST', path: `${old}/many/compact`, ...write, answer: sendMany },
  { method: 'DELETE', path: `${old}/many/{batchId}`, ...write, answer: cancelMany },
]
