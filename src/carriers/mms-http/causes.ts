// The gateway's words for what went wrong, and ours. docs/mms-carrier.md lists them for whoever writes a gateway.

import type { Cause } from '#messaging/sms-carrier.ts'

type Meaning = Omit<Cause, 'raw'>

/** A word in `error` of a refused message or in `cause` of a receipt. */
export const causes: Readonly<Record<string, Meaning>> = {
  recipient_invalid: { reason: 'message.recipient_invalid', next: 'never' },
  recipient_unknown: { reason: 'message.handset_unknown', next: 'never' },
  recipient_unreachable: { reason: 'message.handset_unreachable', next: 'again' },
  recipient_landline: { reason: 'message.landline', next: 'never' },
  recipient_opted_out: { reason: 'message.recipient_opted_out', next: 'never' },
  sender_invalid: { reason: 'message.sender_invalid', next: 'elsewhere' },
  sender_not_enabled: { reason: 'message.sender_not_enabled', next: 'elsewhere' },
  blocked: { reason: 'message.blocked', next: 'never' },
  content_rejected: { reason: 'message.carrier_violation', next: 'never' },
  media_rejected: { reason: 'message.media_unusable', next: 'never' },
  // Our own link did not answer: that is nothing the sender can change.
  media_not_fetched: { reason: 'message.send_failed', params: { cause: 'media not fetched' }, next: 'again', attemptsAtMost: 4 },
  too_large: { reason: 'message.too_large', next: 'elsewhere' },
  no_route: { reason: 'message.carrier_unreachable', next: 'elsewhere' },
  throttled: { reason: 'message.carrier_throttled', next: 'again' },
  busy: { reason: 'message.send_failed', next: 'again' },
  expired: { reason: 'message.delivery_timeout', next: 'never' },
}

const unknown: Meaning = { reason: 'message.unknown_error', next: 'never' }

/** A word that is not in the table says no more than that it failed. */
export function causeOf(word: string, raw: string): Cause {
  return { ...(Object.hasOwn(causes, word) ? causes[word]! : unknown), raw }
}

/** A refusal without a word that we know, by its status (RFC 9110 15). */
export function causeOfStatus(status: number, raw: string): Cause {
  if (status === 429) return { ...causes['throttled']!, raw }
  // Who we are to the gateway, or where it is, is wrong: another carrier may do.
  if ([401, 403, 404, 405].includes(status)) return { reason: 'message.gateway_unreachable', raw, next: 'elsewhere' }
  if (status === 413) return { ...causes['too_large']!, raw }
  if (status < 500) return { ...unknown, raw, next: 'elsewhere' }
  // 502 and 504 tell of somebody behind: who may have it.
  return { ...causes['busy']!, raw, mayHaveTaken: status === 502 || status === 504 }
}
