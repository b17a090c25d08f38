// Virtual handsets: the phones of the pretend network, to try a whole exchange without a carrier. An account sees what of its own
// messages a handset holds, and a handset writes to the account's own numbers only.

import Type from 'typebox'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { readNumberByNumber } from '#store/numbers.ts'
import { parseE164, senderOf } from '#values/e164.ts'
import { Done, Moment, OneOf, Optional, Text, WebUrl } from '../fields.ts'
import { operation } from '../operation.ts'

const Handset = Type.String({ minLength: 3, maxLength: 20, description: 'Number of the handset, E.164 with +.' })

const HandsetMessageView = Type.Object({
  id: Type.Integer({ description: 'Counts up over all handsets.' }),
  direction: OneOf(['received', 'sent'], 'Of the handset.'),
  peer: Type.String({ description: 'Whom it came from, or whom it went to.' }),
  kind: OneOf(['sms', 'flash', 'mms'], 'Kind of message.'),
  text: Type.String(),
  segments: Type.Integer(),
  subject: Type.String(),
  media: Type.Array(Type.Object({ url: Type.String(), type: Type.String(), sizeBytes: Type.Integer(), name: Type.String() })),
  at: Moment('When.'),
  read: Type.Boolean(),
})

/** Gives number.invalid. */
function handsetOf(text: string): string {
  const parsed = parseE164(text)
  return parsed?.isPossible ? parsed.number : refuse('number.invalid', { number: text, parameter: 'handset' })
}

export const listHandsetMessagesOperation = operation({
  name: 'handsets.messages',
  summary: 'Read what a virtual handset holds',
  permission: 'messages.read',
  input: Type.Object({ handset: Handset }, { additionalProperties: false }),
  output: Type.Object({ items: Type.Array(HandsetMessageView, { description: 'Newest first; at most 100 are kept.' }) }),
  reasons: ['number.invalid'],
  route: { method: 'GET', path: '/handsets/{handset}/messages' },
  async run({ caller, handsets }, { handset }) {
    const messages = handsets.messages(caller.account.id, handsetOf(handset))
    return {
      items: messages.map(({ id, direction, peer, kind, text, segments, subject, media, atMs, read }) => ({
        id,
        direction,
        peer,
        kind,
        text,
        segments,
        subject,
        media: media.map(({ url, type, sizeBytes, name }) => ({ url, type, sizeBytes, name })),
        at: atMs,
        read,
      })),
    }
  },
})

export const sendFromHandsetOperation = operation({
  name: 'handsets.send',
  summary: 'Send a message from a virtual handset',
  permission: 'messages.write',
  input: Type.Object(
    {
      handset: Handset,
      to: Type.String({ minLength: 3, maxLength: 20, description: "One of the account's numbers." }),
      text: Type.String({ maxLength: 10_000, description: 'A long text arrives segment by segment.' }),
      subject: Optional(Text(200, 'Of an MMS.')),
      media: Optional(
        Type.Array(
          Type.Object(
            { url: WebUrl('Where it is fetched.'), type: Text(100, 'Media type.'), name: Optional(Text(200, 'File name.')) },
            { additionalProperties: false },
          ),
          { maxItems: 10, description: 'Makes it an MMS.' },
        ),
      ),
    },
    { additionalProperties: false },
  ),
  output: Done,
  reasons: ['number.invalid', 'number.not_owned', 'message.gateway_not_found', 'message.gateway_unreachable'],
  route: { method: 'POST', path: '/handsets/{handset}/messages' },
  async run({ caller, read, handsets }, { handset, to, text, subject, media }) {
    const from = handsetOf(handset)
    const party = senderOf(to)
    const number = await readNumberByNumber(read, party.kind === 'invalid' ? to : party.sender)
    if (number?.account_id !== caller.account.id) refuse('number.not_owned', { number: to })
    const told = await handsets.send(caller.account.id, {
      handset: from,
      to: number.number,
      text,
      ...(subject !== undefined && { subject }),
      ...(media && { media: media.map(({ url, type, name = '' }) => ({ url, type, name, sizeBytes: 0 })) }),
    })
    if (!told.taken) throw new Refusal(told.reason)
    return { done: true }
  },
})

export const readHandsetMessagesOperation = operation({
  name: 'handsets.read',
  summary: "Mark a virtual handset's messages as read",
  permission: 'messages.write',
  input: Type.Object(
    { handset: Handset, upTo: Type.Integer({ minimum: 0, description: 'Id of the last message read.' }) },
    { additionalProperties: false },
  ),
  output: Type.Object({ read: Type.Integer({ description: 'How many became read.' }) }),
  reasons: ['number.invalid'],
  route: { method: 'POST', path: '/handsets/{handset}/read' },
  run: async ({ caller, handsets }, { handset, upTo }) => ({
    read: handsets.markRead(caller.account.id, handsetOf(handset), upTo),
  }),
})
