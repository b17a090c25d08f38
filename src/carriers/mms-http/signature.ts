// How both sides of the protocol prove who they are: HMAC-SHA256 over what the body is, when it was signed, and its bytes.
// Naming what it is keeps a message of ours from being played back to us as one from the network.

import { createHmac } from 'node:crypto'
import { sameHash } from '#values/secrets.ts'

export type Signed = 'submit' | 'receipts' | 'inbound'

/** How far apart the clocks of both sides may be. */
const apartMs = 5 * 60_000

const timestampHeader = 'offhook-timestamp'
const signatureHeader = 'offhook-signature'

const macOf = (secret: string, what: Signed, seconds: string, body: string | Buffer): string =>
  createHmac('sha256', secret).update(`${what}.${seconds}.`).update(body).digest('hex')

export function signed(secret: string, what: Signed, body: string, nowMs: number): Record<string, string> {
  const seconds = String(Math.floor(nowMs / 1000))
  return { [timestampHeader]: seconds, [signatureHeader]: `v1=${macOf(secret, what, seconds, body)}` }
}

/** False for a carrier without a secret too: nobody can prove to be its gateway. */
export function isSigned(
  secret: string,
  what: Signed,
  headers: Readonly<Record<string, string | undefined>>,
  body: Buffer,
  nowMs: number,
): boolean {
  const seconds = headers[timestampHeader] ?? ''
  const mac = /^v1=([0-9a-f]{64})$/.exec(headers[signatureHeader] ?? '')?.[1]
  if (secret === '' || mac === undefined || !/^\d{1,12}$/.test(seconds)) return false
  return Math.abs(nowMs - Number(seconds) * 1000) <= apartMs && sameHash(mac, macOf(secret, what, seconds, body))
}
