// Digest access authentication in SIP (RFC 3261 22, RFC 7616, RFC 8760): MD5 and SHA-256, qop=auth, for both ends. No auth-int, no sessions
// (`-sess`), no user name hashes: a challenge with nothing else is one we cannot answer. Passwords and HA1s are never held or told.
// Which nonces are good is digest-nonces.ts.

import { hash } from 'node:crypto'
import { sameHash } from '#values/secrets.ts'
import { isToken, quote, splitList, unquote } from './grammar.ts'
import type { NonceState } from './digest-nonces.ts'

export type DigestAlgorithm = 'MD5' | 'SHA-256'

const hashes: Readonly<Record<DigestAlgorithm, string>> = { MD5: 'md5', 'SHA-256': 'sha256' }
const hashed = (algorithm: DigestAlgorithm, text: string): string => hash(hashes[algorithm], text, 'hex')

export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly algorithm: DigestAlgorithm
  /** The answer carries a count and a nonce of its own. Absent with what speaks RFC 2069 alone (RFC 8760 2.6). */
  readonly qop: 'auth' | undefined
  readonly opaque?: string | undefined
  /** The answer was right, its nonce was not: to be answered again without asking the user. */
  readonly stale: boolean
}

/** What an Authorization or Proxy-Authorization header says. */
export interface DigestCredentials {
  readonly username: string
  readonly realm: string
  readonly nonce: string
  /** The digest-uri, as written. */
  readonly uri: string
  readonly response: string
  readonly algorithm: DigestAlgorithm
  readonly qop: 'auth' | undefined
  readonly cnonce: string
  /** `nc`, eight hexadecimal digits. */
  readonly count: string
}

/** Who answers: a password, or HA1 of the challenge's realm and algorithm. */
export type DigestLogin =
  | { readonly username: string; readonly password: string; readonly ha1?: undefined }
  | { readonly username: string; readonly ha1: string; readonly password?: undefined }

/** What is kept in place of a password: H(username:realm:password), lower case hexadecimal. */
export function ha1Of(username: string, realm: string, password: string, algorithm: DigestAlgorithm): string {
  return hashed(algorithm, `${username}:${realm}:${password}`)
}

/** The value of one WWW-Authenticate or Proxy-Authenticate header; for several algorithms one header each, best first (RFC 8760 2.3). */
export function challengeText(challenge: DigestChallenge): string {
  const { realm, nonce, algorithm, qop, opaque, stale } = challenge
  let text = `Digest realm=${quote(realm)}, nonce=${quote(nonce)}, algorithm=${algorithm}`
  if (qop !== undefined) text += `, qop="${qop}"`
  if (opaque !== undefined) text += `, opaque=${quote(opaque)}`
  return stale ? `${text}, stale=true` : text
}

/** Undefined when it is another scheme, cannot be read, or asks for what we do not do. */
export function parseChallenge(text: string): DigestChallenge | undefined {
  const fields = readFields(text)
  const realm = fields?.get('realm')
  const nonce = fields?.get('nonce')
  const algorithm = readAlgorithm(fields?.get('algorithm'))
  if (fields === undefined || realm === undefined || nonce === undefined || algorithm === undefined) return undefined
  const offered = fields
    .get('qop')
    ?.toLowerCase()
    .split(',')
    .map((each) => each.trim())
  if (offered !== undefined && !offered.includes('auth')) return undefined
  const qop = offered === undefined ? undefined : 'auth'
  return { realm, nonce, algorithm, qop, opaque: fields.get('opaque'), stale: fields.get('stale')?.toLowerCase() === 'true' }
}

/** The first of several challenges that we can answer: they come in the asker's order of preference (RFC 8760 2.4). */
export function pickChallenge(values: readonly string[]): DigestChallenge | undefined {
  for (const value of values) {
    const challenge = parseChallenge(value)
    if (challenge !== undefined) return challenge
  }
  return undefined
}

export interface DigestAnswer {
  readonly challenge: DigestChallenge
  readonly login: DigestLogin
  readonly method: string
  /** The Request-URI as it goes on the wire. */
  readonly uri: string
  /** Fresh random text. */
  readonly cnonce: string
  /** How often this nonce has been answered, this time included: 1 at first. */
  readonly count?: number | undefined
}

