// A message as this vendor's clients see it: at SMS/Messages (reference 21) and, with its channel, at Messages (20).

import { MediaUrls } from '#messaging/media-urls.ts'
import type { MessageValue } from '#operations/messages/message-view.ts'
import { decimalOf } from '#values/money.ts'
import { apiVersion, dateText, isoText } from './formats.ts'
import type { Means } from './knock.ts'
import { descriptions, errorOf, statusOf } from './message-states.ts'
import type { Shown } from './write.ts'

/** What this face keeps with a message. */
export interface KeptOfMessage {
  /** The answer of an application asked for it. */
  readonly isReply?: boolean
  /** It was sent with channel identities, and is told with them. */
  readonly channel?: Channel
}

export const channels = ['sms', 'mms'] as const
export type Channel = (typeof channels)[number]

export const keptOf = (custom: Readonly<Record<string, unknown>> | undefined): KeptOfMessage => (custom ?? {}) as KeptOfMessage

export const channelOf = (kind: string): Channel => (kind === 'mms' ? 'mms' : 'sms')

function directionOf({ direction, custom }: MessageValue): string {
  if (direction === 'in') return 'inbound'
  return keptOf(custom).isReply ? 'outbound-reply' : 'outbound-api'
}

const timesOf = (message: MessageValue): Shown => ({
  date_created: dateText(message.createdAt),
  date_updated: dateText(message.updatedAt),
  date_sent: message.sentAt === null ? null : isoText(message.sentAt),
})

function errorFields(message: MessageValue): Shown {
  const error = errorOf(message)
  return { error_code: error?.code ?? null, error_message: error?.text ?? null }
}

const priceOf = ({ priceMicro, currency }: MessageValue): Shown => ({ price: decimalOf(priceMicro), price_unit: currency })

export function smsView({ sids }: Means, accountSid: string, json: boolean, message: MessageValue): Shown {
  const sid = sids.show('SM', message.id)
  return {
    sid,
    ...timesOf(message),
    account_sid: accountSid,
    from: message.from,
    to: message.to,
    body: message.text,
    status: statusOf(message.state),
    direction: directionOf(message),
    ...errorFields(message),
    ...priceOf(message),
    api_version: apiVersion,
    uri: `/restcomm/${apiVersion}/Accounts/${accountSid}/SMS/Messages/${sid}${json ? '.json' : ''}`,
  }
}

export function channelView({ sids, parts }: Means, accountSid: string, message: MessageValue): Shown {
  const sid = sids.show('SM', message.id)
  const channel = channelOf(message.kind)
  const status = statusOf(message.state)
  const urls = new MediaUrls(parts.key, parts.clock, parts.settings.publicUrl)
  return {
    sid,
    ...timesOf(message),
    account_sid: accountSid,
    from: `${channel}:${message.from}`,
    to: `${channel}:${message.to}`,
    body: message.text,
    media: message.media.map((id) => urls.urlOf(id)),
    status,
    status_description: descriptions[status],
    direction: directionOf(message),
    ...errorFields(message),
    ...priceOf(message),
    api_version: apiVersion,
    uri: `/api/${apiVersion}/Accounts/${accountSid}/Messages/${sid}`,
  }
}
