// What a client sends a message with, read into the core's fields (reference 20.2 and 21). What it cannot foresee is told by
// the message: answered 200, then `failed` in its record and its callback (reference 28). What it can is refused.

import { channels, type Channel, type KeptOfMessage } from './message-view.ts'
import type { SendValue } from '#operations/messages/send-input.ts'
import { refuse } from '#reasons/refusal.ts'
import { microFrom } from '#values/money.ts'
import { parseE164 } from '#values/e164.ts'
import type { Fields } from './fields.ts'
import type { Ask } from './knock.ts'
import { methodOf, urlOf } from './urls.ts'

/** The vendor's newer platform takes so many characters, in segments. */
const charactersAtMost = 1600

/** Refused at the request: they have codes of their own in the answer (reference 28: 3000, 3100, 5000, 5001). */
const toldAtOnce = ['policy.*', 'number.*', 'rating.*', 'message.media_unusable', 'message.attachment_too_large']

export const names = {
  from: 'From',
  to: 'To',
  text: 'Body',
  'callback.url': 'StatusCallback',
  maxPriceMicro: 'MaxPrice',
}

/** What every message of this face is sent with. */
export const sendTerms = { keepFailed: true, toldAtOnce, charactersAtMost }

/** A number is taken with or without +; names and short codes stay what they are. */
export function partyOf(text: string, country: string): string {
  const plain = text.trim()
  return /^\+?[\d\s().-]{7,}$/.test(plain) ? (parseE164(plain, { country })?.number ?? plain) : plain
}

/** `client:login`, or a login by itself (reference 21): a number never begins with a letter. */
function recipientOf(text: string, country: string): string {
  const plain = text.trim()
  return /^[a-z_]/i.test(plain) && !plain.startsWith('client:') ? `client:${plain}` : partyOf(plain, country)
}

const codings: Readonly<Record<string, SendValue['coding']>> = { GSM: 'gsm7', 'UCS-2': 'ucs2', UCS2: 'ucs2', 'UTF-8': 'auto' }

/** Not sent: the shortest that has every character. */
function codingOf(fields: Fields): { coding?: SendValue['coding'] } {
  const text = fields.filled('Encoding')
  if (text === undefined) return {}
  const coding = codings[text.toUpperCase()]
  if (!coding)
    refuse('request.parameter_invalid', { parameter: 'Encoding', value: text.slice(0, 60), expected: 'one of GSM, UCS-2, UTF-8' })
  return { coding }
}

function callbackOf(fields: Fields): Pick<SendValue, 'callback'> {
  const url = urlOf(fields, 'StatusCallback')
  const method = methodOf(fields, 'StatusCallbackMethod')
  return url ? { callback: { url, ...(method && { method }) } } : {}
}

/** Ours: the vendor documents the refusal and not how the price is given. Millionths are the smallest part. */
function maxPriceOf(fields: Fields): Pick<SendValue, 'maxPriceMicro'> {
  const text = fields.filled('MaxPrice')
  if (text === undefined) return {}
  const micro = microFrom(text)
  if (micro === undefined || micro < 0)
    refuse('request.parameter_invalid', { parameter: 'MaxPrice', value: text.slice(0, 60), expected: 'an amount such as 0.05' })
  return { maxPriceMicro: micro }
}

export function smsInput({ fields, caller }: Ask): SendValue {
  const { country } = caller.account.settings
  return {
    from: partyOf(fields.required('From'), country),
    to: recipientOf(fields.required('To'), country),
    text: fields.required('Body'),
    ...codingOf(fields),
    ...callbackOf(fields),
    ...maxPriceOf(fields),
    ...sendTerms,
  }
}

/** `sms:+1...`, `mms:+1...`. Gives request.parameter_invalid. */
function identityOf(fields: Fields, name: string, country: string): { channel: Channel; party: string } {
  const text = fields.required(name)
  const colon = text.indexOf(':')
  const channel = channels.find((one) => one === text.slice(0, Math.max(0, colon)).toLowerCase())
  if (!channel || colon === text.length - 1)
    refuse('request.parameter_invalid', {
      parameter: name,
      value: text.slice(0, 60),
      expected: 'a channel and an address: sms:+1...',
    })
  return { channel, party: partyOf(text.slice(colon + 1), country) }
}

export function channelInput({ fields, caller }: Ask): SendValue {
  const { country } = caller.account.settings
  const from = identityOf(fields, 'From', country)
  const to = identityOf(fields, 'To', country)
  if (from.channel !== to.channel)
    refuse('request.parameter_invalid', { parameter: 'To', value: to.channel, expected: `the channel of From, ${from.channel}` })
  const media = fields.texts('Media').map((url) => ({ url }))
  const custom: KeptOfMessage = { channel: from.channel }
  return {
    from: from.party,
    to: to.party,
    text: fields.filled('Body') ?? '',
    kind: from.channel,
    ...(media.length > 0 && { media }),
    ...callbackOf(fields),
    ...maxPriceOf(fields),
    ...sendTerms,
    custom: { ...custom },
  }
}
