// Sending messages, asking for them, calling them back, and who wants none. Reference section 11. What a person may send where
// is for the core's rules; here stands what this vendor's own parameters ask for.

import { cancelMessageOperation } from '#operations/messages/change-messages.ts'
import type { MessageValue } from '#operations/messages/message-view.ts'
import { readMessageOperation } from '#operations/messages/read-message.ts'
import { sendMessageOperation } from '#operations/messages/send-message.ts'
import { listOptOutsOperation } from '#operations/opt-outs/list-opt-outs.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import { digitsOf, readTelephone, stamp } from './formats.ts'
import { readFileName } from './media.ts'
import { readMessageRef, type MessageRefs } from './message-refs.ts'
import { messageTold, statusOf, type MessageFacts } from './message-told.ts'
import { choice, flag, list, must, type Parameter } from './parameters.ts'
import { deed, type Asked, type Deed, type DeedTable } from './routes.ts'

type MessageType = 'sms' | 'mms' | 'flash'
type Sent = ReadonlyMap<string, string>

const messageType = choice<MessageType>(new Map((['sms', 'mms', 'flash'] as const).map((type) => [type, type])), (given) =>
  refusal('message.type_unhandled', { type: given.slice(0, 40) }),
)

const pageMethod = choice<'GET' | 'POST'>(
  new Map([
    ['GET', 'GET'],
    ['POST', 'POST'],
  ]),
  (given, parameter) => refusal('webhook.method_invalid', { parameter, method: given.slice(0, 40), allowed: ['POST', 'GET'] }),
)

const page: Parameter<string> = {
  required: false,
  read: (value, parameter) =>
    /^https?:\/\/[^\s\p{Cc}]+$/iu.test(value) && value.length <= 2048 && URL.canParse(value)
      ? value
      : refusal('request.parameter_invalid', {
          parameter,
          value: value.slice(0, 100),
          expected: 'an absolute http or https address',
        }),
}

/** Without the + that E.164 has, which is added. */
const recipient: Parameter<string> = {
  required: false,
  read: (value) =>
    typeof readTelephone(value, 'to') === 'string'
      ? `+${value}`
      : refusal('message.recipient_invalid', { number: value.slice(0, 40) }),
}

/** So many digits are a number, fewer a short code; anything with a letter in it is a name. */
const numberDigits = 9

const sender: Parameter<string> = {
  required: false,
  read(value, parameter) {
    if (!/^\+?\d+$/.test(value)) return value.slice(0, 64)
    const read = readTelephone(value, parameter)
    return typeof read === 'string' && read.length >= numberDigits ? `+${read}` : read
  },
}

/** Of the content, whatever it is made of. */
const charactersAtMost = 1200

const content: Parameter<string> & { required: (sent: Sent) => boolean } = {
  // Empty is a fault where there is nothing else to send; that it is there at all is asked by the type.
  required: (sent) => sent.has('content') && sent.get('type') !== 'mms',
  read(value) {
    const lengthChars = [...value].length
    if (lengthChars > charactersAtMost)
      return refusal('message.content_too_long', { multipart: 'yes', lengthChars, maxLengthChars: charactersAtMost })
    return value
  },
}

/** Names hold slashes, so these are divided by commas. */
const files = list((name) => readFileName(name), ',')

const refused = (error: unknown, slug: Slug): boolean => error instanceof Refusal && error.reason === slug

const factsOf = ({ reason, updatedAt: atMs, ...message }: MessageValue): MessageFacts => ({
  ...message,
  why: reason && { reason: reason.slug as Slug, params: reason.params },
  atMs,
})

/** Gives message.parameter_required_for_type, message.parameter_not_for_type, message.media_not_allowed. */
function requireOfType(type: MessageType, { content: said, msg_media: media }: { content?: unknown; msg_media?: unknown }): void {
  if (type !== 'mms' && said === undefined) refuse('message.parameter_required_for_type', { type, parameter: 'content' })
  if (media === undefined) return
  if (type === 'flash') refuse('message.parameter_not_for_type', { type, parameter: 'msg_media' })
  // Before anybody looks for the files.
  if (type === 'sms') refuse('message.media_not_allowed')
}

const mostRefs = 1000

/** Each once, in their order, with the message behind it where there is one. */
function refsAsked({ refs, fields }: Asked<{ msg_refs: readonly string[] }>): [string, ReturnType<MessageRefs['read']>][] {
  const asked = [...new Set(fields.msg_refs)]
  if (asked.length > mostRefs)
    refuse('request.parameter_invalid', { parameter: 'msg_refs', expected: `at most ${mostRefs} references` })
  return asked.map((ref) => [ref, refs.read(ref)])
}

async function messageOf({ parts, caller }: Asked, id: number): Promise<MessageValue | undefined> {
  try {
    return await parts.run(readMessageOperation, caller, { id })
  } catch (error) {
    if (refused(error, 'resource.not_found')) return undefined
    throw error
  }
}