/** The value of the Authorization or Proxy-Authorization header that answers a challenge. */
export function answerText(answer: DigestAnswer): string {
  const { challenge, login, method, uri, cnonce } = answer
  const { realm, nonce, algorithm, qop, opaque } = challenge
  const { username } = login
  const ha1 = login.ha1 ?? ha1Of(username, realm, login.password, algorithm)
  const count = (answer.count ?? 1).toString(16).padStart(8, '0')
  const response = responseOf({ username, realm, nonce, uri, algorithm, qop, cnonce, count, response: '' }, method, ha1)
  let text = `Digest username=${quote(username)}, realm=${quote(realm)}, nonce=${quote(nonce)}, uri=${quote(uri)}`
  text += `, response="${response}", algorithm=${algorithm}`
  if (qop !== undefined) text += `, cnonce=${quote(cnonce)}, qop=auth, nc=${count}`
  return opaque === undefined ? text : `${text}, opaque=${quote(opaque)}`
}

/** Undefined when it is another scheme or cannot be read. */
export function parseCredentials(text: string): DigestCredentials | undefined {
  const fields = readFields(text)
  const algorithm = readAlgorithm(fields?.get('algorithm'))
  if (fields === undefined || algorithm === undefined) return undefined
  const [username, realm, nonce, uri, response] = ['username', 'realm', 'nonce', 'uri', 'response'].map((name) =>
    fields.get(name),
  )
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined || response === undefined)
    return undefined
  const qop = fields.get('qop')?.toLowerCase()
  if (qop !== undefined && qop !== 'auth') return undefined
  const count = fields.get('nc') ?? ''
  const cnonce = fields.get('cnonce') ?? ''
  if (qop !== undefined && (!/^[0-9a-f]{8}$/i.test(count) || cnonce === '')) return undefined
  return { username, realm, nonce, uri, response: response.toLowerCase(), algorithm, qop, cnonce, count }
}

/** Of several Authorization lines the first for this realm that can be read (RFC 3261 22.3: one for each realm). */
export function credentialsFor(values: readonly string[], realm: string): DigestCredentials | undefined {
  for (const value of values) {
    const credentials = parseCredentials(value)
    if (credentials?.realm === realm) return credentials
  }
  return undefined
}

export interface DigestCheck {
  readonly credentials: DigestCredentials
  readonly method: string
  /** HA1 for the credentials' user, realm and algorithm; undefined when there is no such user. */
  readonly ha1: string | undefined
  /** Asked first: what answers no challenge of ours is not looked at, and tells nobody whether it would have been right. */
  readonly isIssued: (nonce: string) => boolean
  /** Asked once the digest is right, so that nobody else can use up a nonce. */
  readonly spend: (nonce: string, count: string) => NonceState
}

/**
 * `good`; `wrong`: not this user or not this password, which are not told apart; `stale`: of a nonce that is too old or not ours, or right, but of
 * one that is used up: ask again with `stale=true`. Takes as long for a user that does not exist. Without qop it is wrong: we always ask for it.
 */
export function checkDigest(check: DigestCheck): 'good' | 'wrong' | 'stale' {
  const { credentials, method, ha1, isIssued, spend } = check
  if (!isIssued(credentials.nonce)) return 'stale'
  const expected = responseOf(credentials, method, ha1 ?? hashed(credentials.algorithm, ''))
  const same = sameHash(expected, credentials.response)
  if (!same || ha1 === undefined || credentials.qop !== 'auth') return 'wrong'
  return spend(credentials.nonce, credentials.count) === 'fresh' ? 'good' : 'stale'
}

/** RFC 7616 3.4.1. */
function responseOf(credentials: DigestCredentials, method: string, ha1: string): string {
  const { algorithm, nonce, uri, qop, cnonce, count } = credentials
  const ha2 = hashed(algorithm, `${method}:${uri}`)
  return hashed(algorithm, qop === undefined ? `${ha1}:${nonce}:${ha2}` : `${ha1}:${nonce}:${count}:${cnonce}:${qop}:${ha2}`)
}

/** Absent is MD5 (RFC 7616 3.3). */
function readAlgorithm(text: string | undefined): DigestAlgorithm | undefined {
  const name = text?.toUpperCase() ?? 'MD5'
  return name === 'MD5' || name === 'SHA-256' ? name : undefined
}

/** `Digest name=value, name="value"`, names in lower case. Undefined for another scheme, or when a name stands there twice. */
function readFields(text: string): Map<string, string> | undefined {
  const scheme = /^digest[ \t]+/i.exec(text)
  if (scheme === null) return undefined
  const fields = new Map<string, string>()
  for (const piece of splitList(text.slice(scheme[0].length))) {
    const found = /^([^\s=]+)[ \t]*=[ \t]*("(?:[^"\\]|\\[^])*"|[^\s"]*)$/.exec(piece)
    if (found === null || !isToken(found[1]!) || fields.has(found[1]!.toLowerCase())) return undefined
    fields.set(found[1]!.toLowerCase(), found[2]!.startsWith('"') ? unquote(found[2]!) : found[2]!)
  }
  return fields
}
