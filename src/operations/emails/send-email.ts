import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { queuedEmail } from '#email/queued-email.ts'
import { refuse } from '#reasons/refusal.ts'
import { createEmail, type EmailRow } from '#store/emails.ts'
import { OneOf, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { EmailAddress, emailTypes, emailView, EmailView } from './email-view.ts'

const shown = (_: Means, row: EmailRow) => emailView(row)

const Recipients = (description: string) =>
  Type.Array(EmailAddress('An e-mail address: name@domain, in ASCII.'), { maxItems: 50, description })

/** Accepted once it is durable; a loop hands it to the operator's mail server, and tries for a day. */
export const sendEmailOperation = operation({
  name: 'emails.send',
  summary: 'Send an e-mail',
  permission: 'emails.write',
  input: Type.Object(
    {
      from: EmailAddress('The sender. Whether it may be is for the mail server to say.'),
      to: Type.Array(EmailAddress('An e-mail address: name@domain, in ASCII.'), {
        minItems: 1,
        maxItems: 50,
        description: 'Recipients.',
      }),
      cc: Optional(Recipients('Recipients of a copy.')),
      bcc: Optional(Recipients('Recipients of a copy of whom the others are not told.')),
      subject: Type.String({ maxLength: 500, pattern: '^[^\\x00-\\x1f\\x7f]*$', description: 'Its subject, on one line.' }),
      body: Type.String({ minLength: 1, maxLength: 500_000, description: 'Its text or its HTML.' }),
      type: Optional(OneOf(emailTypes, 'What the body is; text/plain unless told.')),
    },
    { additionalProperties: false },
  ),
  output: EmailView,
  reasons: ['account.not_active', 'email.gateway_not_configured'],
  creates: true,
  route: { method: 'POST', path: '/emails', status: 202 },
  async run(means, { from, to, cc = [], bcc = [], subject, body, type = 'text/plain' }) {
    const { caller, nextId, clock } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    if (!means.canSendEmail()) refuse('email.gateway_not_configured')
    const row = queuedEmail(
      { id: nextId(), accountId: account.id, face: caller.face, from, to, cc, bcc, subject, body, type },
      clock.nowMs(),
    )
    return shown(means, await means.write(createEmail, { row, actor: actorOf(caller) }))
  },
  shown,
})
