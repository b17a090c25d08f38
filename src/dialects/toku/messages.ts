// SMS (reference section 14). The answer to sending waits for the gateway, so that its failures are heard at once: such a message
// is over, nothing of it is sent later. Several recipients are several messages. Reading one and taking one back that
// waits for its time are ours: the vendor publishes only sending.

import Type from 'typebox'
import { cancelMessageOperation } from '#operations/messages/change-messages.ts'
import type { MessageValue } from '#operations/messages/message-view.ts'
import { readMessageOperation } from '#operations/messages/read-message.ts'
import { sendMessageOperation } from '#operations/messages/send-message.ts'
import { Optional } from '#operations/fields.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { codeOf } from '#reasons/dictionary.ts'
import { Refusal, refuse, type Params } from '#reasons/refusal.ts'
import { parseE164, senderOf } from '#values/e164.ts'
import { callbackUrlIn, methodIn } from './callback.ts'
import { given, route, type Body, type Call } from './call.ts'
import { codes } from './codes.ts'
import { plainNumber, readLocalTime } from './formats.ts'
import { messageFields } from './message-fields.ts'

const recipientsAtMost = 100

/** Longer than an SMPP gateway is usually given for its answer. */
const awaitMs = 35_000

const Send = Type.Object({
  from: Type.String({ maxLength: 64 }),
  to: Type.String({ maxLength: 20 * recipientsAtMost }),
  message: Type.String({ maxLength: 10_000 }),
  send_time: Optional(Type.String({ maxLength: 64 })),
  callback_url: Optional(Type.String({ maxLength: 2048 })),
  callback_method: Optional(Type.String({ maxLength: 16 })),
})

/** Gives message.sender_invalid. */
function senderIn(text: string): string {
  if (senderOf(text).kind === 'invalid') refuse('message.sender_invalid', { number: text })
  return text
}

/** Digits with country code, a leading + is taken. Gives message.recipient_invalid. */
function recipientsIn(text: string): string[] {
  const recipients = text.split(',').map((one) => {
    const digits = plainNumber(one.trim())
    const number = /^\d+$/.test(digits) ? parseE164(`+${digits}`) : undefined
    return number?.isPossible ? number.number : refuse('message.recipient_invalid', { number: one.trim().slice(0, 64) })
  })
  if (recipients.length > recipientsAtMost) refuse('request.batch_too_large', { limit: recipientsAtMost })
  return [...new Set(recipients)]
}

/** Gives message.date_malformed. */
function sendTimeIn({ caller, body }: Call): number | undefined {
  const value = body['send_time'] as string | undefined
  if (value === undefined) return undefined
  try {
    return readLocalTime(caller.account, 'send_time', value)
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'request.date_invalid') throw error
    refuse('message.date_malformed', { parameter: 'send_time', value: value.slice(0, 40), expected: 'YYYY-MM-DD hh:mm:ss' })
  }
}

/** The fields in the order of section 14; what is neither there nor text was told before. */
function readSend(call: Call) {
  const { body, check } = call
  check(Send, body)
  const from = senderIn(body['from'] as string)
  const to = recipientsIn(body['to'] as string)
  const text = body['message'] as string
  if (text.trim() === '') refuse('message.empty')
  const sendAt = sendTimeIn(call)
  const url = callbackUrlIn(body)
  const method = methodIn(body, 'callback_method') ?? 'POST'
  const reference = body['reference_id'] === undefined ? undefined : String(body['reference_id'])
  return { to, wish: given({ from, text, sendAt, reference, callback: url === undefined ? undefined : { url, method } }) }
}

type Sent = { readonly to: string; readonly message: MessageValue } | { readonly to: string; readonly refused: Refusal }

async function sendOne(call: Call, input: object, to: string, key: string | undefined): Promise<Sent> {
  const asked = { ...input, to, awaitMs, onceOnly: true, carrierMustBeUp: true, creditFirst: true }
  try {
    return {
      to,
      message: await call.ask(sendMessageOperation, asked, { names, ...(key !== undefined && { idempotencyKey: key }) }),
    }
  } catch (error) {
    if (error instanceof Refusal) return { to, refused: error }
    throw error
  }
}

const names = { text: 'message', sendAt: 'send_time', 'callback.url': 'callback_url' }

/** Refused only when all are, for what the first was. */
const send = route({
  method: 'POST',
  path: '/sms/v1/messages',
  needs: [sendMessageOperation],
  read: readSend,
  async perform(call, { to, wish }) {
    const { idempotencyKey } = call
    const sent = await Promise.all(
      // Each message has a key of its own under the client's.
      to.map((one, at) =>
        sendOne(call, wish, one, idempotencyKey === undefined || at === 0 ? undefined : `${idempotencyKey}#${at}`),
      ),
    )
    const [first] = sent
    if (sent.every((one) => 'refused' in one)) throw (first as { refused: Refusal }).refused
    return sent
  },
  write({ ids }, sent) {
    const first = sent.find((one) => 'message' in one)!
    const message_id = ids.show('message', (first as { message: MessageValue }).message.id)
    return sent.length === 1 ? { message_id } : { message_id, messages: sent.map((one) => itemBody(one, ids)) }
  },
  made: ({ ids }, sent) => {
    const first = sent.find((one) => 'message' in one) as { message: MessageValue }
    return `/sms/v1/messages/${ids.show('message', first.message.id)}`
  },
})

function itemBody(one: Sent, ids: Call['ids']): Body {
  const to = plainNumber(one.to)
  if ('message' in one) return { to, result: 0, result_desc: 'success', message_id: ids.show('message', one.message.id) }
  const { code, message } = codeOf(codes, one.refused)
  return { to, result: Number(code ?? -1), result_desc: message }
}

const messageInPath = ({ params, ids }: Call): { id: number } => {
  const id = ids.read('message', params['message_id']!)
  return { id: id ?? refuse('resource.not_found', { noun: 'message', parameter: 'message_id' }) }
}

const one = {
  path: '/sms/v1/messages/:message_id',
  read: messageInPath,
  write({ ids, caller, nowMs }: Call, message: MessageValue): Body {
    const { reference, createdAt, sentAt, endedAt, reason } = message
    const times = { createdMs: createdAt, sentMs: sentAt, endedMs: endedAt }
    const why = reason && { reason: reason.slug as Slug, params: reason.params as Params }
    return messageFields({ ...message, ...times, clientRef: reference, why }, ids, caller.account, nowMs)
  },
}

const read = route({
  method: 'GET',
  ...one,
  needs: [readMessageOperation],
  perform: async (call, input) => (await call.ask(readMessageOperation, input)) as MessageValue,
})

const cancel = route({
  method: 'DELETE',
  ...one,
  needs: [cancelMessageOperation],
  perform: async (call, input) => (await call.ask(cancelMessageOperation, input)) as MessageValue,
})

export const messageRoutes = [send, read, cancel]
