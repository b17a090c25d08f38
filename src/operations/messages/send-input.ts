// What one asks for with a message, the same for one and for each of a batch.

import Type, { type Static } from 'typebox'
import type { Caller } from '#accounts/caller.ts'
import { refuseShort } from '#credit/refuse-short.ts'
import type { MessageWish } from '#messaging/message-wish.ts'
import { gatherMedia, type WantedMedia } from '#messaging/gather-media.ts'
import type { MediaFile } from '#messaging/media-types.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { refuse } from '#reasons/refusal.ts'
import type { NewMedia } from '#store/media.ts'
import type { NotAccepted } from '#store/accept-messages.ts'
import { Method, Moment, OneOf, Optional, WebUrl } from '../fields.ts'
import type { Means } from '../operation.ts'
import { sentKinds } from './message-view.ts'

const Media = Type.Object(
  {
    id: Optional(Type.Integer({ minimum: 0, 'x-noun': 'media', description: 'A stored file.' })),
    name: Optional(Type.String({ minLength: 1, maxLength: 200, description: 'A stored file by its name.' })),
    url: Optional(WebUrl('A file elsewhere, fetched before the message is accepted.')),
  },
  { additionalProperties: false, description: 'One of id, name and url.' },
)

const hidden = { 'x-hidden': true }

export const sendProperties = {
  from: Type.String({ maxLength: 64, description: "One of the account's numbers, or up to 11 letters and digits." }),
  to: Type.String({ maxLength: 64, description: 'The recipient, E.164.' }),
  text: Optional(Type.String({ maxLength: 10_000, description: 'What it says.' })),
  kind: Optional(OneOf(sentKinds, 'sms unless told; mms where there is media.')),
  coding: Optional(OneOf(['auto', 'gsm7', 'ucs2'], 'auto takes the shortest that has every character.')),
  sendAt: Optional(Moment('Not before this.')),
  validUntil: Optional(Moment('Of no use after this: what is not sent by then expires.')),
  priority: Optional(OneOf(['high', 'normal', 'low'], 'normal unless told.')),
  report: Optional(OneOf(['required', 'wanted', 'none'], 'required refuses where no delivery receipt can be had.')),
  callback: Optional(
    Type.Object(
      {
        url: WebUrl('Is told of every step.'),
        method: Optional(Method('POST unless told.')),
        fallbackUrl: Optional(WebUrl('Is told where the first cannot be had.')),
      },
      { additionalProperties: false },
    ),
  ),
  reference: Optional(Type.String({ maxLength: 350, description: 'Your own; shown with it everywhere.' })),
  maxPriceMicro: Optional(Type.Integer({ minimum: 0, description: 'Refuse what costs more, in millionths of the currency.' })),
  subject: Optional(Type.String({ maxLength: 200, description: 'Of an MMS.' })),
  media: Optional(Type.Array(Media, { maxItems: 10, description: 'What an MMS carries.' })),
  files: Optional(Type.Array(Type.Unsafe<MediaFile>({ type: 'object' }), { ...hidden, maxItems: 20 })),
  userId: Optional(Type.Integer(hidden)),
  toItself: Optional(Type.Boolean(hidden)),
  keepFailed: Optional(Type.Boolean(hidden)),
  toldAtOnce: Optional(Type.Array(Type.String(), hidden)),
  onceOnly: Optional(Type.Boolean(hidden)),
  carrierMustBeUp: Optional(Type.Boolean(hidden)),
  creditFirst: Optional(Type.Boolean(hidden)),
  charactersAtMost: Optional(Type.Integer(hidden)),
  custom: Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object', ...hidden })),
}

export const SendInput = Type.Object(sendProperties, { additionalProperties: false })
export type SendValue = Static<typeof SendInput>

