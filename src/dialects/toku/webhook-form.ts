// What clients are told of messages: how one that they sent goes, and one that came to a number of the service SMS. GET has the
// fields in the query, POST in a form, as with calls (reference section 11.1). No signature is published; the answer is not read.

import { loadAccount } from '#accounts/account.ts'
import type { MessageSubject } from '#messaging/message-subject.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Params } from '#reasons/refusal.ts'
import type { Rendered, WebhookForm } from '#webhooks/webhook-form.ts'
import { plainNumber } from './formats.ts'
import { TokuIds } from './ids.ts'
import { errorOf, messageFields } from './message-fields.ts'

export function tokuWebhookForm({ store, key }: FaceParts): WebhookForm {
  const ids = new TokuIds(key)
  return {
    face: 'toku',
    // Three more tries (reference section 11.1).
    retryAfterMs: [5_000, 30_000, 120_000],
    async render(target, { happenedMs }): Promise<Rendered> {
      const message = target.subject as MessageSubject
      const account = await loadAccount(store, target.accountId)
      if (!account) throw new Error('a message is told of an account that is gone')
      const { reason, params } = message
      const why = reason === null ? null : { reason: reason as Slug, params: params as Params }
      const { code, message: words } = errorOf({ ...message, why })
      const fields = new URLSearchParams({
        result: String(code),
        result_desc: words,
        service_name: 'SMS',
        ...(message.direction === 'in' && { number: plainNumber(message.to) }),
      })
      const shown = messageFields({ ...message, why }, ids, account, happenedMs)
      for (const [name, value] of Object.entries(shown)) fields.append(name, String(value))
      if (target.method === 'POST') {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' }
        return { method: 'POST', url: target.url, headers, body: fields.toString() }
      }
      const url = new URL(target.url)
      for (const [name, value] of fields) url.searchParams.set(name, value)
      return { method: 'GET', url: url.href, headers: {}, body: '' }
    },
  }
}