/** Undefined: there is no such message. */
async function cancel(asked: Asked, id: number): Promise<{ cancelled: boolean; message: MessageValue } | undefined> {
  const { parts, caller } = asked
  try {
    return { cancelled: true, message: await parts.run(cancelMessageOperation, caller, { id }) }
  } catch (error) {
    if (!refused(error, 'message.state_invalid') && !refused(error, 'resource.not_found')) throw error
    const message = await messageOf(asked, id)
    // Asking again for what was done is no fault.
    return message && { cancelled: message.state === 'canceled', message }
  }
}

const unknown = { status: 'unknown' }

const send: Deed = deed({
  parameters: {
    to: must(recipient),
    from: must(sender),
    content,
    type: messageType,
    msg_media: files,
    request_delivery_report: flag,
    status_page: page,
    status_method: pageMethod,
  },
  // Messages need a Production or Premium account.
  operations: [{ ...sendMessageOperation, closedTo: ['developer'] }],
  charged: true,
  async answer({ parts, caller, refs, fields, idempotencyKey }) {
    const { to, from, type = 'sms', msg_media: media, status_page: url, status_method: method = 'POST' } = fields
    requireOfType(type, fields)
    const { id, segments } = await parts.run(
      sendMessageOperation,
      caller,
      {
        from,
        to,
        text: fields.content ?? '',
        charactersAtMost,
        kind: type,
        report: fields.request_delivery_report ? 'required' : 'none',
        ...(media && { media: media.map((name) => ({ name })) }),
        ...(url !== undefined && { callback: { url, method } }),
      },
      { idempotencyKey, names: { text: 'content', media: 'msg_media' } },
    )
    return { msg_refs: refs.refsOf(id, segments) }
  },
})

const status: Deed = deed({
  parameters: { msg_refs: must(list(readMessageRef)) },
  operations: [readMessageOperation],
  async answer(asked) {
    const { refs } = asked
    const told: Record<string, object> = {}
    for (const [ref, found] of refsAsked(asked)) {
      const message = found && (await messageOf(asked, found.id))
      if (message) {
        const { msg_ref: _, ...rest } = messageTold(refs, factsOf(message), found.segment)
        told[ref] = rest
      } else told[ref] = unknown
    }
    return told
  },
})

/** What is told of a reference is told of its message: segments are not called back one by one. */
const callBack: Deed = deed({
  parameters: { msg_refs: must(list(readMessageRef)) },
  operations: [cancelMessageOperation],
  async answer(asked) {
    const told: Record<string, object> = {}
    const done = new Map<number, Awaited<ReturnType<typeof cancel>>>()
    for (const [ref, found] of refsAsked(asked)) {
      if (found && !done.has(found.id)) done.set(found.id, await cancel(asked, found.id))
      const { cancelled = false, message } = (found && done.get(found.id)) ?? {}
      told[ref] = { cancelled, status: message ? statusOf(message) : unknown.status }
    }
    return told
  },
})

/** A sender of the account: its number, or its name. */
const ownSender: Parameter<string> = {
  required: false,
  read: (value, parameter) => (/^[\x20-\x7e]{1,16}$/.test(value) ? sender.read(value, parameter) : badSender(value, parameter)),
}

const badSender = (value: string, parameter: string): Refusal =>
  refusal('request.parameter_invalid', { parameter, value: value.slice(0, 40), expected: 'a number or a name' })

const phone: Parameter<string> = {
  required: false,
  read(value, parameter) {
    const read = readTelephone(value, parameter)
    return typeof read === 'string' ? `+${read}` : read
  },
}

const everySender = '*'

/** By one side: from whom somebody wants no messages, or who wants none from a sender. */
const optOuts: Deed = deed({
  parameters: { to: phone, from: ownSender },
  operations: [listOptOutsOperation],
  async answer(asked) {
    const { to, from } = asked.fields
    const parameters = ['to', 'from']
    if (to === undefined && from === undefined) refuse('request.one_of_required', { parameters, set: 'to_from' })
    if (to !== undefined && from !== undefined) refuse('request.parameters_exclusive', { parameters, set: 'to_from' })
    if (to !== undefined) return optedOut(asked, { to })
    // Who wants nothing from the account wants nothing from this sender either.
    const senders = new Set([from, everySender])
    return (await Promise.all([...senders].map((one) => optedOut(asked, { from: one })))).flat()
  },
})

async function optedOut({ parts, caller }: Asked, side: { to?: string; from?: string | undefined }) {
  const told: { to: string; from: string; timestamp: string }[] = []
  for (let after: string | null | undefined; after !== null;) {
    const { items, next }: { items: { to: string; from: string; at: number }[]; next: string | null } = await parts.run(
      listOptOutsOperation,
      caller,
      { ...side, limit: 1000, ...(after !== undefined && { after }) },
    )
    for (const { to, from, at } of items) told.push({ to: digitsOf(to), from: digitsOf(from), timestamp: stamp(at) })
    after = next
  }
  return told
}

export const messageOperations: DeedTable = { msg_send: send, msg_status: status, msg_cancel: callBack, msg_optouts: optOuts }
