// An e-mail as the operations show it.

import Type, { type Static } from 'typebox'
import type { EmailRecipients, EmailRow } from '#store/emails.ts'
import { Id, Moment, OneOf } from '../fields.ts'

// RFC 5321 4.1.2, without quoted names and address literals, which nobody's mailbox has. ASCII: SMTPUTF8 is not spoken.
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

export const EmailAddress = (description: string) =>
  Type.String({
    pattern: `^(?=.{3,254}$)(?=[^@]{1,64}@)${atom}(?:\\.${atom})*@(?:${label}\\.)+${label}$`,
    maxLength: 254,
    description,
  })

export const emailTypes = ['text/plain', 'text/html'] as const

const Refused = (description: string) => Type.Union([Type.String({ description }), Type.Null()])

export const EmailView = Type.Object({
  id: Id('email'),
  accountId: Id('account'),
  from: Type.String(),
  to: Type.Array(Type.String()),
  cc: Type.Array(Type.String()),
  bcc: Type.Array(Type.String()),
  subject: Type.String(),
  body: Type.String(),
  type: OneOf(emailTypes, 'What the body is.'),
  state: OneOf(['queued', 'sent', 'failed'], 'Sent is: the mail server has it.'),
  reason: Refused('Why it failed or is still queued; of one that was sent: that some recipients were refused.'),
  cause: Refused("The mail server's words."),
  attempts: Type.Integer(),
  createdAt: Moment('When it was accepted.'),
  endedAt: Type.Union([Moment('When it was sent or had failed.'), Type.Null()]),
})

export function emailView(row: EmailRow): Static<typeof EmailView> {
  const { to, cc, bcc } = JSON.parse(row.recipients) as EmailRecipients
  return {
    id: row.id,
    accountId: row.account_id,
    from: row.sender,
    to: [...to],
    cc: [...cc],
    bcc: [...bcc],
    subject: row.subject,
    body: row.body,
    type: row.type as Static<typeof EmailView>['type'],
    state: row.state as Static<typeof EmailView>['state'],
    reason: row.reason,
    cause: row.cause,
    attempts: row.attempts,
    createdAt: row.created_ms,
    endedAt: row.ended_ms,
  }
}
