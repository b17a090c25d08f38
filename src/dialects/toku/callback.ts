// The URLs that a client gives with a request or for a service: where it is told, and with which method. GET has the fields in the
// query, POST in a form (reference section 11.1).

import { refuse } from '#reasons/refusal.ts'
import type { Fields } from './call.ts'

/** Gives webhook.method_invalid. */
export function methodIn(body: Fields, parameter: string): 'GET' | 'POST' | undefined {
  const value = body[parameter] as string | undefined
  const upper = value?.toUpperCase()
  if (upper === undefined || upper === 'GET' || upper === 'POST') return upper
  refuse('webhook.method_invalid', { parameter, method: value!, allowed: ['GET', 'POST'] })
}

/** Gives webhook.callback_url_invalid. What is no text at all is the check of the body's to tell, before or after. */
export function callbackUrlIn(body: Fields): string | undefined {
  const value = body['callback_url']
  if (typeof value !== 'string') return undefined
  const url = URL.parse(value)
  if (url && /^https?:$/.test(url.protocol) && url.hostname !== '' && !/\s/.test(value)) return value
  refuse('webhook.callback_url_invalid', { parameter: 'callback_url', value: value.slice(0, 100) })
}
