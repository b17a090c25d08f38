// Tokens by which a program, such as a page in a browser, is a client for a while without its password: JSON web tokens (RFC 7519), signed by a
// key of this platform. None is kept: what it permits stands in it, and whom it is of is sealed. It proves nothing to anybody else.

import type { Key } from '#values/secrets.ts'
import { sameHash } from '#values/secrets.ts'

export interface ClientToken {
  readonly clientId: number
  readonly login: string
  /** Whether it may register, and so be called. */
  readonly registers: boolean
  /** Logins of the clients that it may call; one that ends in * stands for all that begin alike. */
  readonly calls: readonly string[]
  readonly expiresMs: number
}

const purpose = 'client token'
const longest = 8_000
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const head = encoded({ alg: 'HS256', typ: 'JWT' })

/** HMAC with SHA-256 (RFC 7515 A.1). */
const signature = (key: Pick<Key, 'mac'>, text: string): string =>
  Buffer.from(key.mac(purpose, text), 'hex').toString('base64url')

interface Claims {
  readonly sub: string
  readonly exp: number
  readonly client: string
  readonly register: boolean
  readonly call: readonly string[]
}

/** Good from now until its end; both in whole seconds. */
export function clientTokenText(key: Pick<Key, 'mac' | 'seal'>, token: ClientToken, nowMs: number): string {
  const iat = Math.floor(nowMs / 1000)
  const { clientId, login, registers, calls, expiresMs } = token
  const claims: Claims & Record<string, unknown> = {
    iss: 'offhook',
    sub: login,
    scope: ['webrtcclient'],
    iat,
    nbf: iat,
    exp: Math.floor(expiresMs / 1000),
    client: key.seal(String(clientId)),
    register: registers,
    call: calls,
  }
  const text = `${head}.${encoded(claims)}`
  return `${text}.${signature(key, text)}`
}

/** `expired`: it was good once. Undefined: it is none of ours. */
export function readClientToken(
  key: Pick<Key, 'mac' | 'open'>,
  text: string,
  nowMs: number,
): ClientToken | 'expired' | undefined {
  if (text.length > longest) return undefined
  const end = text.lastIndexOf('.')
  const signed = text.slice(0, Math.max(0, end))
  if (!signed.startsWith(`${head}.`) || !sameHash(text.slice(end + 1), signature(key, signed))) return undefined
  // What we signed is as we wrote it.
  const claims = JSON.parse(Buffer.from(signed.slice(head.length + 1), 'base64url').toString('utf8')) as Claims
  const expiresMs = claims.exp * 1000
  if (expiresMs <= nowMs) return 'expired'
  const { sub: login, register: registers, call: calls } = claims
  return { clientId: Number(key.open(claims.client)), login, registers, calls, expiresMs }
}

export const mayCall = ({ calls }: Pick<ClientToken, 'calls'>, login: string): boolean =>
  calls.some((one) => (one.endsWith('*') ? login.startsWith(one.slice(0, -1)) : one === login))
