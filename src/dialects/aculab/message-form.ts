// How messages are told of at this vendor's pages: status updates at the `status_page` of msg_send, received messages at the
// notification page of the number's inbound service. JSON by POST, the same names in the query by GET. No signature is documented, so
// none is made. Reference section 11. Calls are told of once, at their final page.

import type { MessageSubject } from '#messaging/message-subject.ts'
import type { Script } from '#numbers/inbound-target.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Rendered, Target, WebhookForm } from '#webhooks/webhook-form.ts'
import { faceName } from './auth.ts'
import { finalPageRequest } from './call-told.ts'
import { InstanceIds } from './instance-ids.ts'
import { messageTold } from './message-told.ts'
import { MessageRefs } from './message-refs.ts'

export function messageForm({ key, store }: Pick<FaceParts, 'key' | 'store'>): WebhookForm {
  const refs = new MessageRefs(key)
  const ids = new InstanceIds(key)

  function fieldsOf(subject: MessageSubject) {
    const { reason, params, happenedMs: atMs, segment, direction, text, media } = subject
    const why = reason === null ? null : { reason: reason as Slug, params }
    const told = messageTold(refs, { ...subject, why, atMs }, segment)
    if (direction === 'out') return told
    return { ...told, content: text, ...(media.length > 0 && { msg_media: media.map(({ name }) => name) }) }
  }

  return {
    face: faceName,
    render(target: Target): Rendered | Promise<Rendered> {
      if (target.noun === 'calls') return finalPageRequest({ read: store, ids }, target)
      const { method, url, subject, errorId } = target
      const fields = fieldsOf(subject as MessageSubject)
      const { reason } = subject as MessageSubject
      const headers: Record<string, string> = {
        ...(reason !== null && { 'offhook-reason': reason }),
        ...(errorId && { 'offhook-error-id': errorId }),
      }
      if (method === 'POST')
        return { method, url, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(fields) }
      const asked = new URL(url)
      for (const [name, value] of Object.entries(fields)) asked.searchParams.set(name, String(value))
      return { method, url: asked.href, headers, body: '' }
    },
  }
}

/** Where an inbound service wants to be told of messages; its schema holds the address to http and https. */
export function notificationPage(configuration: unknown): Script | undefined {
  const { messages } = (configuration ?? {}) as { messages?: { notification_page?: { address?: unknown; method?: unknown } } }
  const { address, method } = messages?.notification_page ?? {}
  if (typeof address !== 'string' || !/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined
  return { url: address, method: method === 'GET' ? 'GET' : 'POST' }
}
