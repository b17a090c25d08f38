// Where MMS gateways tell what became of messages, and what came from the network:
//
//   POST /carriers/mms/<name of the carrier>/receipts    {"receipts": [{"ref", "state", "cause"?, "final"?, "at"?}, ...]}
//   POST /carriers/mms/<name of the carrier>/inbound     {"id", "from", "to", "text"?, "subject"?, "media": [{"url", ...}]}
//
// Answered once it is durable; a gateway that hears nothing sends again. See docs/mms-carrier.md.

import type { CarrierNews, InboundSms, JobMedia, Receipt, ReceiptState } from '#messaging/sms-carrier.ts'
import { orRefused } from '#operations/or-refused.ts'
import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import type { Mount } from '#protocols/http/http-server.ts'
import { parseJson } from '#protocols/http/json-strict.ts'
import { decodeSegment } from '#protocols/http/query.ts'
import { refuse, type Refusal } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import { causeOf } from './causes.ts'
import type { FindGateway, Gateway } from './find-gateway.ts'
import type { MmsHttpKind } from './mms-http.ts'
import { isSigned } from './signature.ts'

const prefix = '/carriers/mms'
const maxBodyBytes = 1024 * 1024
const receiptsAtOnce = 1000
/** Ids of messages taken of late, for a gateway whose answer was lost. */
const idsKept = 10_000

export interface MmsMountParts {
  readonly find: FindGateway
  readonly news: CarrierNews
  /** For the figures of a carrier that is open here. */
  readonly kind: MmsHttpKind
  readonly clock: Clock
  /** Puts a refusal in the words of whoever asked. */
  refused(refusal: Refusal, request: HttpRequest): HttpAnswer
}

type Fields = Readonly<Record<string, unknown>>

export function mmsMount({ find, news, kind, clock, refused }: MmsMountParts): Mount {
  const taken = new Map<string, Promise<HttpAnswer>>()

  async function answer(request: HttpRequest): Promise<HttpAnswer> {
    const { method, path, headers, body } = request
    const [name = '', what = '', ...rest] = path.slice(prefix.length + 1).split('/')
    if ((what !== 'receipts' && what !== 'inbound') || rest.length > 0)
      refuse('api.endpoint_unknown', { method: method.slice(0, 20), path: path.slice(0, 200) })
    if (method !== 'POST') refuse('api.method_not_allowed', { method: method.slice(0, 20), allowed: ['POST'] })
    const gateway = await find(decodeSegment(name))
    // A carrier that is not there and a wrong secret answer alike.
    if (!gateway || !isSigned(gateway.secret, what, headers, body, clock.nowMs())) refuse('auth.credentials_invalid', {})
    const said = parseJson(body)
    if (!isObject(said)) refuse('request.unprocessable', { cause: 'an object with named fields is expected' })
    return what === 'receipts' ? receipts(gateway, said) : once(gateway, said)
  }

  async function receipts({ id, name }: Gateway, { receipts: list }: Fields): Promise<HttpAnswer> {
    if (!Array.isArray(list) || list.length > receiptsAtOnce) wrong('receipts', `a list of at most ${receiptsAtOnce}`)
    const read = (list as unknown[]).map(receiptOf)
    await news.receipts(id, read)
    kind.named(name)?.heard(read.length, 0)
    return json(200, { taken: read.length })
  }

  /** The same id again has the first one's answer; one that failed is tried anew. */
  function once(gateway: Gateway, said: Fields): Promise<HttpAnswer> {
    const key = `${gateway.id} ${textOf(said, 'id', 200)}`
    let answered = taken.get(key)
    if (!answered) {
      answered = inbound(gateway, said)
      taken.set(key, answered)
      answered.catch(() => taken.delete(key))
      if (taken.size > idsKept) taken.delete(taken.keys().next().value!)
    }
    return answered
  }

  async function inbound({ id, name }: Gateway, said: Fields): Promise<HttpAnswer> {
    const told = await news.inbound(id, messageOf(said))
    if (!told.taken) return json(404, { taken: false, reason: told.reason })
    kind.named(name)?.heard(0, 1)
    return json(200, { taken: true })
  }

  return {
    name: 'mms-carriers',
    prefixes: [prefix],
    maxBodyBytes,
    answer: orRefused(answer, refused),
    refused,
  }
}

const json = (status: number, value: object): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
})

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

function wrong(parameter: string, expected: string): never {
  refuse('request.parameter_invalid', { parameter, expected })
}

/** Gives request.parameter_missing and request.parameter_invalid. */
function textOf(said: Fields, name: string, most: number, fallback?: string): string {
  const value = said[name] ?? fallback
  if (value === undefined) refuse('request.parameter_missing', { parameter: name, location: 'payload' })
  if (typeof value !== 'string' || value.length > most || (fallback === undefined && value === ''))
    wrong(name, `a text of at most ${most} characters`)
  return value.toWellFormed()
}

const states: readonly ReceiptState[] = [
  'enroute',
  'accepted',
  'delivered',
  'undelivered',
  'expired',
  'deleted',
  'rejected',
  'unknown',
]

function receiptOf(said: unknown): Receipt {
  if (!isObject(said)) wrong('receipts', 'a list of objects')
  const ref = textOf(said, 'ref', 200)
  const state = states.find((one) => one === said['state']) ?? wrong('state', `one of ${states.join(', ')}`)
  const word = textOf(said, 'cause', 100, '')
  const doneMs = Date.parse(textOf(said, 'at', 40, ''))
  const raw = `receipt ${state}${word === '' ? '' : ` ${word}`}`
  const isFinal = typeof said['final'] === 'boolean' ? said['final'] : state !== 'enroute' && state !== 'accepted'
  return {
    ref,
    state,
    final: isFinal,
    raw,
    ...(state !== 'delivered' && isFinal && { cause: causeOf(word, raw) }),
    ...(!Number.isNaN(doneMs) && { doneMs }),
  }
}

const mediaAtMost = 20

function messageOf(said: Fields): InboundSms {
  const list = said['media'] ?? []
  if (!Array.isArray(list) || list.length > mediaAtMost) wrong('media', `a list of at most ${mediaAtMost}`)
  const media = (list as unknown[]).map((one): JobMedia => {
    if (!isObject(one)) wrong('media', 'a list of objects')
    const url = textOf(one, 'url', 2048)
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) wrong('media.url', 'an absolute http or https URL')
    const size = one['size']
    return {
      url,
      type: textOf(one, 'type', 100, ''),
      name: textOf(one, 'name', 200, ''),
      sizeBytes: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : 0,
    }
  })
  const subject = textOf(said, 'subject', 400, '')
  return {
    kind: 'mms',
    sender: textOf(said, 'from', 40),
    recipient: textOf(said, 'to', 40),
    text: textOf(said, 'text', 20_000, ''),
    coding: 'ucs2',
    media,
    ...(subject !== '' && { subject }),
  }
}
