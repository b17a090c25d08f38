// CSeq (RFC 3261 20.16) and RAck, which quotes one (RFC 3262 7.2).

import { isToken, readInteger } from './grammar.ts'

export interface CSeq {
  /** Below 2 to the 32nd; 8.1.1.5 has senders begin below 2 to the 31st. */
  readonly number: number
  readonly method: string
}

/** `4711 INVITE` (20.16). Undefined when it is not that. */
export function parseCSeq(text: string): CSeq | undefined {
  const [digits, method, ...rest] = text.trim().split(/[ \t]+/)
  const number = readInteger(digits)
  return number === undefined || method === undefined || rest.length > 0 || !isToken(method) ? undefined : { number, method }
}

export interface RAck extends CSeq {
  /** The RSeq of the response that is acknowledged. */
  readonly rseq: number
}

/** `776656 1 INVITE`: RSeq, then the CSeq of what was answered (RFC 3262 7.2). Undefined when it is not that. */
export function parseRAck(text: string): RAck | undefined {
  const found = /^(\d+)[ \t]+(.*)$/.exec(text.trim())
  const rseq = readInteger(found?.[1])
  const cseq = found === null ? undefined : parseCSeq(found[2]!)
  return rseq === undefined || cseq === undefined ? undefined : { rseq, ...cseq }
}
