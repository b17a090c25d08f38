// Requests to customers' URLs: fields in a form, or in the query; and what every request for a script of a message carries.

import { MediaUrls } from '#messaging/media-urls.ts'
import type { MessageSubject } from '#messaging/message-subject.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Rendered } from '#webhooks/webhook-form.ts'
import type { Sids } from './ids.ts'

export type Pairs = (readonly [name: string, value: string])[]

/** As a form, or in the query. */
export function requestOf(
  method: 'GET' | 'POST',
  url: string,
  pairs: Pairs,
  headers: Readonly<Record<string, string>> = {},
): Rendered {
  const fields = new URLSearchParams(pairs.map(([name, value]) => [name, value]))
  if (method === 'POST') {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    return { method, url, headers: { ...type, ...headers }, body: fields.toString() }
  }
  const whole = new URL(url)
  for (const [name, value] of fields) whole.searchParams.append(name, value)
  return { method, url: whole.href, headers, body: '' }
}

/** What every request for a script of a message carries (reference 23.2); the newer platform's name of the sid besides. */
export async function sessionFields(parts: FaceParts, sids: Sids, message: MessageSubject): Promise<Pairs> {
  const sid = sids.show('SM', message.id)
  const channel = message.kind === 'mms' ? 'mms:' : ''
  const urls = new MediaUrls(parts.key, parts.clock, parts.settings.publicUrl)
  const media = message.media.flatMap(({ id, type }, at): Pairs => [
    [`MediaUrl${at}`, urls.urlOf(id)],
    [`MediaContentType${at}`, type],
  ])
  return [
    ['SmsSid', sid],
    ['MessageSid', sid],
    ['AccountSid', await sids.ofAccount(message.account)],
    ['From', channel + message.from],
    ['To', channel + message.to],
    ['Body', message.text],
    ...(message.kind === 'mms' ? ([['NumMedia', String(message.media.length)], ...media] as const) : []),
  ]
}
