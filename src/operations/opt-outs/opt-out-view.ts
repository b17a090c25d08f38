// An opt-out as the operations show it, and the fields by which they name one.

import Type, { type Static } from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { everySender, type OptOutRow } from '#store/opt-outs.ts'
import { Moment, OneOf } from '../fields.ts'
import { e164 } from '../numbers/number-input.ts'

export const Recipient = Type.String({ minLength: 2, maxLength: 32, description: 'Number of who wants no messages.' })
export const Sender = Type.String({
  minLength: 1,
  maxLength: 32,
  description: 'The number, short code or name that is not to send to it; * for all that the account has.',
})

export const OptOutView = Type.Object({
  to: Type.String({ description: 'Number of who wants no messages.' }),
  from: Type.String({ description: 'From whom; * for all senders of the account.' }),
  origin: OneOf(['message', 'api'], 'message: the recipient wrote a word such as STOP; api: the account set it.'),
  at: Moment('Since when.'),
})

export function optOutView(row: OptOutRow): Static<typeof OptOutView> {
  return {
    to: row.recipient,
    from: row.sender,
    origin: row.origin as Static<typeof OptOutView>['origin'],
    at: row.at_ms,
  }
}

/** A number in E.164, a short code or a name as it is. Gives number.invalid, message.sender_invalid. */
export function senderOf(text: string): string {
  if (text === everySender || /^\d{3,8}$/.test(text)) return text
  if (/^\+?\d+$/.test(text)) return e164(text)
  if (!/^[\x20-\x7e]{1,16}$/.test(text)) refuse('message.sender_invalid', { number: text })
  return text
}

/** The last pair of a page as a text, and back. Gives request.cursor_invalid. */
export const showPair = ({ recipient, sender }: Pick<OptOutRow, 'recipient' | 'sender'>): string =>
  Buffer.from(`${recipient}\n${sender}`).toString('base64url')

export function readPair(text: string): Pick<OptOutRow, 'recipient' | 'sender'> {
  const [recipient, sender, ...rest] = Buffer.from(text, 'base64url').toString().split('\n')
  if (recipient === undefined || sender === undefined || rest.length > 0) refuse('request.cursor_invalid', { parameter: 'after' })
  return { recipient, sender }
}
