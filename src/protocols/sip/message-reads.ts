// What a message's headers mean, read once and kept until the headers change. Undefined where the header is missing or cannot be read.
// A SipMessage or its headers may be handed in.

import { parseCSeq, parseRAck, type CSeq, type RAck } from './cseq.ts'
import { readInteger } from './grammar.ts'
import { parseSessionExpires, parseWord, type SessionExpires, type WordValue } from './header-values.ts'
import type { HeaderRead, SipHeaders } from './headers.ts'
import { parseNameAddr, type NameAddr } from './name-addr.ts'
import { parseVia, type Via } from './via.ts'

interface WithHeaders {
  readonly headers: SipHeaders
}

/** A read of one header's first value that `SipHeaders.typed` can remember. */
const first =
  <T>(name: string, parse: (value: string) => T | undefined): HeaderRead<T | undefined> =>
  (headers) => {
    const value = headers.get(name)
    return value === undefined ? undefined : parse(value)
  }
/** All values of one header; undefined when one of them cannot be read. */
const every =
  <T>(name: string, parse: (value: string) => T | undefined): HeaderRead<readonly T[] | undefined> =>
  (headers) => {
    const values: T[] = []
    for (const value of headers.all(name)) {
      const read = parse(value)
      if (read === undefined) return undefined
      values.push(read)
    }
    return values
  }
const reader =
  <T>(read: HeaderRead<T>) =>
  (message: WithHeaders): T =>
    message.headers.typed(read)

const vias = every('Via', parseVia)

/** All Via values, the top one first. */
export const viasOf = reader(vias)
export const topVia = (message: WithHeaders): Via | undefined => message.headers.typed(vias)?.[0]
export const fromOf = reader(first<NameAddr>('From', parseNameAddr))
export const toOf = reader(first<NameAddr>('To', parseNameAddr))
export const cseqOf = reader(first<CSeq>('CSeq', parseCSeq))
export const callIdOf = (message: WithHeaders): string | undefined => message.headers.get('Call-ID')
export const maxForwardsOf = reader(first('Max-Forwards', (value) => readInteger(value, 255)))
export const recordRoutesOf = reader(every<NameAddr>('Record-Route', parseNameAddr))

/** `*` (RFC 3261 10.2.2), or the addresses; none is an empty list. */
type Contacts = '*' | readonly NameAddr[]
const addresses = every<NameAddr>('Contact', parseNameAddr)
export const contactsOf = (message: WithHeaders): Contacts | undefined =>
  message.headers.get('Contact') === '*' && message.headers.all('Contact').length === 1 ? '*' : message.headers.typed(addresses)

/** Seconds. A value that is no number counts as 3600 where RFC 3261 10.2.1.1 says so; that is the registrar's to say, here it is undefined. */
export const expiresOf = reader(first('Expires', (value) => readInteger(value)))
export const rseqOf = reader(first('RSeq', (value) => readInteger(value)))
export const rackOf = reader(first<RAck>('RAck', parseRAck))
export const minSeOf = reader(first<SessionExpires>('Min-SE', parseSessionExpires))
export const sessionExpiresOf = reader(first<SessionExpires>('Session-Expires', parseSessionExpires))
export const eventOf = reader(first<WordValue>('Event', parseWord))
export const subscriptionStateOf = reader(first<WordValue>('Subscription-State', parseWord))
