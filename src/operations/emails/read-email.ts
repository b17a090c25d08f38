import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { counted } from '#store/counters.ts'
import { listEmails, readEmail } from '#store/emails.ts'
import { Id, OneOf, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { emailView, EmailView } from './email-view.ts'

export const readEmailOperation = operation({
  name: 'emails.read',
  summary: 'Read an e-mail and what became of it',
  permission: 'emails.read',
  input: Type.Object({ id: Id('email') }, { additionalProperties: false }),
  output: EmailView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/emails/{id}' },
  async run({ caller, read }, { id }) {
    const row = await readEmail(read, caller.account.id, id)
    return row ? emailView(row) : refuse('resource.not_found', { noun: 'email' })
  },
})

export const listEmailsOperation = operation({
  name: 'emails.list',
  summary: 'List e-mails',
  permission: 'emails.read',
  input: PageOf({ state: Optional(OneOf(['queued', 'sent', 'failed'], 'Where they stand.')) }),
  output: Page(EmailView),
  reasons: [],
  route: { method: 'GET', path: '/emails' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst, ...where }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listEmails(read, { scope, after, skip, oldestFirst, limit: limit + 1, where })
    const total = Object.keys(where).length === 0 ? await counted(read, scope, 'emails') : undefined
    return pageFrom(rows, limit, emailView, total)
  },
})
