// E-mails (reference 22): one is sent, and there is no way to ask for it later; what became of it is told by the native API.

import { sendEmailOperation } from '#operations/emails/send-email.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { isoText } from './formats.ts'
import type { Ask } from './knock.ts'
import { writeOne } from './write.ts'

/** Reference 22: what is longer is cut. */
const subjectChars = 160

/** A comma list: refusals name the parameter, whichever of its addresses is at fault. */
const namesOf = (field: string, parameter: string): [string, string][] =>
  Array.from({ length: 51 }, (_, index) => [index === 50 ? field : `${field}.${index}`, parameter])

const names = Object.fromEntries([['from', 'From'], ...namesOf('to', 'To'), ...namesOf('cc', 'CC'), ...namesOf('bcc', 'BCC')])

const types = ['text/plain', 'text/html'] as const

function typeOf(text: string | undefined): (typeof types)[number] {
  const [plain = ''] = (text ?? 'text/plain').toLowerCase().split(';')
  return (
    types.find((type) => type === plain.trim()) ??
    refuse('request.parameter_invalid', { parameter: 'Type', value: text!.slice(0, 60), expected: `one of ${types.join(', ')}` })
  )
}

const listOf = (text: string | undefined): string[] => (text === undefined ? [] : text.split(',').map((one) => one.trim()))

/** Cut between characters, never within one. */
const cut = (subject: string): string =>
  subject
    .slice(0, subjectChars)
    .toWellFormed()
    .replace(/\ufffd$/, '')

export async function sendEmail(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, fields, json, accountSid, idempotencyKey } = ask
  const from = fields.required('From')
  const to = fields.required('To')
  const subject = fields.required('Subject')
  const body = fields.required('Body')
  const sent = await means.parts.run(
    sendEmailOperation,
    caller,
    {
      from: from.trim(),
      to: listOf(to),
      cc: listOf(fields.filled('CC')),
      bcc: listOf(fields.filled('BCC')),
      // A subject is one line.
      subject: cut(subject.replaceAll(/[\r\n\t]+/g, ' ')),
      body,
      type: typeOf(fields.filled('Type')),
    },
    { idempotencyKey, names },
  )
  return writeOne(json, 'EmailMessage', {
    date_sent: isoText(sent.createdAt),
    account_sid: accountSid,
    from: sent.from,
    to: sent.to.join(','),
    body: sent.body,
    subject: sent.subject,
  })
}
