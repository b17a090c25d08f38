// One message as clients of this vendor ask for it (reference section 6.1), in the core's words. A field that is wrong is told with the
// number that the vendor has for it; members that nobody knows are passed over.

import { isIP } from 'node:net'
import type { SendValue } from '#operations/messages/send-input.ts'
import { refuse } from '#reasons/refusal.ts'
import { parseE164, senderOf } from '#values/e164.ts'
import { momentIn } from './moments.ts'

type Given = Readonly<Record<string, unknown>>

/** Reference section 19. */
const clientIdChars = 350
const scheduledAheadMs = 7 * 24 * 60 * 60_000

/** The vendor's names, and those of its older surface (section 6.1). */
const encodings: Readonly<Record<string, SendValue['coding']>> = {
  AUTO: 'auto',
  GSM7: 'gsm7',
  GSM7BIT: 'gsm7',
  ASCII: 'gsm7',
  UCS2: 'ucs2',
  UNICODE: 'ucs2',
}

const pattern = /^\+?[1-9][0-9]{6,14}$/

function textOf(given: Given, parameter: string, maxLengthChars: number): string | undefined {
  const value = given[parameter]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string')
    refuse('request.parameter_invalid', { parameter, value: String(value).slice(0, 60), expected: 'text' })
  if (value.length > maxLengthChars) refuse('request.parameter_too_long', { parameter, maxLengthChars })
  return value
}

/** E.164 with +. Without a country the number is international, its + optional. Gives message.recipient_invalid. */
function destinationOf(given: Given): string {
  const country = textOf(given, 'country', 100)
  if (country !== undefined && !/^[A-Za-z]{2}$/.test(country))
    refuse('request.parameter_invalid', {
      parameter: 'country',
      value: country.slice(0, 60),
      expected: 'two letters of ISO 3166',
    })
  const { destination } = given
  if (destination === undefined || destination === null)
    refuse('request.parameter_missing', { parameter: 'destination', location: 'payload' })
  const text = typeof destination === 'number' ? String(destination) : destination
  if (typeof text !== 'string') refuse('message.recipient_invalid', {})
  const plain = text.trim()
  const number =
    country !== undefined
      ? parseE164(plain, { country })
      : pattern.test(plain)
        ? parseE164(plain.startsWith('+') ? plain : `+${plain}`)
        : undefined
  if (!number?.isPossible) refuse('message.recipient_invalid', { number: plain.slice(0, 40) })
  return number.number
}

function momentOf(given: Given, parameter: string): number | undefined {
  const text = textOf(given, parameter, 64)
  if (text === undefined) return undefined
  const ms = momentIn(text)
  if (ms === undefined) {
    if (parameter === 'scheduled')
      refuse('message.date_malformed', { parameter, value: text, expected: 'ISO 8601 with an offset' })
    refuse('request.parameter_invalid', { parameter, value: text, expected: 'a moment in ISO 8601 with an offset' })
  }
  return ms
}

function callbackOf(given: Given): SendValue['callback'] {
  const url = textOf(given, 'dlrCallbackUrl', 2048)
  if (url === undefined || url === '') return undefined
  const parsed = URL.parse(url)
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.hostname === '' || /\s/.test(url))
    refuse('webhook.callback_url_invalid', { parameter: 'dlrCallbackUrl', value: url.slice(0, 100) })
  return { url, method: 'POST' }
}

/** Gives request.parameter_invalid. */
export function requireClientIp(given: Given): void {
  const ip = textOf(given, 'clientIp', 100)
  if (ip !== undefined && isIP(ip) === 0)
    refuse('request.parameter_invalid', { parameter: 'clientIp', value: ip.slice(0, 60), expected: 'an IP address' })
}

/** `source` is the sender of those that name none. Gives what its fields are refused for, the first alone. */
export async function messageInput(given: Given, nowMs: number, source: () => Promise<string>): Promise<SendValue> {
  const to = destinationOf(given)
  const text = given['text'] === undefined || given['text'] === null ? '' : textOf(given, 'text', 10_000)!
  if (text.trim() === '') refuse('message.empty')
  const from = textOf(given, 'source', 100)
  if (from !== undefined && senderOf(from).kind === 'invalid') refuse('message.sender_invalid', { number: from.slice(0, 40) })
  const reference = textOf(given, 'clientMessageId', clientIdChars)
  const encoding = textOf(given, 'encoding', 40)
  const coding = encoding === undefined ? 'auto' : encodings[encoding.toUpperCase()]
  if (coding === undefined)
    refuse('request.parameter_invalid', { parameter: 'encoding', value: encoding!.slice(0, 60), expected: 'AUTO, GSM7 or UCS2' })
  const sendAt = momentOf(given, 'scheduled')
  if (sendAt !== undefined && (sendAt < nowMs || sendAt > nowMs + scheduledAheadMs))
    refuse('message.date_malformed', {
      parameter: 'scheduled',
      value: String(given['scheduled']),
      expected: 'a moment of the next 7 days',
    })
  const validUntil = momentOf(given, 'expiry')
  if (validUntil !== undefined && validUntil <= Math.max(nowMs, sendAt ?? 0))
    refuse('request.parameter_invalid', {
      parameter: 'expiry',
      value: String(given['expiry']),
      expected: 'a moment after that of sending',
    })
  const callback = callbackOf(given)
  requireClientIp(given)
  const track = textOf(given, 'track', 40)
  if (track !== undefined && track !== 'None' && track !== 'Outcome')
    refuse('request.parameter_invalid', { parameter: 'track', value: track, expected: 'None or Outcome' })
  return {
    from: from ?? (await source()),
    to,
    text,
    coding,
    keepFailed: true,
    ...(sendAt !== undefined && { sendAt }),
    ...(validUntil !== undefined && { validUntil }),
    ...(reference !== undefined && { reference }),
    ...(callback && { callback }),
    ...(track === 'Outcome' && { custom: { track } }),
  }
}
