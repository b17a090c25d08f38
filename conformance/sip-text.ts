// SIP messages as text, read no further than scenarios need, the answer to a challenge (RFC 7616, MD5), and a bound on every wait.

import { createHash, randomBytes } from 'node:crypto'

export interface SipText {
  /** `INVITE sip:... SIP/2.0` or `SIP/2.0 486 Busy Here`. */
  readonly first: string
  /** Names in lower case; each value as it came. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: string
  readonly raw: string
  readonly source: { readonly host: string; readonly port: number }
}

const compact: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
}

export function readSip(raw: string, source: SipText['source']): SipText {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim().toLowerCase()
    const key = compact[name] ?? name
    headers.set(key, [...(headers.get(key) ?? []), line.slice(colon + 1).trim()])
  }
  return { first, headers, body: rest.join('\r\n\r\n'), raw, source }
}

export const header = (message: SipText, name: string): string => message.headers.get(name)?.[0] ?? ''
/** Of a response. */
export const statusOf = (message: SipText): number => Number(/^SIP\/2\.0 (\d{3})/.exec(message.first)?.[1] ?? 0)
export const methodOf = (message: SipText): string => message.first.split(' ')[0]!
export const tagOf = (value: string): string => /;tag=([^;>\s]+)/.exec(value)?.[1] ?? ''
export const uriIn = (value: string): string => /<([^>]+)>/.exec(value)?.[1] ?? value.split(';')[0]!.trim()

/** Both values, where a refusal has them: `Q.850` and `CPaaS` by protocol. */
export function reasonsOf(message: SipText): Readonly<Record<string, { readonly cause: number; readonly text: string }>> {
  const found: Record<string, { cause: number; text: string }> = {}
  for (const value of message.headers.get('reason') ?? []) {
    for (const one of value.split(/,(?=\s*[A-Za-z.0-9]+\s*;)/)) {
      const protocol = one.split(';')[0]!.trim()
      found[protocol] = {
        cause: Number(/cause=(\d+)/.exec(one)?.[1] ?? 0),
        text: /text="((?:[^"\\]|\\.)*)"/.exec(one)?.[1] ?? '',
      }
    }
  }
  return found
}

/** Longer than any of it takes on a slow machine. */
const waitMs = 60_000

/** Rejects with what was waited for, so that a scenario that fails says why. */
export function inTime<T>(what: string, promise: Promise<T>): Promise<T> {
  let late: NodeJS.Timeout
  const ended = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`no ${what} in ${waitMs / 1000} s`)), waitMs)
  })
  return Promise.race([promise, ended]).finally(() => clearTimeout(late))
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** The answer to a challenge, MD5. */
export function authorization(
  challenge: SipText,
  method: string,
  uri: string,
  { username, password }: { readonly username: string; readonly password: string },
): string {
  const isProxy = statusOf(challenge) === 407
  const values = challenge.headers.get(isProxy ? 'proxy-authenticate' : 'www-authenticate') ?? []
  const value = values.find((one) => !/algorithm="?SHA/i.test(one)) ?? ''
  const part = (name: string): string => new RegExp(`${name}="?([^",]*)"?`).exec(value)?.[1] ?? ''
  const realm = part('realm')
  const nonce = part('nonce')
  const cnonce = randomBytes(8).toString('hex')
  const ha1 = md5(`${username}:${realm}:${password}`)
  const ha2 = md5(`${method}:${uri}`)
  const hasQop = part('qop') !== ''
  const response = hasQop ? md5(`${ha1}:${nonce}:00000001:${cnonce}:auth:${ha2}`) : md5(`${ha1}:${nonce}:${ha2}`)
  const qop = hasQop ? `, qop=auth, nc=00000001, cnonce="${cnonce}"` : ''
  const opaque = part('opaque') === '' ? '' : `, opaque="${part('opaque')}"`
  const head = isProxy ? 'Proxy-Authorization' : 'Authorization'
  return `${head}: Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=MD5, response="${response}"${qop}${opaque}`
}