/** What sending may be refused with. */
export const sendReasons: readonly Slug[] = [
  'account.not_active',
  'feature.not_enabled',
  'trial.expired',
  'number.blocked',
  'number.expired',
  'number.not_active',
  'number.not_assigned',
  'number.not_in_whitelist',
  'message.sender_invalid',
  'message.sender_not_owned',
  'message.sender_number_not_found',
  'message.sender_not_enabled',
  'message.sender_is_fax_number',
  'message.sender_barred',
  'message.recipient_invalid',
  'message.recipient_opted_out',
  'message.recipient_not_us',
  'message.recipient_is_fax_number',
  'message.country_not_served',
  'message.same_sender_and_recipient',
  'message.empty',
  'message.content_unencodable',
  'message.content_too_long',
  'message.type_not_on_number',
  'message.media_required',
  'message.media_not_allowed',
  'message.media_unusable',
  'message.attachment_empty',
  'message.attachment_too_large',
  'message.attachment_type_unsupported',
  'message.too_large',
  'message.campaign_missing',
  'message.campaign_expired',
  'message.delivery_report_unsupported',
  'message.gateway_not_found',
  'message.gateway_unreachable',
  'message.price_exceeds_maximum',
  'message.queue_full',
  'message.date_malformed',
  'policy.traffic_pumping',
  'policy.quiet_hours',
  'policy.session_blocked',
  'policy.hook_failed',
  'rating.no_rate',
  'client.error',
  'client.not_found',
  'provisioning.data_invalid',
  'credit.insufficient',
  'credit.deduction_failed',
]

/** The wish behind the fields, its media brought together. Gives message.media_*, message.attachment_*, message.date_malformed. */
export async function wishOf(means: Means, input: SendValue, batchId?: number): Promise<MessageWish> {
  const { nextId, clock } = means
  const { text = '', media, files, callback, sendAt, validUntil, ...rest } = input
  const now = clock.nowMs()
  if (validUntil !== undefined && validUntil <= Math.max(now, sendAt ?? 0)) {
    refuse('message.date_malformed', { parameter: 'validUntil', expected: 'a moment after it is sent' })
  }
  const wanted = wantedOf(media, files)
  const id = nextId()
  const gathered = wanted.length > 0 ? await gather(means, id, wanted) : undefined
  return {
    ...rest,
    id,
    text,
    kind: input.kind ?? (wanted.length > 0 ? 'mms' : 'sms'),
    sendAt,
    validUntil,
    ...(callback && { callback: { method: 'POST', ...callback } }),
    ...(gathered && { media: gathered }),
    batchId,
  }
}

function wantedOf(media: SendValue['media'] = [], files: SendValue['files'] = []): WantedMedia[] {
  const wanted: WantedMedia[] = files.map((file) => ({ from: 'request', file }))
  for (const { id, name, url } of media) {
    if ([id, name, url].filter((one) => one !== undefined).length !== 1) refuse('message.media_unusable', { media: name ?? url })
    wanted.push(
      url !== undefined ? { from: 'url', url } : id !== undefined ? { from: 'store', id } : { from: 'store', name: name! },
    )
  }
  return wanted
}

function gather({ read, fetch, nextId, clock, caller }: Means, messageId: number, wanted: WantedMedia[]): Promise<NewMedia[]> {
  const owner = { accountId: caller.account.id, limits: caller.account.settings.limits, loopback: reachesLoopback(caller) }
  return gatherMedia({ read, fetch, nextId, clock }, owner, messageId, wanted)
}

/** Whether the account's URLs may name this machine: a sandbox's may. */
const reachesLoopback = ({ account }: Pick<Caller, 'account'>): boolean => account.settings.features.includes('loopback_urls')

/** Throws what the write refused a message for. */
export function refuseNotAccepted(refused: NotAccepted, number: string): never {
  if (refused.why === 'queue') refuse('message.queue_full', { number, limit: refused.limit })
  if (refused.why === 'media') refuse('message.media_unusable', {})
  return refuseShort(refused.short)
}
