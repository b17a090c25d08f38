// The codes of notifications (reference 29): what is wrong with an application's URL or markup while a message is served,
// told to its developer. A list of its own beside the dictionary of codes.ts, which has none of these numbers.

import type { Slug } from '#reasons/catalogue.ts'
import type { Refused } from '#reasons/dictionary.ts'

/** 0 is an error and ends the document, 1 a warning. */
export type Log = 0 | 1

interface NotificationCode {
  readonly log: Log
  readonly reason: Slug
}

export const notificationCodes = {
  /** A URL of the markup that is none. */
  '11100': { log: 0, reason: 'markup.schema_invalid' },
  /** A URL of the markup that is empty. */
  '11101': { log: 0, reason: 'markup.schema_invalid' },
  /** The application could not be reached. */
  '11205': { log: 0, reason: 'webhook.unreachable' },
  /** It answered, but not with a document. */
  '11206': { log: 0, reason: 'webhook.status_unexpected' },
  /** The number has neither URL nor application for messages. */
  '12003': { log: 0, reason: 'number.not_bound' },
  /** What came back is of a type that is no markup. */
  '12300': { log: 0, reason: 'webhook.answer_unreadable' },
  /** Attributes of Dial and of its Conference. */
  '13210': { log: 1, reason: 'markup.schema_invalid' },
  '13212': { log: 1, reason: 'markup.schema_invalid' },
  '13214': { log: 1, reason: 'markup.schema_invalid' },
  '13216': { log: 1, reason: 'markup.schema_invalid' },
  '13233': { log: 1, reason: 'markup.schema_invalid' },
  '13234': { log: 1, reason: 'markup.schema_invalid' },
  /** Attributes of Gather. */
  '13310': { log: 1, reason: 'markup.schema_invalid' },
  /** How often Play and Say are repeated, and whose voice it is. */
  '13410': { log: 1, reason: 'markup.schema_invalid' },
  '13510': { log: 1, reason: 'markup.schema_invalid' },
  '13511': { log: 1, reason: 'markup.schema_invalid' },
  /** Method, timeout and maximum length of Record. */
  '13610': { log: 1, reason: 'markup.schema_invalid' },
  '13612': { log: 1, reason: 'markup.schema_invalid' },
  '13613': { log: 1, reason: 'markup.schema_invalid' },
  /** Length of a Pause. */
  '13910': { log: 1, reason: 'markup.schema_invalid' },
  /** Method of a Redirect. */
  '13710': { log: 1, reason: 'markup.schema_invalid' },
  /** Recipient, sender, text and method of an Sms, and a verb that has no place there. */
  '14101': { log: 0, reason: 'markup.schema_invalid' },
  '14102': { log: 0, reason: 'markup.schema_invalid' },
  '14103': { log: 0, reason: 'markup.schema_invalid' },
  '14104': { log: 1, reason: 'markup.schema_invalid' },
  '14110': { log: 1, reason: 'markup.schema_invalid' },
  /** The URL answered 404. */
  '21402': { log: 0, reason: 'webhook.status_unexpected' },
  /** Those of the dictionary that markup is told with, for want of one here. */
  '2000': { log: 0, reason: 'markup.error' },
  '2001': { log: 0, reason: 'markup.schema_invalid' },
  '2100': { log: 0, reason: 'markup.gather_hints_invalid' },
  '2501': { log: 0, reason: 'play.url_invalid' },
  '2502': { log: 0, reason: 'play.url_invalid' },
  '3103': { log: 0, reason: 'call.sip_header_invalid' },
} as const satisfies Readonly<Record<string, NotificationCode>>

export type NotificationCodeName = keyof typeof notificationCodes

export const isNotificationCode = (code: string): code is NotificationCodeName => Object.hasOwn(notificationCodes, code)

/** Before the code of what is an error elsewhere and was passed over here. */
export const warningMark = 'W'

export const warningCode = (code: NotificationCodeName): string => `${warningMark}${code}`
export const plainCode = (code: string): string => (code.startsWith(warningMark) ? code.slice(warningMark.length) : code)

/** Why a document could not be had. */
export function codeOfFetch({ reason, params }: Refused): NotificationCodeName {
  if (reason === 'webhook.status_unexpected') return params['status'] === 404 ? '21402' : '11206'
  return reason === 'webhook.answer_unreadable' || reason === 'webhook.answer_too_large' || reason === 'webhook.redirected'
    ? '11206'
    : '11205'
}

/** Why a message was served by nobody; undefined: as in the dictionary. */
export const codeOfUnserved = ({ reason, params }: Refused): NotificationCodeName | undefined =>
  reason === 'number.not_bound' && params['context'] === 'Sms' ? '12003' : undefined
